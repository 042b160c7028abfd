//! The queue that is the games' clock.

use time::OffsetDateTime;

use crate::aws::Metric;
use crate::billing::usage::ask::Ask;
use crate::billing::usage::{Line, NOTHING, Used, sum};

/// The first minute of that hour in which the mapping asked for messages: since then there is something to count.
pub(super) async fn first_poll(ask: &Ask<'_>, hour: OffsetDateTime) -> Option<OffsetDateTime> {
    let polls = metric(ask, "NumberOfEmptyReceives");
    ask.first_minute(&polls, hour).await
}

fn metric(ask: &Ask<'_>, name: &'static str) -> Metric {
    let queue = ask.deployment.target().queue();
    Metric::new("AWS/SQS", name, [("QueueName", queue)])
}

pub(super) async fn lines(ask: &Ask<'_>) -> Vec<Used> {
    let sums = async |name| ask.sums(&metric(ask, name)).await;
    let (empty, sent, received, deleted) = tokio::join!(
        sums("NumberOfEmptyReceives"),
        sums("NumberOfMessagesSent"),
        sums("NumberOfMessagesReceived"),
        sums("NumberOfMessagesDeleted"),
    );
    let mut idle = Used::counted(Line::IdlePolling, empty);
    // Without a message the queue is silent; without a poll nobody would hear it.
    if idle.note.as_deref() == Some(NOTHING) {
        idle =
            idle.with_note("CloudWatch has counted none: is the mapping on? `rpsctl queue status`");
    }
    let mut games = Used::counted(Line::QueueRequests, sum([&sent, &received, &deleted]));
    if games.has_happened() {
        games = games.with_note(
            "one request for each message sent, received and deleted; what goes in batches is less",
        );
    }
    vec![idle, games]
}
