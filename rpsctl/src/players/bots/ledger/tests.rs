//! Runs as scripts: the time, the bot and the event.

use std::time::Duration;

use rps_game::Play;
use tokio::time::Instant;

use super::Ledger;
use crate::players::bots::BotEvent;
use crate::players::bots::verdict::{Verdict, judge};
use crate::players::client::{JoinKind, PlayerEnd, PlayerEvent};

const WAITING: &str = r#"{"type":"waiting"}"#;
const STARTED: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":null}"#;
const DRAWN: &str = r#"{"type":"round-drawn","game":"g","round":1,"you":"rock","opponent":"rock","next_round":2,"play_within_ms":5000}"#;
const WON: &str = r#"{"type":"game-over","game":"g","rounds":2,"outcome":"won","reason":"plays","you":"rock","opponent":"scissors"}"#;
const LOST: &str = r#"{"type":"game-over","game":"g","rounds":2,"outcome":"lost","reason":"plays","you":"scissors","opponent":"rock"}"#;
const AGAIN: &str = r#"{"type":"error","code":"try-again","message":"Again."}"#;

/// A run from a script: milliseconds, bot, and a frame or an event, such as `joins`.
fn run(script: &[(u64, usize, &str)]) -> Ledger {
    let start = Instant::now();
    let mut ledger = Ledger::new().unwrap();
    for (ms, bot, event) in script {
        let event = match *event {
            "joins" => BotEvent::Player(PlayerEvent::Join(JoinKind::Anyone)),
            "joins-house" => BotEvent::Player(PlayerEvent::Join(JoinKind::House)),
            "closed" => BotEvent::Player(PlayerEvent::End(PlayerEnd::Closed(String::new()))),
            "broken" => BotEvent::Player(PlayerEvent::End(PlayerEnd::Broken(String::new()))),
            "leaves" => BotEvent::Leave,
            "plays" => BotEvent::Play(Play::Rock),
            frame => BotEvent::Player(PlayerEvent::Message(serde_json::from_str(frame).unwrap())),
        };
        ledger.note(*bot, start + Duration::from_millis(*ms), &event);
    }
    ledger
}

fn verdicts(ledger: &Ledger) -> Vec<Verdict> {
    ledger.games.values().map(|views| judge(views)).collect()
}

#[test]
fn a_game_of_two_bots_counts_once() {
    let ledger = run(&[
        (0, 1, "joins"),
        (10, 1, WAITING),
        (20, 2, "joins"),
        (30, 2, STARTED),
        (40, 1, STARTED),
        (5030, 2, DRAWN),
        (5060, 1, DRAWN),
        (10_070, 1, WON),
        (10_080, 2, LOST),
        (10_090, 1, "closed"),
        (10_090, 2, "closed"),
    ]);
    assert_eq!(ledger.finished(), 1);
    assert_eq!(verdicts(&ledger), [Verdict::Agreed]);
    assert_eq!(ledger.counts.connections, 2);
    // A player whose first answer is `game-started` did not wait.
    assert_eq!(ledger.times.waiting_to_started.len(), 1);
    assert_eq!(ledger.times.join_to_answer.len(), 2);
    assert_eq!(ledger.times.lateness.len(), 4);
    assert_eq!(ledger.counts.early, 0);
    let (max, expected) = (ledger.times.lateness.max(), 50_000);
    assert!(ledger.times.lateness.equivalent(max, expected), "{max}");
}

#[test]
fn an_early_outcome_is_late_by_the_time_since_the_second_play() {
    const EARLY: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":true,"opponent":"player","seat":null}"#;
    let ledger = run(&[
        (0, 1, "joins"),
        (0, 2, "joins"),
        (30, 1, EARLY),
        (30, 2, EARLY),
        (1000, 1, "plays"),
        (2000, 2, "plays"),
        (2050, 1, DRAWN),
        (2060, 1, "plays"),
        (2060, 2, DRAWN),
        // The second play is lost.
        (7110, 1, WON),
        (7110, 2, LOST),
    ]);
    let (lateness, expected) = (&ledger.times.lateness, [50_000, 60_000]);
    for (us, expected) in [lateness.min(), lateness.max()].into_iter().zip(expected) {
        assert!(lateness.equivalent(us, expected), "{us}");
    }
    assert_eq!(lateness.len(), 4);
    assert_eq!(ledger.counts.early, 0);
}

