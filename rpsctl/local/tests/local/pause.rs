//! Tests disabling and enabling the event source mapping with the unmodified SDK.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_lambda::Client;
use rps_contract::names::Function;
use rps_local::EVENT_SOURCE_MAPPING;

use crate::support::player::LocalPlayer;
use crate::support::{Host, host, http, sdk, soon, until};

/// Requests a change and returns the transitional state.
async fn set_enabled(lambda: &Client, enabled: bool) -> String {
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
    assert_eq!(set_enabled(lambda, false).await, "Disabling");
    until(async || state(lambda).await == "Disabled").await;
}

pub(crate) async fn resume(lambda: &Client) {
    assert_eq!(set_enabled(lambda, true).await, "Enabling");
    until(async || state(lambda).await == "Enabled").await;
}

/// A local AWS with long timeouts, so that tests can pause the mapping during an invocation.
async fn host_with_long_timeouts() -> Host {
    Host::with(|options| {
        options.function_timeout = Duration::from_mins(1);
        options.visibility_timeout_s = 120;
    })
    .await
}

/// Starts an invocation that waits until the file exists.
async fn start_waiting_invocation(host: &mut Host, file: &std::path::Path) {
    host.send_message(&format!("wait {}", file.display()), 0)
        .await;
    host.log.batch().await;
}

#[tokio::test]
async fn messages_wait_in_the_queue_while_the_mapping_is_disabled() {
    let mut host = host().await;
    let lambda = sdk::lambda(&host);
    // Enabling an enabled mapping changes nothing.
    assert_eq!(set_enabled(&lambda, true).await, "Enabled");
    pause(&lambda).await;
    assert_eq!(set_enabled(&lambda, false).await, "Disabled");
    let mut bodies: Vec<String> = (0..25).map(|number| format!("message {number}")).collect();
    for (index, body) in bodies.iter().enumerate() {
        let delay_s = u64::from(index == 0);
        host.send_message(body, delay_s).await;
    }
    until(async || host.queue_attribute("ApproximateNumberOfMessages").await == 25).await;
    // Invoke another function, so that a wrong invocation of `decide` had time to start.
    let mut player = LocalPlayer::connect(&host).await;
    player.pid().await;
    assert_eq!(
        host.queue_attribute("ApproximateNumberOfMessages").await,
        25
    );
    assert_eq!(state(&lambda).await, "Disabled");

    resume(&lambda).await;
    let mut received = Vec::new();
    while received.len() < bodies.len() {
        let records = host.log.batch().await.records;
        for record in &records {
            // This is the first receive.
            assert_eq!(record.attributes["ApproximateReceiveCount"], "1");
        }
        received.extend(records.into_iter().filter_map(|record| record.body));
    }
    received.sort_unstable();
    bodies.sort_unstable();
    assert_eq!(received, bodies);
}

#[tokio::test]
async fn disabling_waits_for_running_invocations_and_rejects_other_changes_meanwhile() {
    let mut host = host_with_long_timeouts().await;
    let lambda = sdk::lambda(&host);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("now");
    start_waiting_invocation(&mut host, &file).await;
    assert_eq!(set_enabled(&lambda, false).await, "Disabling");
    host.send_message("not yet", 0).await;
    for enabled in [true, false] {
        let update = lambda
            .update_event_source_mapping()
            .uuid(EVENT_SOURCE_MAPPING)
            .enabled(enabled);
        assert_eq!(
            sdk::error_code(update.send().await),
            "ResourceInUseException"
        );
    }
    assert_eq!(state(&lambda).await, "Disabling");
    std::fs::write(&file, "").unwrap();
    until(async || state(&lambda).await == "Disabled").await;
    // The first message is handled and deleted; the other one is still in the queue.
    assert_eq!(host.queue_attribute("ApproximateNumberOfMessages").await, 1);
    assert_eq!(
        host.queue_attribute("ApproximateNumberOfMessagesNotVisible")
            .await,
        0
    );
    resume(&lambda).await;
    let records = host.log.batch().await.records;
    assert_eq!(records[0].body.as_deref(), Some("not yet"));
}

#[tokio::test]
async fn a_stop_ends_a_disabled_or_disabling_mapping() {
    let paused = host().await;
    pause(&sdk::lambda(&paused)).await;
    soon(paused.local.stop()).await;

    let mut pausing = host_with_long_timeouts().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("now");
    start_waiting_invocation(&mut pausing, &file).await;
    assert_eq!(
        set_enabled(&sdk::lambda(&pausing), false).await,
        "Disabling"
    );
    let Host { local, mut log } = pausing;
    let finish = async {
        tokio::task::yield_now().await;
        std::fs::write(&file, "").unwrap();
    };
    tokio::join!(soon(local.stop()), finish);
    assert_eq!(log.function_line("DONE").await.0, Function::Decide);
}

#[tokio::test]
async fn the_description_of_the_mapping_has_the_format_of_aws() {
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
    // The time is a floating-point number of seconds, so the SDK may read one millisecond less.
    let modified_ms = modified.to_millis().unwrap() + 1;
    assert!(modified_ms >= i64::try_from(before.as_millis()).unwrap());
}

#[tokio::test]
async fn the_list_contains_the_single_mapping_and_can_be_filtered() {
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
        let mappings = list.send().await.unwrap().event_source_mappings.unwrap();
        assert_eq!(mappings.len(), count, "{function} {queue}");
    }
    let url = format!(
        "{}/2015-03-31/event-source-mappings/",
        host.local.urls().endpoint
    );
    let response = http::request("GET", &url, &[], b"").await;
    assert_eq!(
        response.json()["EventSourceMappings"][0]["UUID"],
        EVENT_SOURCE_MAPPING
    );
}

#[tokio::test]
async fn unknown_mappings_and_unsupported_changes_are_errors() {
    let host = host().await;
    let lambda = sdk::lambda(&host);
    let get = lambda.get_event_source_mapping().uuid("another");
    let error = get.send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 404);
    assert_eq!(
        sdk::error_code(Err::<(), _>(error)),
        "ResourceNotFoundException"
    );
    let update = lambda.update_event_source_mapping();
    let unknown = update.clone().uuid("another").enabled(false).send().await;
    assert_eq!(sdk::error_code(unknown), "ResourceNotFoundException");
    let update = update.uuid(EVENT_SOURCE_MAPPING).enabled(false);
    let other = update.batch_size(5).send().await;
    assert_eq!(sdk::error_code(other), "InvalidParameterValueException");
    assert_eq!(state(&lambda).await, "Enabled");
}
