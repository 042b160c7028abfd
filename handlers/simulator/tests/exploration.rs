//! The guarantees hold in every order of the calls of a few players.

#![allow(clippy::print_stdout, reason = "prints the number of states")]

use std::time::Instant;

use rps_simulator::explore::{Budget, explore};

fn assert_no_violation(players: u8, crashes: u8, duplicates: u8, late: u8) {
    let began = Instant::now();
    let budget = Budget {
        crashes,
        duplicates,
        late,
    };
    let exploration = explore(players, budget);
    println!(
        "{players} players, {budget:?}: {} states in {} runs, {:?}",
        exploration.states,
        exploration.runs,
        began.elapsed()
    );
    if let Some((text, story)) = exploration.violation {
        panic!("{text}\n{}", story.join("\n"));
    }
}

#[test]
fn two_players_without_faults() {
    assert_no_violation(2, 0, 0, 0);
}
