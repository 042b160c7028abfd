//! Bots play 2,000 games while functions are killed, connections break, DynamoDB throttles, and the queue duplicates and
//! delays messages. Every game must end, both players must learn the same truth, and nothing may remain.
//!
//! In its own binary, so that no other test runs at the same time. The test prints its measurements but does not check
//! times, because they depend on the machine.

#![allow(clippy::print_stdout, reason = "prints the measurements")]

use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::Statistic;
use rps_contract::names::{DELIVERIES_S, GAME_KEY_PREFIX};
use rps_local::TABLE;
use rps_testkit::rpsctl::{Ended, LocalSystem, run};
use rps_testkit::table::{Table, sdk};
use rps_testkit::{until, wait};
use serde_json::{Value, json};

const GAMES: u32 = 2000;

/// More than [`GAMES`]: nobody learns the end of a game if both connections break.
const STARTED_GAMES: &str = "2050";

const FAULTS: [&str; 5] = [
    "KilledInvocations",
    "DuplicateMessages",
    "DelayedMessages",
    "ThrottledCalls",
    "DroppedConnections",
];

#[test]
#[ignore = "2,000 games with faults take minutes"]
fn two_thousand_games_end_despite_faults() {
    let system = LocalSystem::with(&["--faults", "--play-window-s=1", "--concurrency=12"]);
    let report = play(&system);
    let began = Instant::now();
    until_queue_is_empty(&system);
    println!("the queue was empty after {:?}", began.elapsed());
    let strikes = FAULTS.map(|fault| wait(strikes(&system, fault)));
    for (fault, strikes) in FAULTS.iter().zip(strikes) {
        println!("{fault}: {strikes}");
        assert!(strikes >= f64::from(GAMES / 20), "{fault}: {strikes}");
    }
    let [.., dropped] = strikes;
    assert_all_ended(&report, dropped);
    assert_nothing_remains(&system, &report, dropped);
}

/// Lets bots play, and returns their report. They give up if no game starts or ends.
fn play(system: &LocalSystem) -> Value {
    let bots = system.start_bots(&["--games", STARTED_GAMES, "--concurrency", "100"]);
    let ended = Ended::from(bots.wait_with_output().expect("ends"));
    println!("{}{}", ended.stdout, ended.stderr);
    ended.rows().remove(0)
}

fn assert_all_ended(report: &Value, dropped: f64) {
    let number = |name: &str| report[name].as_f64().expect("a number");
    assert!(number("games") >= f64::from(GAMES), "games are missing");
    assert_eq!(report["lost_games"], json!([]));
    assert_eq!(report["contradictory_games"], json!([]));
    assert_eq!(report["cut_off_players"], 0);
    assert_eq!(report["stuck_players"], 0);
    let broken = number("broken_connections");
    assert!(broken <= dropped, "{broken} of {dropped} connections");
    assert!(number("one_sided_games") <= broken);
}

/// Waits until every message has been handled. A failed delivery comes back later.
fn until_queue_is_empty(system: &LocalSystem) {
    let deadline = Instant::now() + Duration::from_secs(DELIVERIES_S.into());
    loop {
        let status = system.queue_status();
        assert_eq!(status["dead_letters"], 0, "{status}");
        let messages = ["visible", "delayed", "in_flight"].map(|name| status[name].as_u64());
        if messages == [Some(0); 3] {
            return;
        }
        assert!(Instant::now() < deadline, "{status}");
        sleep(Duration::from_secs(1));
    }
}

/// How often a fault has struck.
async fn strikes(system: &LocalSystem, fault: &str) -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("after 1970").as_secs_f64();
    let request = Client::new(&sdk(system.endpoint()))
        .get_metric_statistics()
        .namespace("rps-local/Faults")
        .metric_name(fault)
        .start_time(DateTime::from_secs_f64(now - 3600.0))
        .end_time(DateTime::from_secs_f64(now + 60.0))
        .period(60)
        .statistics(Statistic::Sum);
    let answer = request.send().await.expect("statistics");
    let minutes = answer.datapoints.unwrap_or_default();
    minutes.iter().filter_map(|minute| minute.sum).sum()
}

/// Only a connection whose `$connect` or `$disconnect` failed may remain, until its TTL or until an operator removes it.
/// It may still wait in the lobby.
fn assert_nothing_remains(system: &LocalSystem, report: &Value, dropped: f64) {
    let refused = report["failed_connections"]["refused"].as_f64();
    let refused = refused.expect("killed `$connect`s");
    let table = Table::at(system.endpoint(), TABLE);
    // The last connections may still be closing.
    wait(until(async || {
        let items = table.items().await;
        let games = items.keys().filter(|key| key.starts_with(GAME_KEY_PREFIX));
        let claims = items.values().filter(|item| item.contains_key("game"));
        let lobby = items.get("L#places").map(|item| item["places"].as_m());
        let places = lobby.map_or(0, |places| places.expect("a map").len());
        let (games, claims) = (games.count(), claims.count());
        println!(
            "{games} games, {claims} claims, {places} places, {} items",
            items.len()
        );
        // One in ten `$disconnect`s is killed.
        let remaining = number(claims + places);
        games == 0 && remaining <= dropped / 2.0 && number(items.len()) <= refused + dropped
    }));
    let command = ["connections", "disconnect", "--stale", "--yes"];
    let target = ["--endpoint-url", system.endpoint()];
    wait(until(async || {
        // DynamoDB throttles this command too.
        println!("{:?}", run(command.iter().chain(&target)).code);
        table.keys().await.is_empty()
    }));
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("few items"))
}
