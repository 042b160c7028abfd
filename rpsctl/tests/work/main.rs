//! The cost of one game, measured by the meter of the local AWS: within its limits, and independent of the number of
//! games; and the cost of attacks. In its own binary, so that no other test runs at the same time.

#![allow(clippy::print_stdout, reason = "prints the measurements")]

mod attacks;
mod measured;
mod players;

use std::time::Instant;

use rps_testkit::game;
use rps_testkit::rpsctl::LocalSystem;
use rps_testkit::wait;

use crate::measured::{READS, Work};

#[test]
fn the_cost_of_a_game_does_not_grow_with_their_number() {
    for games in [10, 100] {
        measure(games, "5");
    }
}

#[test]
#[ignore = "2,000 games take a minute"]
fn two_thousand_games_stay_within_the_limits() {
    measure(2000, "10");
}

#[test]
fn a_game_in_a_room_costs_a_little_more() {
    let system = LocalSystem::with_window("5");
    let games = 10;
    wait(players::play(system.url(), games, true));
    let exactly = [
        ("write units", game::ROOM_WRITE_UNITS),
        (READS, game::ROOM_READ_UNITS),
        ("messages", game::MESSAGES),
        ("SQS messages", game::SQS_REQUESTS),
    ];
    let work = wait(Work::when(&system, games, &exactly));
    println!("\nper game in a room:\n{work}");
    work.assert_exactly(&exactly);
}

#[test]
fn a_game_against_the_house_costs_less() {
    let system = LocalSystem::with(&["--play-window-s", "5", "--max-rounds", "1"]);
    let games = 10;
    wait(players::play_the_house(system.url(), games));
    let exactly = [
        ("write units", game::HOUSE_WRITE_UNITS),
        (READS, game::HOUSE_READ_UNITS),
        ("messages", game::HOUSE_MESSAGES),
        ("SQS messages", game::SQS_REQUESTS),
        ("bot games", 1.0),
        ("games", 0.0),
    ];
    let work = wait(Work::when(&system, games, &exactly));
    println!("\nper game against the house:\n{work}");
    work.assert_exactly(&exactly);
    work.assert_at_most("invocations of", game::HOUSE_INVOCATIONS);
}

#[test]
fn a_resume_costs_a_transaction() {
    let system = LocalSystem::with_window("5");
    let games = 10;
    wait(players::play_with_resumes(system.url(), games));
    let exactly = [
        ("write units", game::RESUMED_WRITE_UNITS),
        (READS, game::RESUMED_READ_UNITS),
        ("messages", game::RESUMED_MESSAGES),
        ("SQS messages", game::SQS_REQUESTS),
    ];
    let work = wait(Work::when(&system, games, &exactly));
    println!("\nper game with one resume:\n{work}");
    work.assert_exactly(&exactly);
}

/// Plays `games` games. `window_s` must be long enough for both plays, on a busy machine too. Games that wait for their
/// round timer cost nothing.
fn measure(games: u32, window_s: &str) {
    let game = LocalSystem::with_window(window_s);
    let began = Instant::now();
    let received_bytes = wait(players::play(game.url(), games, false));
    let work = wait(Work::of(&game, games));
    println!(
        "\nper game, of {games} games in {:?}:\n{work}",
        began.elapsed()
    );
    println!(
        "{:28} {:10.4}",
        "bytes to players",
        received_bytes / work.games
    );
    game.end("TERM");
    work.assert_constant();
    work.assert_billed();
}
