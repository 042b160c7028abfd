//! The queue that is the clock, and its dead letters.

use aws_sdk_sqs::types::QueueAttributeName::{QueueArn, RedrivePolicy, VisibilityTimeout};
use rps_contract::names::{MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_S};
use serde_json::Value;

use super::finding::{Found, Wrongs};
use crate::aws::{Attributes, Deployment, Watch};
use crate::exit::Failure;

/// How long a message that failed waits, and where it goes when it has failed too often.
pub(super) async fn queue(deployment: &Deployment) -> Result<Found, Failure> {
    let queue = deployment.queue().await?;
    let names = vec![VisibilityTimeout, RedrivePolicy, QueueArn];
    let queue = queue.attributes(names, &Watch::default()).await?;
    let mut wrongs = Wrongs::of(deployment.target());
    let visibility = queue.get(&VisibilityTimeout).and_then(|it| it.parse().ok());
    if visibility != Some(u64::from(VISIBILITY_TIMEOUT_S)) {
        let is = in_words(visibility);
        wrongs.changed(format!(
            "its visibility timeout is {is} seconds, not {VISIBILITY_TIMEOUT_S}"
        ));
    }
    let dead_letters = deployment.target().dead_letter_queue();
    redrive(&queue, &dead_letters, &mut wrongs);
    Ok(wrongs.or(format!(
        "a message may fail {MAX_RECEIVE_COUNT} times, {VISIBILITY_TIMEOUT_S} seconds apart"
    )))
}

/// The policy that says how often a message may fail, and that it then goes to the queue `name`.
fn redrive(queue: &Attributes, name: &str, wrongs: &mut Wrongs) {
    let Some(policy) = queue.get(&RedrivePolicy) else {
        return wrongs.changed(format!("messages that fail go nowhere, not to {name}"));
    };
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    // The two are in one account and region.
    let beside = queue.get(&QueueArn).and_then(|arn| arn.rsplit_once(':'));
    let expected = beside.map(|(before, _)| format!("{before}:{name}"));
    let dead_letters = policy["deadLetterTargetArn"].as_str();
    if dead_letters != expected.as_deref() {
        let is = dead_letters.unwrap_or("nowhere");
        wrongs.changed(format!("messages that fail go to {is}, not to {name}"));
    }
    // AWS gives the number, or the text that was set.
    let count = &policy["maxReceiveCount"];
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok());
    if count != Some(u64::from(MAX_RECEIVE_COUNT)) {
        let is = in_words(count);
        wrongs.changed(format!(
            "its maxReceiveCount is {is}, not {MAX_RECEIVE_COUNT}"
        ));
    }
}

/// Messages that failed too often, of games that may not have ended.
pub(super) async fn dead_letters(deployment: &Deployment) -> Result<Found, Failure> {
    let queue = deployment.dead_letter_queue().await?;
    let (name, count) = (queue.name(), queue.counts().await?.total());
    if count == 0 {
        return Ok(Found::fine(format!("none in {name}")));
    }
    Ok(Found::wrong(
        format!("{count} in {name}: rounds that were not decided, or players who wait alone"),
        "`rpsctl dlq list` shows them; mend what made them fail, then `rpsctl dlq redrive`",
    ))
}

fn in_words(number: Option<u64>) -> String {
    number.map_or("?".to_owned(), |number| number.to_string())
}
