//! The queue that is the clock, and its dead letters.

use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName::{
    self as Name, QueueArn, RedrivePolicy, VisibilityTimeout,
};
use rps_contract::names::{MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_S};
use serde_json::Value;

use super::finding::{Found, Wrongs, put_back};
use crate::aws::Deployment;
use crate::exit::Failure;

/// What AWS says of a queue, by the names of its attributes.
type Attributes = HashMap<Name, String>;

/// How long a message that failed waits, and where it goes when it has failed too often.
pub(super) async fn queue(deployment: &Deployment) -> Result<Found, Failure> {
    let target = deployment.target();
    let queue = deployment.queue().await?;
    let queue = queue
        .settings(vec![VisibilityTimeout, RedrivePolicy, QueueArn])
        .await?;
    let mut wrongs = Wrongs::default();
    let remedy = put_back(target);
    let visibility = number(&queue, &VisibilityTimeout);
    wrongs.expect(
        &visibility,
        &Some(u64::from(VISIBILITY_TIMEOUT_S)),
        || {
            let is = in_words(visibility);
            format!("its visibility timeout is {is} seconds, not {VISIBILITY_TIMEOUT_S}")
        },
        remedy,
    );
    redrive(deployment, &queue, &mut wrongs);
    Ok(wrongs.or(format!(
        "a message may fail {MAX_RECEIVE_COUNT} times, {VISIBILITY_TIMEOUT_S} seconds apart"
    )))
}

/// The policy that names the dead-letter queue, and after how many deliveries.
fn redrive(deployment: &Deployment, queue: &Attributes, wrongs: &mut Wrongs) {
    let target = deployment.target();
    let (name, remedy) = (target.dead_letter_queue(), put_back(target));
    let Some(policy) = queue.get(&RedrivePolicy) else {
        return wrongs.add(
            format!("messages that fail go nowhere, not to {name}"),
            remedy,
        );
    };
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    // The two are in one account and region.
    let beside = queue.get(&QueueArn).and_then(|arn| arn.rsplit_once(':'));
    let expected = beside.map(|(before, _)| format!("{before}:{name}"));
    let target = policy["deadLetterTargetArn"].as_str();
    wrongs.expect(
        &target,
        &expected.as_deref(),
        || {
            let is = target.unwrap_or("nowhere");
            format!("messages that fail go to {is}, not to {name}")
        },
        remedy,
    );
    // AWS gives the number, or the text that was set.
    let count = &policy["maxReceiveCount"];
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok());
    wrongs.expect(
        &count,
        &Some(u64::from(MAX_RECEIVE_COUNT)),
        || {
            format!(
                "its maxReceiveCount is {}, not {MAX_RECEIVE_COUNT}",
                in_words(count)
            )
        },
        remedy,
    );
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

fn number(of: &Attributes, name: &Name) -> Option<u64> {
    of.get(name)?.parse().ok()
}

fn in_words(number: Option<u64>) -> String {
    number.map_or("?".to_owned(), |number| number.to_string())
}
