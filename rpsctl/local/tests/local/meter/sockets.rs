//! Tests the metering of WebSocket messages, connections and invocations.

use rps_contract::names::FUNCTION_MEMORY_MB;

use crate::support::player::LocalPlayer;
use crate::support::{Host, host, http, meter};

/// The numbers of connects and messages.
async fn api_sums(host: &Host) -> [f64; 2] {
    let connects = meter::sum(host, meter::of_api("ConnectCount")).await;
    [
        connects,
        meter::sum(host, meter::of_api("MessageCount")).await,
    ]
}

#[tokio::test]
async fn messages_count_in_both_directions() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    assert_eq!(api_sums(&host).await, [1.0, 0.0]);
    // The message and its reply.
    let id = player.id().await;
    meter::until(&host, meter::of_api("MessageCount"), 2.0).await;
    // The message, the function's post, and the route's response.
    player.send_task("post").await;
    for _ in 0..2 {
        player.text().await;
    }
    meter::until(&host, meter::of_api("MessageCount"), 5.0).await;
    let response = http::request("POST", &host.management_url(&id), &[], b"hello").await;
    assert_eq!(response.status, 200);
    player.text().await;
    meter::until(&host, meter::of_api("MessageCount"), 6.0).await;
    // Other requests and undeliverable posts are not messages.
    http::request("GET", &host.management_url(&id), &[], b"").await;
    http::request("DELETE", &host.management_url(&id), &[], b"").await;
    player.close_code().await;
    let response = http::request("POST", &host.management_url(&id), &[], b"hello").await;
    assert_eq!(response.status, 410);
    assert_eq!(api_sums(&host).await, [1.0, 6.0]);
}

#[tokio::test]
async fn a_rejected_connection_counts_as_a_connect_but_has_no_minutes() {
    let host = host().await;
    let url = format!("{}?do=refuse", host.local.urls().url);
    assert_eq!(LocalPlayer::connect_rejected(&url).await.0, 403);
    assert_eq!(api_sums(&host).await, [1.0, 0.0]);
    let minutes = meter::billed("ConnectionMinutes");
    assert_eq!(meter::sum(&host, minutes).await, 0.0);
    drop(LocalPlayer::connect(&host).await);
    // Every accepted connection has at least one minute.
    meter::until(&host, minutes, 1.0).await;
}

#[tokio::test]
async fn the_bill_includes_the_cold_start_and_the_duration_metric_does_not() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    for _ in 0..2 {
        player.send_task("slow").await;
        player.text().await;
    }
    let dimensions = [("FunctionName", "join-game")];
    meter::until(&host, ("AWS/Lambda", "Invocations", &dimensions), 2.0).await;
    let duration = meter::datapoint(&host, ("AWS/Lambda", "Duration", &dimensions));
    let duration = duration.await.unwrap();
    assert_eq!(duration.unit.unwrap().as_str(), "Milliseconds");
    let (sum, count) = (duration.sum.unwrap(), duration.sample_count.unwrap());
    assert_eq!(count, 2.0);
    // Each invocation sleeps for half a second.
    assert!((1000.0..20_000.0).contains(&sum), "{sum} ms");
    let connect = meter::sum(
        &host,
        ("AWS/Lambda", "Duration", &[("FunctionName", "connection")]),
    );
    let run_s = (sum + connect.await) / 1000.0;
    let billed = meter::sum(&host, meter::billed("GbSeconds")).await;
    let billed_s = billed * 1024.0 / f64::from(FUNCTION_MEMORY_MB);
    // The bill rounds three invocations up and includes two cold starts.
    assert!(billed_s > run_s + 0.002, "{billed_s} s, {run_s} s");
}
