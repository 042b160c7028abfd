//! The queue of round timers, and its dead-letter queue.

use aws_sdk_sqs::types::QueueAttributeName::{
    MessageRetentionPeriod, QueueArn, RedrivePolicy, VisibilityTimeout,
};
use rps_contract::names::{
    DEAD_LETTER_RETENTION_S, MAX_RECEIVE_COUNT, RETENTION_S, VISIBILITY_TIMEOUT_S,
};
use serde_json::Value;

use super::finding::{CheckResult, Problems};
use crate::aws::{CallTimer, Deployment, QueueAttributes};
use crate::exit::Failure;

/// Checks the visibility timeout, the retention period and the redrive policy of the queue.
pub(super) async fn queue(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let queue = deployment.queue().await?;
    let names = vec![
        VisibilityTimeout,
        MessageRetentionPeriod,
        RedrivePolicy,
        QueueArn,
    ];
    let queue = queue.attributes(names, &CallTimer::default()).await?;
    let mut problems = Problems::of(deployment.target());
    let visibility = queue.get(&VisibilityTimeout);
    check_seconds(
        "visibility timeout",
        visibility,
        VISIBILITY_TIMEOUT_S,
        &mut problems,
    );
    check_retention(&queue, RETENTION_S, &mut problems);
    let dead_letters = deployment.target().dead_letter_queue();
    check_redrive_policy(&queue, &dead_letters, &mut problems);
    Ok(problems.result_or(format!(
        "a message may fail {MAX_RECEIVE_COUNT} times, {VISIBILITY_TIMEOUT_S} seconds apart"
    )))
}

fn check_retention(queue: &QueueAttributes, expected_s: u32, problems: &mut Problems) {
    let retention = queue.get(&MessageRetentionPeriod);
    check_seconds("retention period", retention, expected_s, problems);
}

fn check_seconds(name: &str, value: Option<&String>, expected_s: u32, problems: &mut Problems) {
    let value_s = value.and_then(|it| it.parse().ok());
    if value_s != Some(u64::from(expected_s)) {
        let actual = in_words(value_s);
        problems.add_drift(format!("the {name} is {actual} seconds, not {expected_s}"));
    }
}

/// Checks that the redrive policy moves a message to the queue `name` after its last receive.
fn check_redrive_policy(queue: &QueueAttributes, name: &str, problems: &mut Problems) {
    let Some(policy) = queue.get(&RedrivePolicy) else {
        return problems.add_drift(format!(
            "failed messages go to no dead-letter queue, not to {name}"
        ));
    };
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    // Both queues are in the same account and region.
    let own_arn = queue.get(&QueueArn).and_then(|arn| arn.rsplit_once(':'));
    let expected = own_arn.map(|(before, _)| format!("{before}:{name}"));
    let dead_letters = policy["deadLetterTargetArn"].as_str();
    if dead_letters != expected.as_deref() {
        let actual = dead_letters.unwrap_or("no queue");
        problems.add_drift(format!("failed messages go to {actual}, not to {name}"));
    }
    // AWS returns a number, or the string that was set.
    let count = &policy["maxReceiveCount"];
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok());
    if count != Some(u64::from(MAX_RECEIVE_COUNT)) {
        let actual = in_words(count);
        problems.add_drift(format!(
            "maxReceiveCount is {actual}, not {MAX_RECEIVE_COUNT}"
        ));
    }
}

/// Checks for dead letters, whose games may not have ended, and how long SQS keeps them.
pub(super) async fn dead_letters(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let (target, queue) = (deployment.target(), deployment.dead_letter_queue().await?);
    let (name, count) = (queue.name(), queue.counts().await?.total());
    let names = vec![MessageRetentionPeriod];
    let attributes = queue.attributes(names, &CallTimer::default()).await?;
    let mut problems = Problems::of(target);
    check_retention(&attributes, DEAD_LETTER_RETENTION_S, &mut problems);
    if count > 0 {
        let (list, redrive) = (target.rpsctl("dlq list"), target.rpsctl("dlq redrive"));
        problems.add(
            format!("{count} in {name}: undecided rounds, or players who wait alone"),
            format!("list them with `{list}`, fix the cause, then run `{redrive}`"),
        );
    }
    Ok(problems.result_or(format!("none in {name}")))
}

fn in_words(number: Option<u64>) -> String {
    number.map_or("?".to_owned(), |number| number.to_string())
}
