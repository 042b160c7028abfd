//! Joiners who compete for the places of the lobby.

use rps_game::{Claim, Game, Waiting};
use rps_handlers::ports::{ClaimPlace, ClaimResult, Clock, StartGame};

use super::*;

#[tokio::test]
async fn many_joiners_at_once_are_paired_except_the_odd_one() {
    let ids: Vec<String> = (0..25).map(|n| format!("p{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let sim = Simulation::of(&ids).await;
    join_patiently(&sim, ids.clone()).await;
    assert_ne!(
        *sim.queue.rebalances.borrow(),
        [],
        "some wait beside others"
    );
    sim.rebalance_all().await;
    let mut waiting = 0;
    for id in &ids {
        let places = sim.places(id);
        assert_eq!(places.len(), 1, "{id}: {places:?}");
        let messages = sim.messages_to(id);
        let starts = messages.iter().filter_map(started_game).count();
        waiting += usize::from(places == [LOBBY_KEY]);
        assert_eq!(
            starts,
            usize::from(places != [LOBBY_KEY]),
            "{id}: {places:?}"
        );
    }
    assert_eq!(waiting, 1, "the odd player waits alone");
    sim.finish().await;
}

/// x waits. y's function has claimed x and crashed.
async fn x_is_claimed() -> Simulation {
    let sim = Simulation::of(&["x", "y", "z"]).await;
    sim.join("x").await;
    let crash = FaultInjector::new(Fault::CrashAfter(1));
    assert_eq!(sim.join_with_faults(&crash, "y").await, None);
    sim
}

#[tokio::test]
async fn a_joiner_waits_beside_a_claimed_player_until_the_claim_expires() {
    let sim = x_is_claimed().await;
    assert_eq!(sim.join("z").await, ServerMessage::Waiting {});
    let sent = sim.queue.delayed.borrow_mut().pop();
    let wait = sent.expect("scheduled before z waits");
    let no_faults = FaultInjector::none();
    let is_done = sim.rebalance_with_faults(&no_faults, &wait).await;
    assert!(!is_done, "put back");
    assert_eq!(sim.lobby().places.len(), 2);
    sim.expire_leases();
    assert!(sim.rebalance_with_faults(&no_faults, &wait).await);
    assert_eq!(sim.game_of("x"), sim.game_of("z"));
    assert!(sim.game_of("x").is_some() && sim.lobby().places.is_empty());
    sim.finish().await;
}

#[tokio::test]
async fn a_joiner_who_finds_no_room_gets_try_again_within_500_ms() {
    let sim = x_is_claimed().await;
    let (z, environment) = ("z".into(), sim.environment());
    let (store, queue, players) = (&sim.store, &sim.queue, &sim.players);
    let start_ms = environment.now_ms();
    let joiner = Joiner::new(store, queue, players, &environment, sim.rules, &z);
    let answer = joiner.among(1).join().await.expect("no failure");
    assert!(is_error(&answer, ErrorCode::TryAgain), "{answer:?}");
    let spent_ms = environment.now_ms() - start_ms;
    assert!((200..=500).contains(&spent_ms), "{spent_ms} ms");
    assert!(sim.places("z").is_empty());
}

/// Joins repeat at once what they can: a player who waits beside others need not wait for the message.
#[tokio::test]
async fn a_player_who_waits_beside_another_and_joins_again_is_paired() {
    let sim = Simulation::of(&["x", "y"]).await;
    sim.join("x").await;
    sim.wait_beside("y").await;
    for id in ["x", "y"] {
        let answer = sim.join(id).await;
        let is_first = id == "x";
        assert_eq!(
            started_game(&answer).is_some(),
            is_first,
            "{id}: {answer:?}"
        );
    }
    assert_eq!(sim.game_of("x"), sim.game_of("y"));
    sim.finish().await;
}

/// AWS stores a game after its joiner has given it up, and another joiner has claimed the waiting player since.
#[tokio::test]
async fn a_late_game_leaves_a_player_alone_who_claims_another() {
    let sim = Simulation::of(&["x", "z"]).await;
    sim.join("x").await;
    let waiting = Waiting::find(&sim.lobby(), &"x".into()).expect("x waits");
    let claim = Claim {
        game: "another".into(),
        ..Claim::of_waiting(&waiting)
    };
    let claimed = sim.store.claim_place(&"x".into(), &claim, None).await;
    assert_eq!(claimed, Ok(ClaimResult::Yes));
    let players = ["x".into(), "gone".into()];
    let now_ms = sim.environment().now_ms();
    let late = Game::start(waiting.game, players, sim.rules, now_ms);
    assert_eq!(sim.store.start_game(&late).await, Ok(true));
    sim.decide(&late.round_timer()).await;
    assert_eq!(sim.items().games.len(), 0);
    assert_eq!(sim.places("x"), [LOBBY_KEY], "x still waits");
    assert!(started_game(&sim.join("z").await).is_some());
    assert_eq!(sim.game_of("x"), sim.game_of("z"));
    sim.finish().await;
}
