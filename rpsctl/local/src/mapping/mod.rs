//! The SQS event source mapping of `decide`, with `ReportBatchItemFailures` (source: "Using Lambda with
//! Amazon SQS", Lambda developer guide).
//!
//! The mapping polls the queue, invokes `decide` with batches of messages, and deletes the successful messages.

mod batch;
mod switch;

use std::sync::Arc;
use std::time::Duration;

use rps_contract::names::Function;
use tokio::task::{JoinHandle, JoinSet};

pub(crate) use self::switch::{InTransition, MappingStatus, MappingSwitch};
use crate::lambda::Lambda;
use crate::mapping::batch::{sqs_event, successful_messages};
use crate::sqs::{DeliveredMessage, QueueId, Sqs};

/// The most messages per invocation (Lambda's default batch size).
pub(crate) const BATCH_SIZE: usize = 10;

/// The wait of one poll. Lambda polls an idle queue with five pollers ("Configuring scaling behavior for SQS event
/// source mappings", Lambda developer guide), and each waits for SQS's maximum of 20 s. Together they make an empty
/// receive every 4 s: 15 per minute. Measurements on AWS agree.
const POLL_WAIT: Duration = Duration::from_secs(20 / 5);

/// The running mapping. A drop ends it and its invocations at once.
pub(crate) struct Mapping {
    switch: Arc<MappingSwitch>,
    task: JoinHandle<()>,
}

impl Mapping {
    /// Starts a mapping that polls while it is enabled, with at most `max_invocations` at a time.
    pub(crate) fn start(
        switch: Arc<MappingSwitch>,
        sqs: Arc<Sqs>,
        lambda: Arc<Lambda>,
        max_invocations: usize,
    ) -> Self {
        let poller = Poller {
            sqs,
            lambda,
            max_invocations,
        };
        let task = tokio::spawn(poller.run(Arc::clone(&switch)));
        Self { switch, task }
    }

    /// Stops polling and waits for the invocations in progress.
    pub(crate) async fn stop(&mut self) {
        self.switch.stop();
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the event source mapping failed");
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
    max_invocations: usize,
}

impl Poller {
    async fn run(self, switch: Arc<MappingSwitch>) {
        loop {
            self.poll(&switch).await;
            switch.complete_transition();
            if !switch.until_enabled().await {
                return;
            }
            switch.complete_transition();
        }
    }

    /// Polls the queue while the mapping is enabled. Returns when all invocations have finished.
    async fn poll(&self, switch: &MappingSwitch) {
        let mut invocations = JoinSet::new();
        loop {
            let batch = tokio::select! {
                biased;
                () = switch.until_disabled() => break,
                // Cancelling this future loses no message.
                batch = self.next_batch(&mut invocations) => batch,
            };
            let (sqs, lambda) = (Arc::clone(&self.sqs), Arc::clone(&self.lambda));
            invocations.spawn(async move { invoke(&sqs, &lambda, batch).await });
        }
        while invocations.join_next().await.is_some() {}
    }

    /// Waits for a free invocation first and then receives: a received message that waits would use up its
    /// visibility timeout.
    async fn next_batch(&self, invocations: &mut JoinSet<()>) -> Vec<DeliveredMessage> {
        while invocations.len() >= self.max_invocations {
            invocations.join_next().await;
        }
        loop {
            let receive = self
                .sqs
                .receive(QueueId::Rounds, BATCH_SIZE, None, POLL_WAIT);
            let batch = receive.await;
            if !batch.is_empty() {
                return batch;
            }
        }
    }
}

/// Invokes `decide` and deletes the successful messages. The others become visible again after the visibility
/// timeout.
async fn invoke(sqs: &Sqs, lambda: &Lambda, batch: Vec<DeliveredMessage>) {
    let event = sqs_event(&batch, &QueueId::Rounds.arn());
    // The function's log has the reason of a failure.
    let Ok(response) = lambda.invoke(Function::Decide, event).await else {
        return;
    };
    let successful = successful_messages(&response, &batch);
    if !successful.is_empty() {
        let receipts = successful.into_iter().map(|message| message.receipt_handle);
        sqs.delete_batch(receipts);
    }
}

#[cfg(test)]
mod tests;
