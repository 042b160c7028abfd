//! The SQS event source mapping of `decide`, with `ReportBatchItemFailures` (source: "Using Lambda with
//! Amazon SQS", Lambda developer guide).

mod batch;
mod switch;

use std::sync::Arc;
use std::time::Duration;

use rps_contract::names::Function;
use tokio::task::{JoinHandle, JoinSet};

pub(crate) use self::switch::{InTransition, Status, Switch};
use crate::lambda::Lambda;
use crate::mapping::batch::{done, event};
use crate::sqs::{QueueId, Received, Sqs};

/// Messages in one invocation (Lambda's default batch size).
pub(crate) const BATCH: usize = 10;

/// Lambda has five pollers for a queue that is quiet ("Configuring scaling behavior for SQS event source mappings",
/// Lambda developer guide), and each waits as long as SQS lets it, 20 s. Together they find nothing every 4 s: 15
/// empty receives a minute, as others have counted on AWS too.
const POLL: Duration = Duration::from_secs(20 / 5);

/// The running mapping. Dropped, it ends at once, and what it was handing over with it.
pub(crate) struct Mapping {
    switch: Arc<Switch>,
    task: JoinHandle<()>,
}

impl Mapping {
    /// Polls the queue while the switch is on and invokes `decide`, at most `places` invocations at a time.
    pub(crate) fn start(
        switch: Arc<Switch>,
        sqs: Arc<Sqs>,
        lambda: Arc<Lambda>,
        places: usize,
    ) -> Self {
        let poller = Poller {
            sqs,
            lambda,
            places,
        };
        let task = tokio::spawn(poller.run(Arc::clone(&switch)));
        Self { switch, task }
    }

    /// Takes nothing from the queue any more, and waits until what was taken is done.
    pub(crate) async fn stop(&mut self) {
        self.switch.stop();
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the mapping of the queue ended");
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Poller {
    sqs: Arc<Sqs>,
    lambda: Arc<Lambda>,
    places: usize,
}

impl Poller {
    async fn run(self, switch: Arc<Switch>) {
        loop {
            self.poll(&switch).await;
            switch.arrive();
            if !switch.on().await {
                return;
            }
            switch.arrive();
        }
    }

    /// Hands over what comes while the switch is on. What was handed over is done when this returns.
    async fn poll(&self, switch: &Switch) {
        let mut handed_over = JoinSet::new();
        loop {
            let batch = tokio::select! {
                biased;
                () = switch.off() => break,
                // Dropped while it waits, it has taken nothing.
                batch = self.next(&mut handed_over) => batch,
            };
            let (sqs, lambda) = (Arc::clone(&self.sqs), Arc::clone(&self.lambda));
            handed_over.spawn(async move { hand_over(&sqs, &lambda, batch).await });
        }
        while handed_over.join_next().await.is_some() {}
    }

    /// The next batch. A place for it comes first: a message received and then kept waiting would use up
    /// its visibility timeout.
    async fn next(&self, handed_over: &mut JoinSet<()>) -> Vec<Received> {
        while handed_over.len() >= self.places {
            handed_over.join_next().await;
        }
        loop {
            let batch = self.sqs.receive(QueueId::Rounds, BATCH, None, POLL).await;
            if !batch.is_empty() {
                return batch;
            }
        }
    }
}

/// One batch. What is not deleted at the end becomes visible again after the queue's visibility timeout.
async fn hand_over(sqs: &Sqs, lambda: &Lambda, batch: Vec<Received>) {
    let event = event(&batch, &QueueId::Rounds.arn());
    // The reason of a failure is in the function's log.
    let Ok(response) = lambda.invoke(Function::Decide, event).await else {
        return;
    };
    let done = done(&response, &batch);
    if !done.is_empty() {
        sqs.delete_batch(done.into_iter().map(|it| it.receipt_handle));
    }
}

#[cfg(test)]
mod tests;
