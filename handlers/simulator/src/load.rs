//! The waiting times of many players, with AWS's usual latencies and limits, and without faults.
//!
//! The players come one by one at random times, as strangers do, and each plays one game.

use std::rc::Rc;

use rps_game::Rules;

pub use crate::meter::{Report, Times};
use crate::players::Visit;
use crate::stream::Stream;
use crate::world::{Settings, World};

const SECOND_US: u64 = 1_000_000;
/// The last games end within this time.
const LAST_GAMES_US: u64 = 60 * SECOND_US;
/// AWS runs this many functions of an account at a time.
const CONCURRENCY: u32 = 1000;

#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub players_per_s: u64,
    pub seconds: u64,
    /// The limit of the lobby's places.
    pub places: u8,
    pub seed: u64,
}

/// Runs the load.
pub fn run(load: Load) -> Report {
    let world = World::loaded(Settings {
        rules: Rules::default(),
        places: load.places,
    });
    world.max_executions.set(CONCURRENCY);
    let stream = Stream(load.seed);
    let players = load.players_per_s * load.seconds;
    let window_us = load.seconds * SECOND_US;
    for number in 0..players {
        let (stream, player_world) = (stream.child(number), Rc::clone(&world));
        world.executor.spawn(async move {
            let at_us = stream.child(1).between(0, window_us);
            player_world.executor.sleep(at_us).await;
            let visit = Visit::new(&player_world, &format!("p{number}"), stream);
            visit.run().await;
        });
    }
    step_until(&world, window_us);
    let games = world.truth.borrow().games;
    step_until(&world, window_us + LAST_GAMES_US);
    world.executor.clear();
    let report = world.load.as_ref().map(|meter| meter.report.take());
    let violation = world.violation.take();
    let mut report = Report {
        players,
        games: games.into(),
        violation: violation.map(|(_, text)| text),
        ..report.unwrap_or_default()
    };
    report.sort();
    report
}

fn step_until(world: &World, end_us: u64) {
    let executor = &world.executor;
    while executor.next_us().is_some_and(|next_us| next_us <= end_us) {
        executor.step();
    }
}
