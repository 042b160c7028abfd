//! The simulated AWS of one seed: clock, table, queue, sockets and settings. Everything happens at one place and in
//! one thread, so a seed always gives the same run.

use std::cell::{Cell, Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rps_game::lobby::PLACES;
use rps_game::{Connection, ConnectionId, Game, GameId, Lobby, Room, Rules};

use crate::calls::Calls;
use crate::executor::Executor;
use crate::faults::{Fault, Faults, Site};
use crate::meter::Meter;
use crate::stale::Previous;
use crate::state::{Guarantee, Queue, Socket, Truth};
use crate::stream::Stream;
use crate::table::Table;

/// 2023-11-14, 22:13:20.
const START_MS: u64 = 1_700_000_000_000;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) rules: Rules,
    pub(crate) places: u8,
}

pub(crate) struct World {
    /// The calls that wait for their fate, while schedules are explored.
    pub(crate) calls: Option<Calls<Self>>,
    /// The measurements of a load.
    pub(crate) load: Option<Meter>,
    pub(crate) executor: Executor,
    pub(crate) faults: Faults,
    pub(crate) table: RefCell<Table>,
    pub(crate) old_connections: Previous<ConnectionId, Connection>,
    pub(crate) old_lobbies: Previous<Option<Room>, Lobby>,
    pub(crate) old_games: Previous<GameId, Game>,
    pub(crate) queue: RefCell<Queue>,
    pub(crate) sockets: RefCell<BTreeMap<ConnectionId, Socket>>,
    pub(crate) settings: Cell<Settings>,
    /// Running functions, and how many may run.
    pub(crate) executions: Cell<u32>,
    pub(crate) max_executions: Cell<u32>,
    /// AWS throttles every call until then.
    pub(crate) outage_until_us: Cell<u64>,
    /// The running release sends messages that the earlier release cannot read.
    pub(crate) is_new_release: Cell<bool>,
    pub(crate) truth: RefCell<Truth>,
    pub(crate) violation: RefCell<Option<(Guarantee, String)>>,
    /// `None`: nobody reads the story.
    story: Option<RefCell<Vec<String>>>,
    numbers: Cell<u64>,
}

impl World {
    pub(crate) fn new(
        stream: Stream,
        enabled: &[Fault],
        allowed: Option<BTreeSet<Site>>,
        tells_story: bool,
    ) -> Rc<Self> {
        Rc::new(Self::build(stream, enabled, allowed, tells_story))
    }

    /// A world without random faults, whose clock stands still.
    pub(crate) fn explored(tells_story: bool) -> Rc<Self> {
        let world = Self {
            calls: Some(Calls::default()),
            ..Self::build(Stream(0), &[], None, tells_story)
        };
        world.faults.is_calm.set(true);
        let rules = Rules::new(5, 1).unwrap_or_default();
        world.settings.set(Settings::among_all_places(rules));
        Rc::new(world)
    }

    /// A world without faults, whose latencies are AWS's.
    pub(crate) fn loaded(settings: Settings) -> Rc<Self> {
        let world = Self {
            load: Some(Meter::default()),
            ..Self::build(Stream(0), &[], None, false)
        };
        world.faults.is_calm.set(true);
        world.settings.set(settings);
        Rc::new(world)
    }

    fn build(
        stream: Stream,
        enabled: &[Fault],
        allowed: Option<BTreeSet<Site>>,
        tells_story: bool,
    ) -> Self {
        let faults = Faults::new(stream.child(1), enabled, allowed);
        Self {
            calls: None,
            load: None,
            executor: Executor::default(),
            settings: Cell::new(Settings::new(&faults, stream.child(2))),
            faults,
            table: RefCell::default(),
            old_connections: Previous::default(),
            old_lobbies: Previous::default(),
            old_games: Previous::default(),
            queue: RefCell::default(),
            sockets: RefCell::default(),
            executions: Cell::new(0),
            max_executions: Cell::new(u32::MAX),
            outage_until_us: Cell::new(0),
            is_new_release: Cell::new(false),
            truth: RefCell::default(),
            violation: RefCell::new(None),
            story: tells_story.then(RefCell::default),
            numbers: Cell::new(0),
        }
    }

    pub(crate) fn now_us(&self) -> u64 {
        self.executor.now_us()
    }

    pub(crate) fn now_ms(&self) -> u64 {
        START_MS + self.now_us() / 1000
    }

    /// Sleeps for a random time between the bounds, microseconds.
    pub(crate) async fn pause(&self, stream: Stream, low_us: u64, high_us: u64) {
        self.executor.sleep(stream.duration(low_us, high_us)).await;
    }

    pub(crate) fn is_out(&self) -> bool {
        self.now_us() < self.outage_until_us.get()
    }

    pub(crate) fn strikes(&self, stream: Stream, fault: Fault) -> bool {
        self.faults.strikes(stream, fault)
    }

    /// A number that no earlier call returned.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.set(self.numbers.get() + 1);
        self.numbers.get()
    }

    pub(crate) fn tell(&self, line: impl FnOnce() -> String) {
        if let Some(story) = &self.story {
            let (seconds, ms) = (self.now_us() / 1_000_000, self.now_us() / 1000 % 1000);
            let line = format!("{seconds:>5}.{ms:03}  {}", line());
            story.borrow_mut().push(line);
        }
    }

    pub(crate) fn tells(&self) -> bool {
        self.story.is_some()
    }

    pub(crate) fn story(&self) -> Option<Ref<'_, Vec<String>>> {
        self.story.as_ref().map(RefCell::borrow)
    }

    /// Records the first violation of a guarantee. The run ends after the current step.
    pub(crate) fn violate(&self, guarantee: Guarantee, text: impl FnOnce() -> String) {
        let mut violation = self.violation.borrow_mut();
        if violation.is_none() {
            let text = text();
            self.tell(|| format!("VIOLATION of guarantee {}: {text}", guarantee as u8));
            *violation = Some((guarantee, text));
        }
    }
}

impl Settings {
    pub(crate) fn among_all_places(rules: Rules) -> Self {
        let places = *PLACES.end();
        Self { rules, places }
    }

    pub(crate) fn new(faults: &Faults, stream: Stream) -> Self {
        let is_short = faults.strikes(stream, Fault::ShortWindow);
        let choices: &[u8] = if is_short {
            &[1, 2]
        } else {
            &[3, 5, 5, 5, 5, 20]
        };
        let window_s = stream.child(1).pick(choices);
        let max_rounds = stream.child(2).pick(&[1, 2, 3, 5]);
        let has_few = faults.strikes(stream, Fault::FewPlaces);
        let few = stream.child(3).pick(&[1, 2]);
        let places = if has_few { few } else { *PLACES.end() };
        let rules = Rules::new(window_s, max_rounds).unwrap_or_default();
        let rules = rules.deciding_early(faults.strikes(stream, Fault::DecidesEarly));
        Self { rules, places }
    }
}
