//! Rounds that end early, because both have played.

use rps_game::{ErrorCode, Play, Reason, ServerMessage};
use rps_handlers::inbound::queue::decide_all;
use serde_json::json;

use crate::crashes::with_every_fault;
use crate::support::faults::{Fault, FaultInjector, Faulty};
use crate::support::simulation::Simulation;

/// A game of x and y that ends early, if the rules say so. Both have joined, and x has played rock.
async fn started(decide_early: bool) -> Simulation {
    let mut sim = Simulation::new();
    sim.rules = sim.rules.deciding_early(decide_early);
    for id in ["x", "y"] {
        sim.connect(id).await;
        sim.join(id).await;
    }
    sim.play("x", Play::Rock).await;
    sim
}

#[tokio::test]
async fn only_the_second_play_sends_an_early_timer() {
    for decide_early in [false, true] {
        let sim = started(decide_early).await;
        let timers = || sim.queue.round_timers.borrow().clone();
        assert_eq!(timers().len(), 1);
        let received = sim.play("y", Play::Paper).await;
        assert_eq!(timers().len(), 1 + usize::from(decide_early));
        for (id, play) in [("x", Play::Rock), ("y", Play::Paper)] {
            let answer = sim.play(id, play).await;
            assert!(matches!(answer, ServerMessage::PlayReceived { .. }), "{id}");
        }
        let other = sim.play("y", Play::Rock).await;
        assert_eq!(other, ErrorCode::AlreadyPlayed.into());
        assert!(matches!(received, ServerMessage::PlayReceived { .. }));
        let early: Vec<bool> = timers().iter().map(|timer| timer.early).collect();
        assert_eq!(
            early,
            [&[false][..], &[true][..usize::from(decide_early)]].concat()
        );
    }
}

#[tokio::test]
async fn an_early_timer_ends_the_round_and_the_delayed_one_vanishes() {
    for y in [Play::Paper, Play::Rock] {
        let sim = started(true).await;
        sim.play("y", y).await;
        let [delayed, early] = sim
            .queue
            .round_timers
            .take()
            .try_into()
            .expect("two timers");
        sim.decide(&early).await;
        if y == Play::Paper {
            assert_eq!(sim.reason("x"), Reason::Plays);
        } else {
            let next = sim.game().expect("a game").round_timer();
            assert_eq!((next.round, next.early), (2, false));
            assert_eq!(*sim.queue.round_timers.borrow(), [next]);
        }
        let before = sim.items();
        for obsolete in [delayed, early] {
            sim.decide(&obsolete).await;
            assert!(!sim.is_needed(&obsolete.into()).await);
        }
        assert_eq!(sim.items(), before);
        sim.finish().await;
    }
}

/// An early timer never comes back.
#[tokio::test]
async fn the_delayed_timer_ends_a_round_whose_early_timer_fails() {
    for y in [Play::Paper, Play::Rock] {
        with_every_fault(async |faults| {
            let sim = started(true).await;
            sim.play("y", y).await;
            let early = sim.queue.round_timers.borrow_mut().remove(1);
            sim.decide_with_faults(faults, &early).await;
            sim.finish().await;
            let reason = if y == Play::Paper {
                Reason::Plays
            } else {
                Reason::NobodyPlayed
            };
            assert_eq!(sim.reason("x"), reason);
        })
        .await;
    }
    with_every_fault(async |faults| {
        let sim = started(true).await;
        sim.play_with_faults(faults, "y", Play::Paper).await;
        sim.finish().await;
        assert_eq!(sim.endings().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_failed_early_timer_is_not_put_back() {
    let sim = started(true).await;
    sim.play("y", Play::Paper).await;
    let timers = sim.queue.round_timers.take();
    for (timer, put_back) in timers.iter().zip([1, 0]) {
        let body = serde_json::to_string(timer).expect("JSON");
        let batch = json!({"Records": [{"messageId": "m", "body": body}]});
        let batch = serde_json::from_value(batch).expect("an event");
        let faults = FaultInjector::new(Fault::Fail(0));
        let store = Faulty(&faults, &sim.store);
        let environment = sim.environment();
        let response = decide_all(
            &store,
            &sim.queue,
            &sim.players,
            &environment,
            sim.rules,
            batch,
        );
        assert_eq!(response.await.batch_item_failures.len(), put_back, "{body}");
    }
}
