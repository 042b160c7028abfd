//! The mapping of the queue, disabled and enabled again with the unmodified SDK.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_lambda::Client;
use rps_contract::names::Function;
use rps_local::EVENT_SOURCE_MAPPING;

use crate::support::player::Player;
use crate::support::{Host, host, http, sdk, soon, until};

/// Asks for a change; the answer is the state on the way there.
async fn turn(lambda: &Client, enabled: bool) -> String {
    let update = lambda
        .update_event_source_mapping()
        .uuid(EVENT_SOURCE_MAPPING)
        .enabled(enabled);
    update.send().await.unwrap().state.unwrap()
}

async fn state(lambda: &Client) -> String {
    let get = lambda.get_event_source_mapping().uuid(EVENT_SOURCE_MAPPING);
    get.send().await.unwrap().state.unwrap()
}

pub(crate) async fn pause(lambda: &Client) {
    assert_eq!(turn(lambda, false).await, "Disabling");
    until(async || state(lambda).await == "Disabled").await;
}

pub(crate) async fn resume(lambda: &Client) {
    assert_eq!(turn(lambda, true).await, "Enabling");
    until(async || state(lambda).await == "Enabled").await;
}

/// A host that can be paused in the middle of an invocation of any length.
async fn patient() -> Host {
    Host::with(|it| {
        it.function_timeout = Duration::from_mins(1);
        it.visibility_timeout_s = 120;
    })
    .await
}

/// Hands over a message that is worked on until the file is there.
async fn hold(host: &mut Host, file: &std::path::Path) {
    host.send_message(&format!("wait {}", file.display()), 0)
        .await;
    host.log.batch().await;
}

#[tokio::test]
async fn what_comes_or_becomes_due_while_the_mapping_is_disabled_waits_and_is_not_lost() {
    let mut host = host().await;
    let lambda = sdk::lambda(&host);
    // A change to the state it is in changes nothing.
    assert_eq!(turn(&lambda, true).await, "Enabled");
    pause(&lambda).await;
    assert_eq!(turn(&lambda, false).await, "Disabled");
    let mut bodies: Vec<String> = (0..25).map(|it| format!("message {it}")).collect();
    for (at, body) in bodies.iter().enumerate() {
        let delay_s = u64::from(at == 0);
        host.send_message(body, delay_s).await;
    }
    until(async || host.queued("ApproximateNumberOfMessages").await == 25).await;
    // An invocation of another function would come later than those that must not be.
    let mut player = Player::connect(&host).await;
    player.pid().await;
    assert_eq!(host.queued("ApproximateNumberOfMessages").await, 25);
    assert_eq!(state(&lambda).await, "Disabled");

    resume(&lambda).await;
    let mut received = Vec::new();
    while received.len() < bodies.len() {
        let records = host.log.batch().await.records;
        for record in &records {
            // Nobody had received it before.
            assert_eq!(record.attributes["ApproximateReceiveCount"], "1");
        }
        received.extend(records.into_iter().filter_map(|record| record.body));
    }
    received.sort_unstable();
    bodies.sort_unstable();
    assert_eq!(received, bodies);
}

#[tokio::test]
async fn disabling_waits_for_what_was_handed_over_and_refuses_other_changes_meanwhile() {
    let mut host = patient().await;
    let lambda = sdk::lambda(&host);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("now");
    hold(&mut host, &file).await;
    assert_eq!(turn(&lambda, false).await, "Disabling");
    host.send_message("not yet", 0).await;
    for enabled in [true, false] {
        let update = lambda
            .update_event_source_mapping()
            .uuid(EVENT_SOURCE_MAPPING)
            .enabled(enabled);
        assert_eq!(sdk::code(update.send().await), "ResourceInUseException");
    }
    assert_eq!(state(&lambda).await, "Disabling");
    std::fs::write(&file, "").unwrap();
    until(async || state(&lambda).await == "Disabled").await;
    // The message that was worked on is done and deleted, the other one lies there.
    assert_eq!(host.queued("ApproximateNumberOfMessages").await, 1);
    assert_eq!(
        host.queued("ApproximateNumberOfMessagesNotVisible").await,
        0
    );
    resume(&lambda).await;
    let records = host.log.batch().await.records;
    assert_eq!(records[0].body.as_deref(), Some("not yet"));
}

