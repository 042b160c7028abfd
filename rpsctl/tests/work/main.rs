//! What one game costs, measured by the meter of the local AWS: within its limits, and the same however many games
//! are played. In a binary of its own, so that nothing else runs beside it.

#![allow(clippy::print_stdout, reason = "somebody reads what it measures")]

mod measured;
mod players;

use std::time::Instant;

use rps_testkit::rpsctl::Game;
use rps_testkit::wait;

use crate::measured::Work;

#[test]
fn games_are_within_their_limits_however_many_there_are() {
    for games in [10, 100] {
        measure(games, "5");
    }
}

#[test]
#[ignore = "10,000 games take minutes"]
fn ten_thousand_games_are_within_their_limits() {
    measure(10_000, "10");
}

/// Plays so many games with that many seconds for a round. Both players must play in time, on a busy machine too;
/// games that wait for their end cost nothing.
fn measure(games: u32, window_s: &str) {
    let game = Game::with_window(window_s);
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
