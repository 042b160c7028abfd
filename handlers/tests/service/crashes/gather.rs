//! The same while a player who waits alone in its shard of the lobby is brought to the others.

use rps_game::Gather;

use super::*;

/// Delivers the message under a fate, and again until it is done.
async fn gather_through(world: &World, fate: &Fate, wait: Gather) {
    world.gather_or_put_back(fate, wait).await;
    world.gather_all().await;
}

#[tokio::test]
async fn a_gathering_that_dies_is_finished_by_the_next_delivery() {
    sweep(async |fate| {
        let blow = fate.blow;
        let (world, wait) = World::alone(&["y"]).await;
        gather_through(&world, fate, wait).await;
        assert_eq!(world.places("x").await, ["L#0"], "{blow:?}");
        assert!(started(&world.join("y").await).is_some(), "{blow:?}");
        assert!(
            world.told("x").iter().any(|it| started(it).is_some()),
            "{blow:?}"
        );
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_gathering_that_dies_while_starting_a_game_strands_nobody() {
    sweep(async |fate| {
        let blow = fate.blow;
        let (world, wait) = World::alone(&["y"]).await;
        assert_eq!(world.join("y").await, ServerMessage::Waiting {});
        gather_through(&world, fate, wait).await;
        let places = world.places("x").await;
        assert_eq!(places.len(), 1, "{blow:?}: {places:?}");
        assert!(places[0].starts_with("G#"), "{blow:?}: {places:?}");
        world.run_out().await;
        for id in ["x", "y"] {
            assert_eq!(world.reason(id), Reason::NobodyPlayed, "{blow:?}");
        }
        assert_eq!(world.ends().len(), 1, "{blow:?}: with each other");
        world.assert_one_truth();
        world.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn a_joiner_that_dies_while_beginning_to_wait_in_a_shard_leaves_nobody_there() {
    sweep(async |fate| {
        let blow = fate.blow;
        let world = World::of(&["x", "y"]).await;
        world.join_among(fate, 3..4, "x").await;
        world.gather_all().await;
        let places = world.places("x").await;
        assert!(
            places.is_empty() || places == ["L#0"],
            "{blow:?}: {places:?}"
        );
        let again = world.join("x").await;
        let waits = again == ServerMessage::Waiting {} || again == ErrorCode::AlreadyWaiting.into();
        assert!(waits, "{blow:?}: {again:?}");
        assert!(started(&world.join("y").await).is_some(), "{blow:?}");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_joiner_that_dies_while_taking_a_player_leaves_it_to_be_gathered() {
    sweep(async |fate| {
        let blow = fate.blow;
        let (world, wait) = World::alone(&["y"]).await;
        world.join_among(fate, 3..4, "y").await;
        gather_through(&world, &Fate::new(Blow::Spare), wait).await;
        // y's game may be stored; else x waits in shard 0, where y finds it now.
        world.join("y").await;
        let game = world.places("y").await.swap_remove(0);
        assert!(game.starts_with("G#"), "{blow:?}: {game}");
        assert!(world.places("x").await.contains(&game), "{blow:?}");
        world.end().await;
        assert_eq!(world.ends().len(), 1, "{blow:?}");
    })
    .await;
}

#[tokio::test]
async fn a_gathered_player_who_is_gone_loses_the_game() {
    sweep(async |fate| {
        let blow = fate.blow;
        let (world, wait) = World::alone(&["y"]).await;
        world.join("y").await;
        world.vanish("x");
        gather_through(&world, fate, wait).await;
        if blow == Blow::Spare {
            assert_eq!(world.reason("y"), Reason::OpponentLeft);
        }
        world.run_out().await;
        let expected = [Reason::OpponentLeft, Reason::NobodyPlayed];
        assert!(expected.contains(&world.reason("y")), "{blow:?}");
        world.assert_one_truth();
        world.assert_nothing_left().await;
    })
    .await;
}
