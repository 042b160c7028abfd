//! Counts the mapping's receives with a paused clock.

#![expect(clippy::float_cmp, reason = "counts are exact in a double")]

use tokio::time::{Instant, sleep, sleep_until};

use super::*;
use crate::metrics::Metrics;
use crate::names::{QUEUE, Urls};
use crate::options::Options;
use crate::sqs::{QueueId, Sqs};

/// A mapping whose function has no program, and its metrics.
struct MappingBench {
    switch: Arc<MappingSwitch>,
    sqs: Arc<Sqs>,
    metrics: Arc<Metrics>,
    _mapping: Mapping,
}

fn bench() -> MappingBench {
    let metrics = Arc::new(Metrics::default());
    let urls = Urls::at("http://127.0.0.1:1");
    let faults = Arc::default();
    let sqs = Sqs::new(&urls, 30, &metrics, &faults);
    let switch = Arc::new(MappingSwitch::new());
    let lambda = Arc::new(Lambda::new(&Options::default(), &urls, &metrics, &faults));
    MappingBench {
        _mapping: Mapping::start(Arc::clone(&switch), Arc::clone(&sqs), lambda, 4),
        switch,
        sqs,
        metrics,
    }
}

impl MappingBench {
    /// The sum of one of the queue's metrics.
    fn sum(&self, name: &str) -> f64 {
        self.metrics.sum("AWS/SQS", name, &[("QueueName", QUEUE)])
    }

    fn empty_receives(&self) -> f64 {
        self.sum("NumberOfEmptyReceives")
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_minute_has_15_empty_receives_and_a_paused_minute_none() {
    let bench = bench();
    // A time between two polls.
    sleep(Duration::from_secs(61)).await;
    assert_eq!(bench.empty_receives(), 15.0);
    sleep(Duration::from_mins(9)).await;
    assert_eq!(bench.empty_receives(), 150.0);

    bench.switch.set_enabled(Some(false)).unwrap();
    sleep(Duration::from_mins(10)).await;
    assert_eq!(bench.empty_receives(), 150.0);

    bench.switch.set_enabled(Some(true)).unwrap();
    sleep(Duration::from_secs(61)).await;
    assert_eq!(bench.empty_receives(), 165.0);
}

#[tokio::test(start_paused = true)]
async fn a_busy_queue_has_no_empty_receives() {
    let bench = bench();
    let start = Instant::now();
    for second in 1..=60 {
        sleep_until(start + Duration::from_secs(second)).await;
        bench.sqs.put(QueueId::Rounds, "message".to_owned());
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(bench.empty_receives(), 0.0);
    assert!(bench.sum("NumberOfMessagesReceived") >= 60.0);
    // `put` does not count as a client's request.
    assert_eq!(bench.sum("NumberOfMessagesSent"), 0.0);
}
