//! The same while an operator closes a connection.

use rps_game::Position;
use rps_handlers::service::operate::Seen;

use super::operate::{SIGHTS, Sight, in_order};
use super::*;

/// An operator closes x while another operation runs, in all orders. Either x is closed and in no place, or
/// the operator has done nothing; `check` is told which. Its `$disconnect` arrives late or never.
async fn closing(
    world: impl AsyncFn() -> World,
    other: impl AsyncFn(&World, &Fate),
    check: impl AsyncFn(&World, bool),
) {
    for sight in SIGHTS {
        for disconnect_arrives in [true, false] {
            at_every_call(async |fate| {
                let world = world().await;
                let is_closed = close_x(&world, sight, fate, &other).await;
                let items = world.table.items().await;
                assert!(!is_closed || !items.contains_key("C#x"), "x is left");
                if disconnect_arrives && !world.is_open("x") {
                    world.leave("x").await;
                }
                world.outlive_leases();
                world.gather_all().await;
                check(&world, is_closed).await;
                world.end().await;
            })
            .await;
        }
    }
}

async fn close_x(
    world: &World,
    sight: Sight,
    fate: &Fate,
    other: &impl AsyncFn(&World, &Fate),
) -> bool {
    let seen = world.find("x").await.expect("connected");
    let operator = async |fate: &Fate, anew: bool| {
        let now = if anew { world.find("x").await } else { None };
        let seen = if anew { now } else { Some(seen.clone()) };
        close(world, fate, seen).await
    };
    in_order(sight, fate, operator, async |fate| other(world, fate).await).await
}

async fn close(world: &World, fate: &Fate, seen: Option<Seen>) -> bool {
    let Some(seen) = seen else { return false };
    let closed = world.close_under(fate, &seen).await.expect("not killed");
    // What the clock has ended and removed before the operator's write, done already, was done again, is gone.
    let is_repeated = matches!(seen.place, Position::Playing(..)) && fate.repeats(0);
    let closed = closed.expect("no failure") || is_repeated;
    assert!(!closed || !world.is_open("x"), "x was seen as {seen:?}");
    closed
}

pub(super) fn is_over(world: &World, id: &str) -> bool {
    !world.reasons(id).is_empty()
}

/// x is closed and nowhere, or open and in one place.
async fn x_is_in_one_place_unless(is_closed: bool, world: &World) {
    assert_eq!(world.is_open("x"), !is_closed);
    let places = world.places("x").await;
    assert_eq!(places.len(), usize::from(!is_closed), "{places:?}");
}

/// y was told of the end of its game, or waits, or plays x.
async fn y_is_not_stranded(world: &World) {
    if world.told("y").last() == Some(&ErrorCode::TryAgain.into()) && world.is_open("y") {
        world.join("y").await;
    }
    let places = world.places("y").await;
    let told = world.told("y");
    assert_eq!(
        is_over(world, "y"),
        places.is_empty(),
        "{places:?} {told:?}"
    );
    if places.iter().any(|place| place.starts_with("G#")) {
        assert_eq!(world.places("x").await, places);
        assert_eq!(world.game_of("x"), world.game_of("y"));
    }
}

#[tokio::test]
async fn a_connection_is_closed_while_it_joins() {
    let join = async |world: &World, fate: &Fate| drop(world.join_under(fate, "x").await);
    closing(
        async || World::of(&["x"]).await,
        join,
        async |world, is_closed| {
            x_is_in_one_place_unless(is_closed, world).await;
        },
    )
    .await;
    let y_waits = async || {
        let world = World::of(&["x", "y"]).await;
        world.join("y").await;
        world
    };
    closing(y_waits, join, async |world, is_closed| {
        x_is_in_one_place_unless(is_closed, world).await;
        y_is_not_stranded(world).await;
    })
    .await;
}

/// x waits and y does nothing yet.
pub(super) async fn x_waits() -> World {
    let world = World::of(&["x", "y"]).await;
    world.join("x").await;
    world
}

