//! Runs many seeds on all cores.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::faults::Fault;
use crate::seed::{self, Run};

/// The sum of many runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub seeds: u64,
    pub steps: u64,
    pub games: u64,
    /// Seats that moved to another connection.
    pub resumes: u64,
    /// Faults that struck, by kind.
    pub faults: BTreeMap<Fault, u64>,
    /// The seeds that violate a guarantee, in order.
    pub violations: Vec<u64>,
}

impl Summary {
    fn count(&mut self, seed: u64, run: Run) {
        self.seeds += 1;
        self.steps += run.steps;
        self.games += u64::from(run.games);
        self.resumes += u64::from(run.resumes);
        for fault in run.faults {
            *self.faults.entry(fault).or_default() += 1;
        }
        self.violations.extend(run.violation.map(|_| seed));
    }

    pub fn add(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.games += other.games;
        self.resumes += other.resumes;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
        self.violations.extend(other.violations);
        self.violations.sort_unstable();
    }
}

/// Runs all seeds with these faults, and with the faults of each seed. Counts finished seeds in `progress`.
pub fn search(seeds: Range<u64>, enabled: &[Fault], progress: &AtomicU64) -> Summary {
    let (next, end) = (AtomicU64::new(seeds.start), seeds.end);
    let work = || {
        let mut summary = Summary::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return summary;
            }
            summary.count(seed, seed::run(seed, enabled));
            progress.fetch_add(1, Ordering::Relaxed);
        }
    };
    let mut total = Summary::default();
    for summary in on_all_cores(work) {
        total.add(summary);
    }
    total
}

/// Runs the work once on each core, at the same time. The work catches its panics.
pub(crate) fn on_all_cores<T: Send>(work: impl Fn() -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        let results = workers.into_iter().filter_map(|worker| worker.join().ok());
        results.collect()
    })
}
