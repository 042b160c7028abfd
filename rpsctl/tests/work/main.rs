//! What one game costs, measured by the meter of the local AWS: within its limits, and the same however many games
//! are played. In a binary of its own, so that nothing else runs beside it.

#![allow(clippy::print_stdout, reason = "somebody reads what it measures")]

mod measured;
mod players;

use std::time::Instant;

use rps_testkit::rpsctl::Game;
use rps_testkit::wait;

use crate::measured::Work;

/// Seconds to play. The work is only that of a game if both have played in time; games that wait for their end
/// cost nothing.
const WINDOW_S: &str = "5";

#[test]
fn games_are_within_their_limits_however_many_there_are() {
    for games in [10, 100] {
        measure(games);
    }
}

#[test]
#[ignore = "10,000 games take minutes"]
fn ten_thousand_games_are_within_their_limits() {
    measure(10_000);
}

fn measure(games: u32) {
    let game = Game::with_window(WINDOW_S);
    let began = Instant::now();
    let heard_bytes = wait(players::play(game.url(), games));
    let work = wait(Work::of(&game, games));
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
    work.assert_constant();
    work.assert_billed();
}
