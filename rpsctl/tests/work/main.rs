//! What one game costs, measured by the meter of the local AWS: within its limits, and the same however many games
//! are played. In a binary of its own, so that nothing else runs beside it.

#![allow(
    dead_code,
    clippy::print_stdout,
    reason = "what it shares with the other tests is more than it needs; what it measures, somebody reads"
)]

#[path = "../cli/aws.rs"]
mod aws;
mod measured;
mod players;
#[path = "../cli/rpsctl.rs"]
mod rpsctl;

use std::time::Instant;

use crate::measured::Work;
use crate::rpsctl::Game;

/// Seconds to play. The work is only that of a game if both have played in time; games that wait for their end
/// cost nothing.
const WINDOW_S: &str = "5";

#[test]
fn the_work_of_a_game_is_within_its_limits_and_the_same_for_any_number_of_games() {
    let mut numbers = vec![10, 100, 1_000];
    if std::env::var_os("CI").is_some() {
        numbers.push(10_000);
    } else {
        println!("10,000 games take minutes: they are played when the variable CI is set");
    }
    for games in numbers {
        let work = measure(games);
        work.assert_constant();
        work.assert_billed();
    }
}

fn measure(games: u32) -> Work {
    let game = Game::with_window(WINDOW_S);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let began = Instant::now();
    let heard_bytes = runtime.block_on(players::play(game.url(), games));
    let work = runtime.block_on(Work::of(&game, games));
    println!(
        "\nper game, of {games} games in {:?}:\n{work}",
        began.elapsed()
    );
    println!(
        "{:28} {:10.4}",
        "bytes to players",
        heard_bytes / work.games
    );
    game.end("TERM");
    work
}
