//! The time of each list on `rpsctl local`, with 3,000 games and 6,000 connections. Run it with
//! `cargo bench -p rpsctl --bench lists`. It fails if `games list` takes half a second or more.

#![allow(clippy::print_stdout, reason = "the result")]

use std::time::{Duration, Instant};

use rps_testkit::rpsctl::{LocalSystem, run};
use rps_testkit::table::Table;
use rps_testkit::wait;

const GAMES: usize = 3000;
const RUNS: usize = 10;
const MAX_TIME: Duration = Duration::from_millis(500);

fn main() {
    let game = LocalSystem::start();
    wait(Table::at(game.endpoint(), "rps").store_stuck_games(GAMES));
    let games = time(&game, "games list --limit 3000", GAMES);
    time(&game, "connections list --limit 6000", 2 * GAMES);
    assert!(games < MAX_TIME, "games list takes {games:?}");
}

/// The shortest time of a list with this number of rows: the others include the time of other programs.
fn time(game: &LocalSystem, list: &str, rows: usize) -> Duration {
    let words = list
        .split(' ')
        .chain(["--endpoint-url", game.endpoint(), "--output", "json"]);
    let times = (0..RUNS).map(|_| {
        let began = Instant::now();
        let ended = run(words.clone()).quietly();
        let time = began.elapsed();
        assert_eq!(ended.stdout.lines().count(), rows);
        time
    });
    let time = times.min().expect("a run");
    println!("{list}: {time:?}");
    time
}
