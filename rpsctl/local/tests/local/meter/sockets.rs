//! Messages and connections of the WebSocket API, and the invocations behind them.

use rps_contract::names::FUNCTION_MEMORY_MB;

use crate::support::player::Player;
use crate::support::{Host, host, http, meter};

async fn counted(host: &Host) -> [f64; 2] {
    let connects = meter::sum(host, meter::of_api("ConnectCount")).await;
    [
        connects,
        meter::sum(host, meter::of_api("MessageCount")).await,
    ]
}

#[tokio::test]
async fn messages_count_both_ways_however_they_are_sent() {
    let host = host().await;
    let mut player = Player::connect(&host).await;
    assert_eq!(counted(&host).await, [1.0, 0.0]);
    // There and back.
    let id = player.id().await;
    meter::until(&host, meter::of_api("MessageCount"), 2.0).await;
    // Posted, by the function and from outside; the route's own response comes too.
    player.ask("post").await;
    for _ in 0..2 {
        player.text().await;
    }
    meter::until(&host, meter::of_api("MessageCount"), 5.0).await;
    let posted = http::request("POST", &host.management_url(&id), &[], b"hello").await;
    assert_eq!(posted.status, 200);
    player.text().await;
    meter::until(&host, meter::of_api("MessageCount"), 6.0).await;
    // Neither a look nor a close is a message, nor is what cannot be delivered.
    http::request("GET", &host.management_url(&id), &[], b"").await;
    http::request("DELETE", &host.management_url(&id), &[], b"").await;
    player.close_code().await;
    let gone = http::request("POST", &host.management_url(&id), &[], b"hello").await;
    assert_eq!(gone.status, 410);
    assert_eq!(counted(&host).await, [1.0, 6.0]);
}

#[tokio::test]
async fn a_refused_connection_was_sent_to_its_function_and_had_no_minute() {
    let host = host().await;
    let url = format!("{}?do=refuse", host.local.urls().url);
    assert_eq!(Player::refused(&url).await.0, 403);
    assert_eq!(counted(&host).await, [1.0, 0.0]);
    let minutes = meter::billed("ConnectionMinutes");
    assert_eq!(meter::sum(&host, minutes).await, 0.0);
    drop(Player::connect(&host).await);
    // However short it was.
    meter::until(&host, minutes, 1.0).await;
}

#[tokio::test]
async fn an_invocation_has_its_duration_and_is_billed_with_its_start() {
    let host = host().await;
    let mut player = Player::connect(&host).await;
    for _ in 0..2 {
        player.ask("slow").await;
        player.text().await;
    }
    let of = [("FunctionName", "join-game")];
    meter::until(&host, ("AWS/Lambda", "Invocations", &of), 2.0).await;
    let duration = meter::datapoint(&host, ("AWS/Lambda", "Duration", &of));
    let duration = duration.await.unwrap();
    assert_eq!(duration.unit.unwrap().as_str(), "Milliseconds");
    let (sum, count) = (duration.sum.unwrap(), duration.sample_count.unwrap());
    assert_eq!(count, 2.0);
    // Each slept for half a second.
    assert!((1000.0..20_000.0).contains(&sum), "{sum} ms");
    let connect = meter::sum(
        &host,
        ("AWS/Lambda", "Duration", &[("FunctionName", "connection")]),
    );
    let run_s = (sum + connect.await) / 1000.0;
    let billed = meter::sum(&host, meter::billed("GbSeconds")).await;
    let billed_s = billed * 1024.0 / f64::from(FUNCTION_MEMORY_MB);
    // Three invocations were rounded up, and two processes had to start.
    assert!(billed_s > run_s + 0.002, "{billed_s} s, {run_s} s");
}
