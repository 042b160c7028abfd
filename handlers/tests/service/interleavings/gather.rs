//! The same while a player who waits alone in its shard of the lobby is brought to the others.

use super::closing::is_over;
use super::*;

/// The gathering of x is held up and another operation runs meanwhile, and the other way round. After that
/// the messages that were put back, or sent, are delivered.
async fn both_ways(
    others: &[&str],
    waiting: Option<&str>,
    other: impl AsyncFn(&World, &Fate),
    check: impl AsyncFn(&World),
) {
    for gathering_is_held in [true, false] {
        at_every_call(async |fate| {
            let (world, wait) = World::alone(others).await;
            if let Some(id) = waiting {
                assert_eq!(world.join(id).await, ServerMessage::Waiting {});
            }
            let spared = Fate::new(Blow::Spare);
            if gathering_is_held {
                let gather = world.gather_or_put_back(fate, wait);
                together(fate, gather, other(&world, &spared)).await;
            } else {
                let gather = world.gather_or_put_back(&spared, wait);
                together(fate, other(&world, fate), gather).await;
            }
            world.gather_all().await;
            check(&world).await;
            world.end().await;
        })
        .await;
    }
}

/// x and y play each other, and know it; at the latest when y, told to try again, has done so.
async fn x_plays_y(world: &World) {
    if world.told("y").last() == Some(&ErrorCode::TryAgain.into()) {
        world.join("y").await;
    }
    let game = world.game_of("x").expect("x is told of its game");
    assert_eq!(world.game_of("y").as_ref(), Some(&game));
    for id in ["x", "y"] {
        let mut places = world.places(id).await;
        places.retain(|place| place.starts_with("G#"));
        assert_eq!(places, [format!("G#{game}")], "{id}");
    }
    // An entry that the SDK repeated may name this very game; the next joiner, or its end, clears it.
    let items = world.table.items().await;
    for (key, lobby) in items.iter().filter(|(key, _)| key.starts_with("L#")) {
        assert_eq!(lobby["game"].as_s(), Ok(&game.to_string()), "{key}");
    }
}

#[tokio::test]
async fn a_player_is_gathered_while_another_joins_in_its_shard() {
    let join = async |world: &World, fate: &Fate| drop(world.join_among(fate, 3..4, "y").await);
    both_ways(&["y"], None, join, x_plays_y).await;
}

#[tokio::test]
async fn a_player_is_gathered_while_another_joins_in_shard_0() {
    let join = async |world: &World, fate: &Fate| drop(world.join_under(fate, "y").await);
    both_ways(&["y"], None, join, x_plays_y).await;
}

#[tokio::test]
async fn a_player_is_gathered_while_it_leaves() {
    let leave = async |world: &World, fate: &Fate| world.leave_under(fate, "x").await;
    both_ways(&[], None, leave, async |world| {
        let left: Vec<String> = world.table.items().await.into_keys().collect();
        assert!(left.is_empty(), "{left:?}");
    })
    .await;
    both_ways(&["y"], Some("y"), leave, async |world| {
        let waits = world.places("y").await == ["L#0"];
        let told = world.told("y");
        assert!(is_over(world, "y") != waits, "y plays nobody: {told:?}");
    })
    .await;
}

async fn x_joins_again_in(shard: u8) {
    let join = async |world: &World, fate: &Fate| {
        drop(world.join_among(fate, shard..shard + 1, "x").await);
    };
    both_ways(&["y"], None, join, async |world| {
        assert_eq!(world.places("x").await, ["L#0"]);
        world.join("y").await;
        x_plays_y(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_player_is_gathered_while_it_joins_again_in_shard_0() {
    x_joins_again_in(0).await;
}

#[tokio::test]
async fn a_player_is_gathered_while_it_joins_again_in_its_shard() {
    x_joins_again_in(3).await;
}

#[tokio::test]
async fn a_player_is_gathered_while_it_joins_again_elsewhere() {
    x_joins_again_in(5).await;
}

#[tokio::test]
async fn a_player_is_gathered_into_a_game_while_it_joins_again() {
    let join = async |world: &World, fate: &Fate| drop(world.join_among(fate, 5..6, "x").await);
    both_ways(&["y"], Some("y"), join, x_plays_y).await;
}

#[tokio::test]
async fn the_message_that_gathers_is_delivered_twice() {
    for waiting in [None, Some("y")] {
        at_every_call(async |fate| {
            let (world, wait) = World::alone(&["y"]).await;
            if let Some(id) = waiting {
                world.join(id).await;
            }
            let spared = Fate::new(Blow::Spare);
            let first = world.gather_or_put_back(fate, wait.clone());
            let second = world.gather_or_put_back(&spared, wait);
            together(fate, first, second).await;
            world.gather_all().await;
            if waiting.is_none() {
                assert_eq!(world.places("x").await, ["L#0"]);
                world.join("y").await;
            }
            x_plays_y(&world).await;
            world.end().await;
        })
        .await;
    }
}
