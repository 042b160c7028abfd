//! What the pollers do while there is nothing to do, on a clock of its own.

#![expect(clippy::float_cmp, reason = "counts are exact in a double")]

use tokio::time::{Instant, sleep, sleep_until};

use super::*;
use crate::metrics::Metrics;
use crate::names::{QUEUE, Urls};
use crate::options::Options;
use crate::sqs::{QueueId, Sqs};

/// A mapping whose function has no program, and what is counted.
struct Stage {
    switch: Arc<Switch>,
    sqs: Arc<Sqs>,
    metrics: Arc<Metrics>,
    _mapping: Mapping,
}

fn stage() -> Stage {
    let metrics = Arc::new(Metrics::default());
    let urls = Urls::at("http://127.0.0.1:1");
    let sqs = Arc::new(Sqs::new(&urls, 30, &metrics));
    let switch = Arc::new(Switch::new());
    let lambda = Arc::new(Lambda::new(&Options::default(), &urls, &metrics));
    Stage {
        _mapping: Mapping::start(Arc::clone(&switch), Arc::clone(&sqs), lambda, 4),
        switch,
        sqs,
        metrics,
    }
}

impl Stage {
    /// The sum of one of the queue's metrics.
    fn counted(&self, name: &str) -> f64 {
        self.metrics.sum("AWS/SQS", name, &[("QueueName", QUEUE)])
    }

    fn empty(&self) -> f64 {
        self.counted("NumberOfEmptyReceives")
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_minute_has_15_empty_receives_and_one_that_is_off_has_none() {
    let stage = stage();
    // Between two polls, not at the end of one.
    sleep(Duration::from_secs(61)).await;
    assert_eq!(stage.empty(), 15.0);
    sleep(Duration::from_mins(9)).await;
    assert_eq!(stage.empty(), 150.0);

    stage.switch.turn(Some(false)).unwrap();
    sleep(Duration::from_mins(10)).await;
    assert_eq!(stage.empty(), 150.0);

    stage.switch.turn(Some(true)).unwrap();
    sleep(Duration::from_secs(61)).await;
    assert_eq!(stage.empty(), 165.0);
}

#[tokio::test(start_paused = true)]
async fn pollers_that_are_busy_find_something() {
    let stage = stage();
    let start = Instant::now();
    for second in 1..=60 {
        sleep_until(start + Duration::from_secs(second)).await;
        stage.sqs.put(QueueId::Rounds, "tick".to_owned());
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.empty(), 0.0);
    assert!(stage.counted("NumberOfMessagesReceived") >= 60.0);
    // What came without a call was not sent by anybody.
    assert_eq!(stage.counted("NumberOfMessagesSent"), 0.0);
}
