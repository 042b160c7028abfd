//! Explores every order of the calls of a few players: model checking of the real functions. The clock stands still.
//!
//! A run follows a path of choices: which call happens next, which message is delivered, which player leaves or loses its
//! connection, and where one of a few faults strikes. Futures cannot be copied, so each path starts a new run. A state that
//! was seen before ends a path. A state is the table, the queue, the sockets, what the players were told, and the answers
//! that each running invocation has received.

mod choices;
mod clients;
mod hash;
mod player;
mod run;
mod view;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use self::run::{Choice, Run};
use crate::search::on_all_cores;
use crate::seed::PANIC;

/// Players who join and play, and how often each of these may happen in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scenario {
    pub players: u8,
    /// They join in a room.
    pub in_room: bool,
    /// They play against the house.
    pub house: bool,
    /// A player leaves.
    pub leaves: u8,
    /// The first player's connection breaks during its game. The player resumes on another connection.
    pub resume: bool,
    /// An invocation dies between two calls, or before it answers.
    pub crashes: u8,
    /// A call takes effect twice, or a message is delivered twice.
    pub duplicates: u8,
    /// A write takes effect at any later time. Its invocation repeats the call, or gives up.
    pub late: u8,
    /// Between two calls of an invocation, another one calls. `None`: as often as possible.
    pub interruptions: Option<u8>,
}

/// Explores all schedules of the scenario. Counts the states in `states`. Returns the first violation, and its story.
pub fn explore(scenario: Scenario, states: &AtomicU64) -> Option<(String, Vec<String>)> {
    let explorer = Explorer {
        scenario,
        states,
        seen: std::array::from_fn(|_| Mutex::default()),
        paths: Mutex::new(vec![Path::default()]),
        open_paths: AtomicU64::new(1),
        is_over: AtomicBool::new(false),
        violation: Mutex::new(None),
    };
    on_all_cores(|| explorer.work());
    let violation = lock(&explorer.violation).take();
    violation.map(|(path, text)| (text, explorer.story(&path)))
}

type Path = Vec<Choice>;

struct Explorer<'a> {
    scenario: Scenario,
    states: &'a AtomicU64,
    /// The hashes of all states, in sets that the threads lock separately.
    seen: [Mutex<HashSet<u64>>; 64],
    paths: Mutex<Vec<Path>>,
    /// Paths that wait or are followed.
    open_paths: AtomicU64,
    is_over: AtomicBool,
    violation: Mutex<Option<(Path, String)>>,
}

impl Explorer<'_> {
    fn work(&self) {
        while self.open_paths.load(Ordering::Acquire) > 0 && !self.is_over.load(Ordering::Relaxed) {
            let path = lock(&self.paths).pop();
            let Some(mut path) = path else {
                thread::yield_now();
                continue;
            };
            let mut others = Vec::new();
            let follow = || self.follow(&mut path, &mut others);
            let violation = catch_unwind(AssertUnwindSafe(follow));
            if let Some(text) = violation.unwrap_or_else(|_| Some(PANIC.to_owned())) {
                *lock(&self.violation) = Some((path, text));
                self.is_over.store(true, Ordering::Relaxed);
            }
            // Count them first: another thread may follow them to their ends at once.
            let added = others.len() as u64;
            self.open_paths.fetch_add(added, Ordering::AcqRel);
            lock(&self.paths).append(&mut others);
            self.open_paths.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// Follows the path, then always the first choice, until a state was seen before. Adds the other choices to `others`.
    /// Returns a violation at the end of the path.
    fn follow(&self, path: &mut Path, others: &mut Vec<Path>) -> Option<String> {
        let mut run = Run::new(self.scenario, false);
        for choice in path.iter() {
            run.take(*choice);
        }
        loop {
            let violation = run.violation();
            if violation.is_some() {
                return violation;
            }
            let choices = run.choices();
            // A state with one choice leads to one with more.
            let has_seen = (run.is_idle() || choices.len() > 1) && !self.is_new(run.state());
            if has_seen {
                return None;
            }
            let longer = |choice| [&path[..], &[choice]].concat();
            if run.is_idle() {
                others.extend(choices.into_iter().map(longer));
                run.rest();
                return run.violation();
            }
            others.extend(choices[1..].iter().copied().map(longer));
            path.push(choices[0]);
            run.take(choices[0]);
        }
    }

    fn is_new(&self, state: u64) -> bool {
        let set = &self.seen[(state >> 58) as usize];
        let is_new = lock(set).insert(state);
        self.states.fetch_add(u64::from(is_new), Ordering::Relaxed);
        is_new
    }

    /// Follows the path again, and tells it.
    fn story(&self, path: &[Choice]) -> Vec<String> {
        let mut run = Run::new(self.scenario, true);
        // It may panic again.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            for choice in path {
                run.take(*choice);
            }
            if run.violation().is_none() {
                run.rest();
            }
        }));
        run.story()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