#[test]
fn a_game_against_the_house_is_judged_by_one_view() {
    let house = STARTED.replace(r#""opponent":"player""#, r#""opponent":"bot""#);
    let started = [(0, 1, "joins-house"), (10, 1, house.as_str())];
    let ended = [(5050, 1, DRAWN), (10_070, 1, WON), (10_080, 1, "closed")];
    let other = [(0, 2, "joins"), (10, 2, STARTED), (10_070, 2, LOST)];
    let asked_for_a_player = [(0, 1, "joins"), (10, 1, &house)];
    let asked_for_the_house = [(0, 1, "joins-house"), (10, 1, STARTED)];
    for (script, verdict) in [
        ([&started[..], &ended].concat(), Verdict::Agreed),
        ([&[started[0]][..], &ended].concat(), Verdict::Agreed),
        (started.to_vec(), Verdict::Lost),
        (
            [&started[..], &other, &ended].concat(),
            Verdict::Contradictory,
        ),
        (
            [&asked_for_a_player[..], &ended].concat(),
            Verdict::Contradictory,
        ),
        (
            [&asked_for_the_house[..], &ended].concat(),
            Verdict::Contradictory,
        ),
    ] {
        let mut ledger = run(&script);
        ledger.give_up();
        assert_eq!(verdicts(&ledger), [verdict], "{script:?}");
    }
}

#[test]
fn an_early_outcome_against_the_house_is_late_by_the_time_since_the_only_play() {
    const EARLY: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":true,"opponent":"bot","seat":null}"#;
    let ledger = run(&[
        (0, 1, "joins-house"),
        (30, 1, EARLY),
        (1000, 1, "plays"),
        (1050, 1, DRAWN),
        (2000, 1, "plays"),
        (2050, 1, WON),
    ]);
    let (lateness, expected) = (&ledger.times.lateness, 50_000);
    assert_eq!((lateness.len(), ledger.counts.early), (2, 0));
    for us in [lateness.min(), lateness.max()] {
        assert!(lateness.equivalent(us, expected), "{us}");
    }
}

#[test]
fn problems_are_counted() {
    let ledger = run(&[
        (0, 1, "joins"),
        (0, 1, AGAIN),
        (0, 1, "closed"),
        (0, 2, "joins"),
        (0, 2, WAITING),
        (0, 2, "leaves"),
        (0, 3, "joins"),
        (0, 3, STARTED),
        (4990, 3, WON),
    ]);
    assert_eq!(ledger.counts.cut_off, 1);
    assert_eq!(ledger.counts.errors["try-again"], 1);
    assert_eq!(ledger.counts.early, 1);
}

#[test]
fn a_broken_connection_loses_no_game() {
    let left = r#"{"type":"game-over","game":"g","rounds":1,"outcome":"won","reason":"opponent-left","you":null,"opponent":null}"#;
    let ledger = run(&[
        (0, 1, "joins"),
        (0, 1, STARTED),
        (0, 2, "joins"),
        (0, 2, STARTED),
        (0, 3, "joins"),
        (0, 3, "broken"),
        (0, 1, "broken"),
        (0, 2, left),
        // It broke while the server closed it.
        (0, 2, "broken"),
    ]);
    assert_eq!(verdicts(&ledger), [Verdict::Agreed]);
    assert_eq!((ledger.counts.broken, ledger.counts.cut_off), (2, 0));
}

#[test]
fn giving_up_a_run_loses_its_open_games() {
    let mut ledger = run(&[(0, 1, "joins"), (0, 1, STARTED), (0, 2, "joins")]);
    ledger.give_up();
    assert_eq!(verdicts(&ledger), [Verdict::Lost]);
    assert_eq!((ledger.counts.stuck, ledger.counts.cut_off), (1, 0));
}
