//! Games against the house.

use rps_game::{ErrorCode, House, Outcome, Play, Reason, Seat, ServerMessage};

use crate::crashes::with_every_fault;
use crate::support::faults::{Fault, FaultInjector};
use crate::support::results::started_game;
use crate::support::simulation::Simulation;

/// The house's play in the open round of the only game.
fn house_play(sim: &Simulation) -> Play {
    let game = sim.game().expect("a game");
    let play = game.played(Seat::Second).expect("it plays at once");
    assert_eq!(
        Some(play),
        game.house.map(|house: House| house.play(game.round))
    );
    play
}

fn beating(play: Play) -> Play {
    let mut plays = Play::ALL.into_iter();
    plays.find(|it| it.beats(play)).expect("a play")
}

#[tokio::test]
async fn a_player_wins_against_the_house_after_a_draw() {
    let sim = Simulation::of(&["x"]).await;
    let started = sim.join_house("x").await;
    assert!(
        started.to_frame().contains(r#","opponent":"bot","seat":""#),
        "{started:?}"
    );
    assert_eq!(sim.join_house("x").await, ErrorCode::AlreadyInAGame.into());
    sim.play("x", house_play(&sim)).await;
    let timer = sim.queue.round_timers.borrow_mut().remove(0);
    sim.decide(&timer).await;
    assert_eq!(sim.game().expect("a game").round, 2);
    let house = house_play(&sim);
    sim.play("x", beating(house)).await;
    sim.run_timers().await;
    let messages = sim.messages_to("x");
    let Some(ServerMessage::GameOver {
        outcome, opponent, ..
    }) = messages.last()
    else {
        panic!("{messages:?}");
    };
    assert_eq!((*outcome, *opponent), (Outcome::Won, Some(house)));
    assert_eq!(sim.messages_to("house"), [], "nobody tells the house");
    assert_eq!(sim.keys(), Vec::<String>::new());
}

#[tokio::test]
async fn a_player_who_does_not_play_loses_against_the_house() {
    let sim = Simulation::of(&["x"]).await;
    sim.join_house("x").await;
    sim.run_timers().await;
    assert_eq!(sim.reason("x"), Reason::YouDidNotPlay);
    assert_eq!(sim.keys(), Vec::<String>::new());
}

#[tokio::test]
async fn a_player_may_leave_the_house() {
    for plays in [false, true] {
        let sim = Simulation::of(&["x"]).await;
        sim.join_house("x").await;
        if plays {
            sim.play("x", Play::Rock).await;
        }
        sim.leave("x").await;
        sim.run_timers().await;
        assert_eq!(sim.keys(), Vec::<String>::new(), "{plays}");
    }
}

#[tokio::test]
async fn a_player_who_waits_leaves_its_place_for_the_house() {
    for room in [None, Some("a")] {
        let sim = Simulation::of(&["x", "y"]).await;
        match room {
            Some(code) => sim.join_room("x", code).await,
            None => sim.join("x").await,
        };
        assert!(started_game(&sim.join_house("x").await).is_some());
        assert_eq!(sim.places("x").len(), 1, "only the game");
        assert_eq!(sim.join("y").await, ServerMessage::Waiting {});
        sim.finish().await;
    }
}

/// Another joiner is starting a game with the player.
#[tokio::test]
async fn a_player_whom_a_joiner_has_taken_gets_no_house() {
    let sim = Simulation::of(&["x", "y"]).await;
    sim.join("x").await;
    let crash = FaultInjector::new(Fault::CrashAfter(1));
    assert_eq!(sim.join_with_faults(&crash, "y").await, None);
    assert_eq!(sim.join_house("x").await, ErrorCode::TryAgain.into());
    sim.expire_leases();
    assert!(started_game(&sim.join("y").await).is_some());
    assert_eq!(sim.join_house("x").await, ErrorCode::AlreadyInAGame.into());
    sim.finish().await;
}

#[tokio::test]
async fn a_join_of_the_house_that_crashes_strands_nobody() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::of(&["x"]).await;
        sim.join("x").await;
        sim.join_house_with_faults(faults, "x").await;
        sim.expire_leases();
        let again = sim.join_house("x").await;
        let plays = started_game(&again).is_some() || again == ErrorCode::AlreadyInAGame.into();
        assert!(plays, "{fault:?}: {again:?}");
        sim.run_timers().await;
        assert_eq!(sim.reasons("x"), [Reason::YouDidNotPlay], "{fault:?}");
        sim.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn an_operator_ends_a_game_against_the_house() {
    let sim = Simulation::of(&["x"]).await;
    sim.join_house("x").await;
    let game = sim.game().expect("a game");
    sim.end_game(&game).await;
    assert_eq!(sim.reason("x"), Reason::EndedByOperator);
    assert_eq!(sim.keys(), Vec::<String>::new());
}
