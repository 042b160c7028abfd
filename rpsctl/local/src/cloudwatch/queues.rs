//! The numbers of the queues. Nobody tells them: they are looked at.

use crate::{
    DEAD_LETTER_QUEUE, QUEUE,
    metrics::{Metric, Metrics},
    sqs::Sqs,
};

const AGE_OF_OLDEST: Metric = Metric::of_queue("ApproximateAgeOfOldestMessage", "Seconds");
const VISIBLE: Metric = Metric::of_queue("ApproximateNumberOfMessagesVisible", "Count");

/// One look at both queues.
#[expect(
    clippy::cast_precision_loss,
    reason = "no queue here holds so many messages, or one so old"
)]
pub(super) fn look(sqs: &Sqs, metrics: &Metrics, now_ms: u64) {
    let queues = [QUEUE, DEAD_LETTER_QUEUE].map(|name| sqs.queue(name));
    for queue in queues.into_iter().flatten() {
        let age_s = queue.oldest_age().unwrap_or_default().as_secs();
        metrics.set(AGE_OF_OLDEST, &[queue.name()], age_s as f64, now_ms);
        let visible = queue.counts().visible;
        metrics.set(VISIBLE, &[queue.name()], visible as f64, now_ms);
    }
}
