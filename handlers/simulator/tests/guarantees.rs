//! The guarantees hold in every run, and the simulator finds the runs in which they would not.

use std::sync::atomic::AtomicU64;

use rps_simulator::search::search;
use rps_simulator::{Fault, explain, run};

fn assert_no_violation(seeds: u64) {
    let summary = search(0..seeds, &[], &AtomicU64::new(0));
    assert_eq!(summary.seeds, seeds);
    if let Some(seed) = summary.violations.first() {
        let violation = explain(*seed, &[]).expect("a run can be repeated");
        panic!(
            "seed {seed}: {}\n{}",
            violation.text,
            violation.story.join("\n")
        );
    }
    for fault in Fault::ALL.iter().filter(|fault| **fault != Fault::Player) {
        let is_excluded = Fault::EXCLUDED.contains(fault);
        let strikes = summary.faults.contains_key(fault);
        assert_eq!(strikes, !is_excluded, "{fault}");
    }
}

#[test]
fn no_seed_violates_a_guarantee() {
    assert_no_violation(5000);
}

#[test]
#[ignore = "takes minutes"]
fn none_of_200_000_seeds_violates_a_guarantee() {
    assert_no_violation(200_000);
}

/// The checks see it when a guarantee does not hold.
#[test]
fn each_excluded_fault_breaks_a_guarantee() {
    for fault in Fault::EXCLUDED {
        let breaks = |seed: &u64| run(*seed, &[fault]).violation.is_some();
        let seed = (0..1000).find(breaks).expect("a violation");
        let violation = explain(seed, &[fault]).expect("a run can be repeated");
        let mut story = violation.story.iter();
        assert!(story.any(|line| line.contains("VIOLATION")), "{fault}");
    }
}
