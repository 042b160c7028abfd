//! Measures a load: the players' waiting times, the functions' executions, and the calls for each lobby item.

use std::cell::RefCell;
use std::collections::BTreeMap;

const SECOND_US: u64 = 1_000_000;
/// The size of the lobby's item without places, and of a place: DynamoDB counts names and values.
const LOBBY_BYTES: usize = 35;
const PLACE_BYTES: usize = 33;
/// What DynamoDB reads and writes of one item in a second, units.
const ITEM_READS: u32 = 3000;
const ITEM_WRITES: u32 = 1000;

/// The sorted times of all players, milliseconds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Times(Vec<u64>);

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    pub players: u64,
    /// Games that started while players connected.
    pub games: u64,
    /// Joins that were sent, repetitions included.
    pub joins: u64,
    /// From a player's first join to the answer `waiting` or to the start of its game.
    pub answers: Times,
    /// From a player's first join to the start of its game.
    pub starts: Times,
    /// From the end of the play window to the outcome.
    pub outcomes: Times,
    /// Executions of functions that AWS started.
    pub cold_starts: u64,
    /// Calls that DynamoDB refused, because too many concerned one item.
    pub throttled: u64,
    /// A violated guarantee.
    pub violation: Option<String>,
}

impl Report {
    pub(crate) fn sort(&mut self) {
        for times in [&mut self.answers, &mut self.starts, &mut self.outcomes] {
            times.0.sort_unstable();
        }
    }
}

impl Times {
    /// The time that this many of 100 players do not exceed.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> u64 {
        let index = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn add(&mut self, time_us: u64) {
        self.0.push(time_us / 1000);
    }
}

/// What a load needs to know of the world.
#[derive(Default)]
pub(crate) struct Meter {
    pub(crate) report: RefCell<Report>,
    /// Functions that run and are idle.
    idle: RefCell<BTreeMap<&'static str, u32>>,
    /// Of the lobby's item, reads and writes: the last second, and the units in it.
    lobby_units: RefCell<BTreeMap<bool, (u64, u32)>>,
}

impl Meter {
    /// Takes an idle execution of the function. Returns false if AWS must start one.
    pub(crate) fn is_warm(&self, function: &'static str) -> bool {
        let mut idle = self.idle.borrow_mut();
        let idle = idle.entry(function).or_default();
        let is_warm = *idle > 0;
        *idle -= u32::from(is_warm);
        self.report.borrow_mut().cold_starts += u64::from(!is_warm);
        is_warm
    }

    pub(crate) fn release(&self, function: &'static str) {
        *self.idle.borrow_mut().entry(function).or_default() += 1;
    }

    /// Counts a call for the lobby, the only item that serves more than one game. Returns true if DynamoDB refuses it.
    pub(crate) fn throttles(&self, places: usize, is_read: bool, now_us: u64) -> bool {
        let mut units = self.lobby_units.borrow_mut();
        let (second, count) = units.entry(is_read).or_default();
        if *second != now_us / SECOND_US {
            (*second, *count) = (now_us / SECOND_US, 0);
        }
        let bytes = LOBBY_BYTES + PLACE_BYTES * places;
        let write_units = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let (units, limit) = if is_read {
            (1, ITEM_READS)
        } else {
            (write_units, ITEM_WRITES)
        };
        *count += units;
        let throttles = *count > limit;
        self.report.borrow_mut().throttled += u64::from(throttles);
        throttles
    }
}
