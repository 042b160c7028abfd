//! Tests the injected faults: here each strikes every time, and counts.

use std::collections::HashMap;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::StreamExt;
use rps_local::{Faults, TABLE};

use crate::support::player::LocalPlayer;
use crate::support::{Host, meter, sdk, soon};

const HOUR_MS: u32 = 60 * 60 * 1000;

async fn with(faults: Faults) -> Host {
    Host::with(|options| options.faults = faults).await
}

/// Waits until this fault, and no other, has struck this number of times.
async fn until_struck(host: &Host, fault: &str, times: f64) {
    for name in [
        "KilledInvocations",
        "DuplicateMessages",
        "DelayedMessages",
        "ThrottledCalls",
        "DroppedConnections",
    ] {
        let expected = if name == fault { times } else { 0.0 };
        meter::until(host, ("rps-local/Faults", name, &[]), expected).await;
    }
}

#[tokio::test]
async fn a_killed_invocation_fails_before_or_after_its_effects() {
    for (kill_within_ms, has_effects) in [(0, false), (HOUR_MS, true)] {
        let mut host = with(Faults {
            killed_invocations: 100,
            kill_within_ms,
            ..Faults::default()
        })
        .await;
        let rejected = LocalPlayer::connect_rejected(&host.local.urls().url).await;
        assert_eq!(rejected.0, 502, "{rejected:?}");
        if has_effects {
            host.log.event("CONNECT").await;
        }
        let line = host.log.line("RequestId: ").await;
        assert!(line.contains("Runtime exited: signal: 9"), "{line}");
        until_struck(&host, "KilledInvocations", 1.0).await;
    }
}

#[tokio::test]
async fn a_message_comes_twice() {
    let mut host = with(Faults {
        duplicate_messages: 100,
        ..Faults::default()
    })
    .await;
    host.send_message("twice", 0).await;
    let mut messages = Vec::new();
    while messages.len() < 2 {
        messages.extend(host.log.batch().await.records);
    }
    let bodies = messages.iter().map(|message| message.body.as_deref());
    assert!(bodies.eq([Some("twice"); 2]), "{messages:?}");
    until_struck(&host, "DuplicateMessages", 1.0).await;
}

#[tokio::test]
async fn a_message_comes_late() {
    let host = with(Faults {
        delayed_messages: 100,
        delay_within_ms: HOUR_MS,
        ..Faults::default()
    })
    .await;
    host.send_message("late", 0).await;
    let delayed = "ApproximateNumberOfMessagesDelayed";
    assert_eq!(host.queue_attribute(delayed).await, 1);
    until_struck(&host, "DelayedMessages", 1.0).await;
}

#[tokio::test]
async fn calls_of_functions_are_throttled() {
    let host = with(Faults {
        throttled_calls: 100,
        ..Faults::default()
    })
    .await;
    let config = aws_sdk_dynamodb::config::Builder::from(&sdk::config(&host));
    let config = config.retry_config(RetryConfig::disabled()).build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    let key = HashMap::from([("pk".to_owned(), AttributeValue::S("C#x".to_owned()))]);
    let get = client.get_item().table_name(TABLE).set_key(Some(key));
    assert_eq!(
        sdk::error_code(get.send().await),
        "ProvisionedThroughputExceededException"
    );
    // Only operators scan.
    let scan = client.scan().table_name(TABLE).send().await;
    assert_eq!(scan.unwrap().count, 0);
    until_struck(&host, "ThrottledCalls", 1.0).await;
}

#[tokio::test]
async fn a_connection_breaks_without_a_close_frame() {
    let mut host = with(Faults {
        dropped_connections: 100,
        ..Faults::default()
    })
    .await;
    let mut player = LocalPlayer::connect(&host).await;
    let end = soon(player.socket.next()).await;
    assert!(matches!(end, Some(Err(_))), "{end:?}");
    let event = host.log.event("DISCONNECT").await;
    assert_eq!(event["requestContext"]["disconnectStatusCode"], 1006);
    until_struck(&host, "DroppedConnections", 1.0).await;
}
