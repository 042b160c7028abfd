//! The same while an operator ends a game or closes a connection. After that the operator does it again from
//! what is to be seen then; or does not, and the clock, `$disconnect`, or the next joiner goes on.

use super::*;

/// Kills the function that delivers the first tick, once the round is closed. The tick comes back.
async fn close_round(world: &World) {
    let tick = world.ticks.0.borrow().first().cloned().expect("scheduled");
    let died = Fate::new(Blow::DieAfter(0));
    assert!(!world.decide_under(&died, &tick).await);
}

/// Both play the same, until the third round, the last, is drawn and not yet told.
async fn drawn_to_the_end() -> World {
    let world = World::playing(Some(Play::Rock), Some(Play::Rock)).await;
    for _ in 1..world.rules.max_rounds() {
        let tick = world.ticks.0.borrow_mut().remove(0);
        world.decide(&tick).await;
        for id in ["x", "y"] {
            world.play(id, Play::Rock).await;
        }
    }
    close_round(&world).await;
    world
}

#[derive(Debug, Clone, Copy)]
enum Round {
    Open,
    Played,
    Drawn,
    Decided,
    Left,
    Last,
}

impl Round {
    /// A game of x and y whose round is like this.
    async fn world(self) -> World {
        let (rock, paper) = (Some(Play::Rock), Some(Play::Paper));
        match self {
            Self::Open => World::playing(None, None).await,
            Self::Played => World::playing(rock, None).await,
            Self::Last => drawn_to_the_end().await,
            Self::Drawn | Self::Decided => {
                let y = if matches!(self, Self::Drawn) {
                    rock
                } else {
                    paper
                };
                let world = World::playing(rock, y).await;
                close_round(&world).await;
                world
            }
            Self::Left => {
                let world = World::playing(rock, paper).await;
                // It finds y, removes it, and closes the game.
                world.leave_under(&Fate::new(Blow::DieAfter(2)), "y").await;
                world
            }
        }
    }

    /// Why the game ends, if the operator ends it, and if the clock does.
    fn reasons(self) -> [Reason; 2] {
        match self {
            Self::Open | Self::Drawn => [Reason::EndedByOperator, Reason::NobodyPlayed],
            Self::Played => [Reason::EndedByOperator, Reason::OpponentDidNotPlay],
            Self::Decided => [Reason::Plays; 2],
            Self::Left => [Reason::OpponentLeft; 2],
            Self::Last => [Reason::DrawLimit; 2],
        }
    }

    async fn assert_ended(self, world: &World, reasons: &[Reason], blow: Blow) {
        let told = world.reason("x");
        assert!(reasons.contains(&told), "{self:?} {blow:?}: {told:?}");
        let both = if matches!(self, Self::Left) { 1 } else { 2 };
        assert_eq!(world.told_of_an_end().len(), both, "{self:?} {blow:?}");
        world.assert_one_truth();
        let open = world.sockets.open.borrow().clone();
        assert!(open.is_empty(), "{self:?} {blow:?}: {open:?}");
        let left: Vec<String> = world.table.items().await.into_keys().collect();
        assert!(left.is_empty(), "{self:?} {blow:?}: {left:?}");
    }
}

const ROUNDS: [Round; 6] = [
    Round::Open,
    Round::Played,
    Round::Drawn,
    Round::Decided,
    Round::Left,
    Round::Last,
];

#[tokio::test]
async fn an_operators_end_that_dies_is_finished_by_doing_it_again_though_the_tick_is_lost() {
    for round in ROUNDS {
        sweep(async |fate| {
            let blow = fate.blow;
            let world = round.world().await;
            world.ticks.0.take();
            let seen = world.game().await.expect("a game");
            world.end_under(fate, &seen).await;
            if let Some(seen) = world.game().await {
                assert_ne!(blow, Blow::Spare, "{round:?}: a game is left");
                let again = world.end_seen(&seen).await;
                assert!(matches!(again, Changed::Yes(_)), "{blow:?}: {again:?}");
            }
            let by_operator = &round.reasons()[..1];
            round.assert_ended(&world, by_operator, blow).await;
        })
        .await;
    }
}

#[tokio::test]
async fn an_operators_end_that_dies_is_finished_by_the_clock() {
    for round in ROUNDS {
        sweep(async |fate| {
            let blow = fate.blow;
            let world = round.world().await;
            let seen = world.game().await.expect("a game");
            world.end_under(fate, &seen).await;
            world.run_out().await;
            round.assert_ended(&world, &round.reasons(), blow).await;
        })
        .await;
    }
}

/// Where x is when an operator closes its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Was {
    Idle,
    /// Its join died when it had claimed a place.
    LeftOver,
    /// Told that it waits, and gathered by a function that died when it had left the lobby.
    SteppedOut,
    /// And that died when it had claimed a place in shard 0.
    Gathered,
    Waiting,
    /// And who was taking it is dead.
    Taken,
    /// In a game that a joiner stored and did not announce.
    Stored,
    First,
    Second,
}

