//! Runs a seed, and shrinks its schedule to the faults that a violation needs.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::faults::{Fault, Site};
use crate::rest;
use crate::state::Guarantee;
use crate::stream::Stream;
use crate::table::{Mirror, Table};
use crate::world::World;

/// The text of a violation.
pub(crate) const PANIC: &str = "a function panics";

/// The result of one seed.
pub struct Run {
    pub steps: u64,
    pub games: u32,
    /// Seats that moved to another connection.
    pub resumes: u32,
    /// Calls to AWS.
    pub calls: u64,
    pub faults: Vec<Fault>,
    pub violation: Option<(Guarantee, String)>,
}

/// A violated guarantee, with the smallest schedule that was found.
pub struct Violation {
    pub seed: u64,
    pub guarantee: Guarantee,
    pub text: String,
    pub story: Vec<String>,
}

/// Runs a seed with these faults, and with its own.
pub fn run(seed: u64, enabled: &[Fault]) -> Run {
    let (run, _, _) = simulate(seed, enabled, None, false, Table::default());
    run
}

/// Runs a seed on the simulated table, and on a real one beside it.
pub fn run_mirrored(seed: u64, mirror: Mirror) -> Run {
    let table = Table::mirrored(mirror);
    let (run, _, _) = simulate(seed, &[], None, false, table);
    run
}

/// Identifies the meaning of seeds: a change of the simulator or of the functions changes it.
pub fn version() -> String {
    let hash = (0..64).fold(Stream(0), |hash, seed| {
        let run = run(seed, &[]);
        hash.child(run.steps).child(run.calls)
    });
    format!("{:08x}", hash.0 >> 32)
}

/// Runs a seed again with ever fewer faults, while it violates the same guarantee. `None`: it violates none.
pub fn explain(seed: u64, enabled: &[Fault]) -> Option<Violation> {
    let (first, mut sites, _) = simulate(seed, enabled, None, false, Table::default());
    let (guarantee, _) = first.violation?;
    let violates = |sites: &[Site]| {
        let allowed = sites.iter().copied().collect();
        let (run, struck, _) = simulate(seed, enabled, Some(allowed), false, Table::default());
        let is_same = run.violation.is_some_and(|(other, _)| other == guarantee);
        is_same.then_some(struck)
    };
    let mut chunk = sites.len();
    while chunk > 0 {
        let mut start = 0;
        while start < sites.len() {
            let end = (start + chunk).min(sites.len());
            let rest = [&sites[..start], &sites[end..]].concat();
            match violates(&rest) {
                Some(fewer) => sites = fewer,
                None => start = end,
            }
        }
        chunk /= 2;
    }
    let allowed = Some(sites.into_iter().collect());
    let (last, _, story) = simulate(seed, enabled, allowed, true, Table::default());
    let (guarantee, text) = last.violation?;
    Some(Violation {
        seed,
        guarantee,
        text,
        story,
    })
}

fn simulate(
    seed: u64,
    enabled: &[Fault],
    allowed: Option<BTreeSet<Site>>,
    tells_story: bool,
    table: Table,
) -> (Run, Vec<Site>, Vec<String>) {
    let stream = Stream(seed).child(0);
    let world = World::new(stream, enabled, allowed, tells_story);
    world.table.replace(table);
    let result = catch_unwind(AssertUnwindSafe(|| rest::run(&world, stream)));
    world.executor.clear();
    let steps = result.unwrap_or_else(|_| {
        world.violate(Guarantee::NoInputFailsAFunction, || PANIC.to_owned());
        0
    });
    let mut sites = world.faults.struck.take();
    let faults = sites.iter().map(|(_, fault)| *fault);
    let truth = world.truth.borrow();
    let run = Run {
        steps,
        games: truth.games,
        resumes: truth.resumes,
        calls: truth.calls,
        faults: faults.filter(|fault| *fault != Fault::Player).collect(),
        violation: world.violation.take(),
    };
    // A place that is reached again has the same faults again.
    sites.sort_unstable();
    sites.dedup();
    let story = world.story().map(|story| story.clone()).unwrap_or_default();
    (run, sites, story)
}
