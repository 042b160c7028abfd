//! Usage of SQS: the round timers' queue.

use time::OffsetDateTime;

use crate::aws::Metric;
use crate::billing::usage::query::UsageQuery;
use crate::billing::usage::{BillLine, LineUsage, NOTHING, sum};

/// The first minute of an hour in which the event source mapping polled the queue, which it does from the start.
pub(super) async fn first_poll(
    query: &UsageQuery<'_>,
    hour: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let polls = metric(query, "NumberOfEmptyReceives");
    query.first_minute(&polls, hour).await
}

fn metric(query: &UsageQuery<'_>, name: &'static str) -> Metric {
    let queue = query.deployment.target().queue();
    Metric::new("AWS/SQS", name, [("QueueName", queue)])
}

pub(super) async fn lines(query: &UsageQuery<'_>) -> Vec<LineUsage> {
    let sums = async |name| query.sums(&metric(query, name)).await;
    let (empty, sent, received, deleted) = tokio::join!(
        sums("NumberOfEmptyReceives"),
        sums("NumberOfMessagesSent"),
        sums("NumberOfMessagesReceived"),
        sums("NumberOfMessagesDeleted"),
    );
    let mut idle = LineUsage::measured(BillLine::IdlePolling, empty);
    // No messages is normal, but no polls means that the event source mapping may be paused.
    if idle.note.as_deref() == Some(NOTHING) {
        idle = idle.with_note(
            "CloudWatch has no polls: check the event source mapping with `rpsctl queue status`",
        );
    }
    let mut games = LineUsage::measured(BillLine::QueueRequests, sum([&sent, &received, &deleted]));
    if games.has_data() {
        games = games.with_note(
            "counts one request for each message sent, received and deleted; batches need fewer",
        );
    }
    vec![idle, games]
}