const PLACES: [Was; 9] = [
    Was::Idle,
    Was::LeftOver,
    Was::SteppedOut,
    Was::Gathered,
    Was::Waiting,
    Was::Taken,
    Was::Stored,
    Was::First,
    Was::Second,
];

impl Was {
    /// A world where x is there, y its opponent if it has one, and z and w are idle.
    async fn world(self) -> World {
        if let Self::SteppedOut | Self::Gathered = self {
            let (world, wait) = World::alone(&["z", "w"]).await;
            let last_call = if self == Self::Gathered { 5 } else { 3 };
            let died = Fate::new(Blow::DieAfter(last_call));
            world.gather_or_put_back(&died, wait).await;
            assert!(world.places("x").await.is_empty());
            world.outlive_leases();
            return world;
        }
        let world = World::of(&["x", "y", "z", "w"]).await;
        let died_after = |call| Fate::new(Blow::DieAfter(call));
        match self {
            Self::Idle | Self::SteppedOut | Self::Gathered => {}
            Self::LeftOver => drop(world.join_under(&died_after(1), "x").await),
            Self::Second => drop((world.join("y").await, world.join("x").await)),
            Self::First => drop((world.join("x").await, world.join("y").await)),
            Self::Waiting => drop(world.join("x").await),
            Self::Taken => drop((
                world.join("x").await,
                world.join_under(&died_after(2), "y").await,
            )),
            Self::Stored => drop((
                world.join("x").await,
                world.join_under(&died_after(4), "y").await,
            )),
        }
        world.outlive_leases();
        world
    }

    fn plays(self) -> bool {
        matches!(self, Self::Stored | Self::First | Self::Second)
    }

    /// Whether x was told that it waits.
    fn waits(self) -> bool {
        matches!(
            self,
            Self::SteppedOut | Self::Gathered | Self::Waiting | Self::Taken
        )
    }
}

#[tokio::test]
async fn a_closing_that_dies_is_finished_by_doing_it_again() {
    for was in PLACES {
        sweep(async |fate| {
            let blow = fate.blow;
            let world = was.world().await;
            let seen = world.find("x").await.expect("connected");
            let closed = world.close_under(fate, &seen).await;
            if blow == Blow::Spare {
                assert_eq!(closed, Some(Ok(true)), "{was:?}");
                assert_eq!(world.find("x").await, None, "{was:?}");
            }
            world.outlive_leases();
            if let Some(seen) = world.find("x").await {
                assert!(world.close_seen(&seen).await, "{was:?} {blow:?}: {seen:?}");
                assert!(!world.is_open("x"), "{was:?} {blow:?}");
            }
            assert_eq!(world.find("x").await, None, "{was:?} {blow:?}");
            assert_eq!(world.ticks.0.borrow().len() == 1, was.plays());
            world.run_out().await;
            assert!(!world.is_open("x"), "{was:?} {blow:?}");
            assert!(world.places("x").await.is_empty(), "{was:?} {blow:?}");
            if was.plays() {
                assert_eq!(world.reason("y"), Reason::OpponentLeft, "{blow:?}");
                assert!(!world.is_open("y"), "{was:?} {blow:?}");
            }
            world.gather_all().await;
            world.end().await;
        })
        .await;
    }
}

/// The next joiner gets x, if x still waits, or waits for the one after it.
async fn goes_on(world: &World, was: Was, blow: Blow) {
    world.gather_all().await;
    let (x_waits, z) = (was.waits() && world.is_open("x"), world.join("z").await);
    assert_eq!(started(&z).is_some(), x_waits, "{was:?} {blow:?}: {z:?}");
    if x_waits {
        assert!(
            world.told("x").iter().any(|it| started(it).is_some()),
            "{was:?} {blow:?}"
        );
    }
    let w = world.join("w").await;
    assert_eq!(started(&w).is_some(), !x_waits, "{was:?} {blow:?}: {w:?}");
    world.run_out().await;
    if was.plays() {
        let y = world.reason("y");
        let expected = [Reason::OpponentLeft, Reason::NobodyPlayed];
        assert!(expected.contains(&y), "{was:?} {blow:?}: {y:?}");
        assert!(!world.is_open("x"), "{was:?} {blow:?}");
    }
    assert_eq!(world.reason("z"), Reason::NobodyPlayed, "{was:?} {blow:?}");
    world.assert_one_truth();
}

#[tokio::test]
async fn a_closing_that_dies_strands_nobody_though_nobody_does_it_again() {
    for (was, disconnect_arrives) in PLACES
        .into_iter()
        .flat_map(|was| [(was, true), (was, false)])
    {
        sweep(async |fate| {
            let blow = fate.blow;
            let world = was.world().await;
            let seen = world.find("x").await.expect("connected");
            world.close_under(fate, &seen).await;
            if disconnect_arrives && !world.is_open("x") {
                world.leave("x").await;
            }
            goes_on(&world, was, blow).await;
            // A connection whose `$disconnect` was lost, and who joined nothing, is all that may remain.
            let mut left = world.left().await;
            left.retain(|key| disconnect_arrives || key != "C#x");
            assert!(left.is_empty(), "{was:?} {blow:?}: {left:?}");
        })
        .await;
    }
}