#[tokio::test]
async fn a_waiting_player_is_closed_while_another_joins() {
    let join = async |world: &World, fate: &Fate| drop(world.join_under(fate, "y").await);
    closing(x_waits, join, async |world, is_closed| {
        x_is_in_one_place_unless(is_closed, world).await;
        y_is_not_stranded(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_connection_is_closed_while_it_leaves() {
    let leave = async |world: &World, fate: &Fate| world.leave_under(fate, "x").await;
    closing(x_waits, leave, async |world, _| {
        x_is_in_one_place_unless(true, world).await;
        assert_eq!(world.join("y").await, ServerMessage::Waiting {});
    })
    .await;
    let plays = async || World::playing(Some(Play::Rock), Some(Play::Paper)).await;
    closing(plays, leave, async |world, _| {
        x_is_in_one_place_unless(true, world).await;
        assert!(is_over(world, "y"));
    })
    .await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_while_it_leaves() {
    let leave = async |world: &World, fate: &Fate| world.leave_under(fate, "x").await;
    closing(
        async || World::of(&["x"]).await,
        leave,
        async |world, _| {
            x_is_in_one_place_unless(true, world).await;
        },
    )
    .await;
}

#[tokio::test]
async fn a_player_is_closed_while_its_game_ends() {
    let decide = async |world: &World, fate: &Fate| {
        let tick = world.ticks.0.borrow_mut().remove(0);
        assert!(world.decide_under(fate, &tick).await);
    };
    for y in [Play::Paper, Play::Rock] {
        let plays = async || World::playing(Some(Play::Rock), Some(y)).await;
        closing(plays, decide, async |world, is_closed| {
            let is_decided = y == Play::Paper || is_closed;
            assert_eq!(is_over(world, "y"), is_decided, "{:?}", world.told("y"));
            assert_eq!(world.is_open("x"), !is_decided);
            let [x, y] = ["x", "y"].map(|id| world.reasons(id).contains(&Reason::OpponentLeft));
            assert_eq!((x, y), (false, is_closed), "y hears why it has won");
        })
        .await;
    }
}

#[tokio::test]
async fn two_operators_close_a_connection() {
    let close = async |world: &World, fate: &Fate| {
        close(world, fate, world.find("x").await).await;
    };
    for waits in [true, false] {
        let world = async || {
            if waits {
                x_waits().await
            } else {
                World::of(&["x"]).await
            }
        };
        closing(world, close, async |world, _| {
            x_is_in_one_place_unless(true, world).await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_player_is_closed_while_it_is_gathered() {
    for y_waits in [false, true] {
        let gather = async |world: &World, fate: &Fate| {
            let wait = world.ticks.1.borrow_mut().pop().expect("sent");
            world.gather_or_put_back(fate, wait).await;
        };
        let alone = async || {
            let (world, wait) = World::alone(&["y"]).await;
            world.ticks.1.borrow_mut().push(wait);
            if y_waits {
                world.join("y").await;
            }
            world
        };
        closing(alone, gather, async |world, is_closed| {
            x_is_in_one_place_unless(is_closed, world).await;
            if y_waits {
                y_is_not_stranded(world).await;
            }
        })
        .await;
    }
}

/// rpsctl may be held up for longer than a function lives, and the player moves on. Then it is closed where it is
/// by now, and its `$disconnect` still finds that place.
#[tokio::test]
async fn a_connection_joins_when_an_operators_claim_is_over() {
    at_every_call(async |fate| {
        let world = World::of(&["x", "y"]).await;
        let seen = world.find("x").await;
        let closing = async {
            close(&world, fate, seen).await;
        };
        let joins = async {
            world.outlive_leases();
            world.join("x").await;
            world.join("y").await;
        };
        together(fate, closing, joins).await;
        if !world.is_open("x") {
            world.leave("x").await;
            let waits = world.places("y").await == ["L#0"];
            assert!(is_over(&world, "y") != waits, "{:?}", world.told("y"));
        }
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_waiting_player_is_taken_when_an_operators_mark_is_over() {
    at_every_call(async |fate| {
        let world = x_waits().await;
        let seen = world.find("x").await;
        let closing = async {
            close(&world, fate, seen).await;
        };
        let joins = async {
            world.outlive_leases();
            world.join("y").await;
        };
        together(fate, closing, joins).await;
        if !world.is_open("x") {
            world.leave("x").await;
        }
        // At the latest the clock finds out.
        world.run_out().await;
        let waits = world.places("y").await == ["L#0"];
        assert!(is_over(&world, "y") != waits, "{:?}", world.told("y"));
        world.end().await;
    })
    .await;
}
