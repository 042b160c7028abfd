//! The queue that is the games' clock.

use time::OffsetDateTime;

use super::ask::Ask;
use super::{Amount, Line, Used, sum};
use crate::aws::Metric;
use crate::billing::prices::Item;

/// The first minute of that hour in which the mapping asked for messages: since then there is something to count.
pub(super) async fn first_poll(ask: &Ask<'_>, hour: OffsetDateTime) -> Option<OffsetDateTime> {
    ask.first_minute(&metric(ask, "NumberOfEmptyReceives"), hour)
        .await
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
    let idle = Used::counted(
        Line::IdlePolling,
        Item::SqsRequests,
        empty.as_ref().cloned(),
    );
    let requests = sum([&sent, &received, &deleted]);
    let games = Used::counted(Line::QueueRequests, Item::SqsRequests, requests);
    // Without a message the queue is silent; without a poll nobody would hear it.
    let idle = match &idle.amount {
        Amount::Counted(hours) if hours.is_empty() => {
            idle.with_note("CloudWatch has counted none: is the mapping on? `rpsctl queue status`")
        }
        _ => idle,
    };
    let games = match &games.amount {
        Amount::Counted(hours) if !hours.is_empty() => games.with_note(
            "one request for each message sent, received and deleted; what goes in batches is less",
        ),
        _ => games,
    };
    vec![idle, games]
}
