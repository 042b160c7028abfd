//! The guarantees hold in every order of the calls of a few players.

use std::sync::atomic::AtomicU64;

use rps_simulator::explore::{Scenario, explore};

const CALM: Scenario = Scenario {
    players: 2,
    leaves: 0,
    crashes: 0,
    duplicates: 0,
    late: 0,
};

fn assert_no_violation(scenario: Scenario) {
    if let Some((text, story)) = explore(scenario, &AtomicU64::new(0)) {
        panic!("{scenario:?}: {text}\n{}", story.join("\n"));
    }
}

#[test]
fn one_player_with_all_faults() {
    assert_no_violation(Scenario {
        players: 1,
        leaves: 1,
        crashes: 1,
        duplicates: 1,
        late: 1,
    });
}

#[test]
fn two_players() {
    assert_no_violation(CALM);
}

#[test]
#[ignore = "takes a minute"]
fn two_players_with_one_fault() {
    assert_no_violation(Scenario { leaves: 1, ..CALM });
    assert_no_violation(Scenario { crashes: 1, ..CALM });
    assert_no_violation(Scenario {
        duplicates: 1,
        ..CALM
    });
}