#[tokio::test]
async fn a_stop_ends_a_mapping_that_is_disabled_or_on_the_way_there() {
    let paused = host().await;
    pause(&sdk::lambda(&paused)).await;
    soon(paused.local.stop()).await;

    let mut pausing = patient().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("now");
    hold(&mut pausing, &file).await;
    assert_eq!(turn(&sdk::lambda(&pausing), false).await, "Disabling");
    let Host { local, mut log } = pausing;
    let go_on = async {
        tokio::task::yield_now().await;
        std::fs::write(&file, "").unwrap();
    };
    tokio::join!(soon(local.stop()), go_on);
    assert_eq!(log.function_line("DONE").await.0, Function::Decide);
}

#[tokio::test]
async fn the_mapping_is_described_as_aws_does() {
    let host = host().await;
    let lambda = sdk::lambda(&host);
    let get = lambda.get_event_source_mapping().uuid(EVENT_SOURCE_MAPPING);
    let mapping = get.send().await.unwrap();
    assert_eq!(mapping.uuid.as_deref(), Some(EVENT_SOURCE_MAPPING));
    assert_eq!(mapping.batch_size, Some(10));
    assert_eq!(mapping.state.as_deref(), Some("Enabled"));
    let queue = "arn:aws:sqs:us-east-1:000000000000:rps-rounds";
    assert_eq!(mapping.event_source_arn.as_deref(), Some(queue));
    let function = "arn:aws:lambda:us-east-1:000000000000:function:decide";
    assert_eq!(mapping.function_arn.as_deref(), Some(function));
    assert_eq!(
        mapping.state_transition_reason.as_deref(),
        Some("USER_INITIATED")
    );
    let types = mapping.function_response_types.unwrap();
    assert_eq!(types[0].as_str(), "ReportBatchItemFailures");
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    pause(&lambda).await;
    let get = lambda.get_event_source_mapping().uuid(EVENT_SOURCE_MAPPING);
    let modified = get.send().await.unwrap().last_modified.unwrap();
    assert!(modified > mapping.last_modified.unwrap());
    // Seconds in a double: the SDK may read a millisecond less than was written.
    let modified_ms = modified.to_millis().unwrap() + 1;
    assert!(modified_ms >= i64::try_from(before.as_millis()).unwrap());
}

#[tokio::test]
async fn the_list_has_the_one_mapping_and_can_be_narrowed_down() {
    let host = host().await;
    let lambda = sdk::lambda(&host);
    let all = lambda.list_event_source_mappings().send().await.unwrap();
    let all = all.event_source_mappings.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].uuid.as_deref(), Some(EVENT_SOURCE_MAPPING));
    for (function, queue, count) in [
        ("decide", all[0].event_source_arn.as_deref().unwrap(), 1),
        (all[0].function_arn.as_deref().unwrap(), "arn:another", 0),
        ("join-game", all[0].event_source_arn.as_deref().unwrap(), 0),
    ] {
        let list = lambda
            .list_event_source_mappings()
            .function_name(function)
            .event_source_arn(queue);
        let found = list.send().await.unwrap().event_source_mappings.unwrap();
        assert_eq!(found.len(), count, "{function} {queue}");
    }
    let url = format!(
        "{}/2015-03-31/event-source-mappings/",
        host.local.urls().endpoint
    );
    let documented = http::request("GET", &url, &[], b"").await;
    assert_eq!(
        documented.json()["EventSourceMappings"][0]["UUID"],
        EVENT_SOURCE_MAPPING
    );
}

#[tokio::test]
async fn unknown_mappings_and_other_changes_are_refused() {
    let host = host().await;
    let lambda = sdk::lambda(&host);
    let get = lambda.get_event_source_mapping().uuid("another");
    let error = get.send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 404);
    assert_eq!(sdk::code(Err::<(), _>(error)), "ResourceNotFoundException");
    let update = lambda.update_event_source_mapping();
    let unknown = update.clone().uuid("another").enabled(false).send().await;
    assert_eq!(sdk::code(unknown), "ResourceNotFoundException");
    let update = update.uuid(EVENT_SOURCE_MAPPING).enabled(false);
    let other = update.batch_size(5).send().await;
    assert_eq!(sdk::code(other), "InvalidParameterValueException");
    assert_eq!(state(&lambda).await, "Enabled");
}
