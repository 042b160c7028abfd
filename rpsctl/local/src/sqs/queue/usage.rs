//! What CloudWatch counts of a queue, and what is billed of it.

use super::Queue;
use crate::metrics::{Metric, billed};
use crate::sqs::message::Received;

const SENT: Metric = Metric::of_queue("NumberOfMessagesSent", "Count");
const RECEIVED: Metric = Metric::of_queue("NumberOfMessagesReceived", "Count");
/// Also of a message that was deleted before, as AWS counts.
const DELETED: Metric = Metric::of_queue("NumberOfMessagesDeleted", "Count");
const EMPTY_RECEIVES: Metric = Metric::of_queue("NumberOfEmptyReceives", "Count");

impl Queue {
    pub(super) fn count_sent(&self) {
        self.count(SENT, 1.0);
    }

    pub(super) fn count_deleted(&self) {
        self.count(DELETED, 1.0);
    }

    /// One receive that was answered. It is billed here, whoever asked: by the API or as the Lambda pollers do.
    pub(super) fn count_receive(&self, received: &[Received]) {
        if received.is_empty() {
            self.count(EMPTY_RECEIVES, 1.0);
        } else {
            self.count(RECEIVED, received.iter().map(|_| 1.0).sum());
        }
        self.bill(received.iter().map(Received::bytes).sum());
    }

    /// One request with so many bytes of messages in it.
    pub(crate) fn bill(&self, bytes: u64) {
        let requests = billed::sqs_requests(bytes);
        self.metrics.count(billed::SQS_REQUESTS, &[], requests);
    }

    fn count(&self, metric: Metric, value: f64) {
        self.metrics.count(metric, &[&self.name], value);
    }
}
