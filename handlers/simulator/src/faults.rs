//! Faults, and everything else that a calm run lacks: each kind has a rate, which the seed chooses.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use strum::{Display, EnumCount, EnumString, VariantArray};

use crate::stream::Stream;

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Display, EnumCount, EnumString, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Fault {
    // One call to AWS.
    SlowRequest,
    SlowResponse,
    Throttled,
    InternalError,
    /// The request never arrives.
    LostRequest,
    /// The request takes effect, but its response is lost.
    LostResponse,
    /// The request takes effect after its attempt timed out, up to minutes later.
    LateRequest,
    KillBefore,
    KillAfter,
    StaleRead,
    // One invocation.
    SlowStart,
    Stall,
    ThrottledInvocation,
    SkewedClock,
    // One queue message.
    LateDelivery,
    DuplicateDelivery,
    // One connection.
    LostDisconnect,
    LateDisconnect,
    /// The player aborts while `$connect` runs.
    EarlyDisconnect,
    // One player.
    Player,
    Leaves,
    Vanishes,
    Returns,
    JoinsTwice,
    JoinsAgain,
    /// It joins in a room.
    JoinsRoom,
    /// It joins again in another lobby.
    JoinsElsewhere,
    /// It plays against the house, at once or after a while.
    JoinsHouse,
    DoesNotPlay,
    PlaysAtDeadline,
    RepeatsPlay,
    ChangesPlay,
    NamesNoRound,
    /// It does not join again while the outcome is late. Long outages, late requests and simultaneous joins make this
    /// necessary.
    NeverRejoins,
    Lies,
    // The world.
    FewPlaces,
    Outage,
    NewSettings,
    Redrive,
    OperatorEndsGame,
    OperatorDisconnects,
    OperatorDrains,
    OperatorPauses,
    /// An outage that outlasts all deliveries of a message.
    LongOutage,
    /// A release whose messages the earlier release cannot read is deployed and rolled back.
    Rollback,
    /// A play window that is shorter than a call with all its attempts.
    ShortWindow,
    /// AWS takes almost a second for each call of an invocation.
    SlowCalls,
    /// An operator disconnects a player whose `$connect` is still running.
    EarlyOperator,
    /// The account runs only a few functions at a time.
    FewExecutions,
    /// DynamoDB removes some of the expired items that players left behind.
    Expiry,
    /// The second play ends a round early.
    DecidesEarly,
    // Faults that AWS excludes.
    /// SQS loses a message.
    LostMessage,
    // One player. New faults come last, because seeds depend on the numbers of the others.
    /// The connection breaks during a game, and the player resumes on another.
    Cut,
    /// The player resumes on another connection while it still has the first one.
    CopiesSeat,
}

impl Fault {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// A player with one of these joins in two lobbies, or the lobby and a game.
    pub(crate) const JOINS_APART: [Self; 2] = [Self::JoinsElsewhere, Self::JoinsHouse];

    /// Faults that AWS excludes. They break guarantees, so a run has them only if asked.
    pub const EXCLUDED: [Self; 1] = [Self::LostMessage];

    /// Of 1,024 chances, how many the fault takes, if the seed enables it.
    fn rates(self) -> [u64; 4] {
        match self {
            Self::Player => [1024; 4],
            Self::LateRequest => [5, 50, 200, 500],
            _ if self < Self::SlowStart => [1, 5, 20, 100],
            // It hides other faults.
            Self::LongOutage => [10, 20, 50, 100],
            _ if self < Self::LostDisconnect => [2, 10, 50, 200],
            Self::Cut | Self::CopiesSeat => [50, 150, 400, 800],
            _ if self < Self::FewPlaces => [50, 150, 400, 800],
            _ => [100, 300, 600, 1024],
        }
    }
}

/// A client that never joins again may wait forever after these.
const NEEDS_REJOIN: [Fault; 4] = [
    Fault::LongOutage,
    Fault::LateRequest,
    Fault::JoinsTwice,
    Fault::JoinsAgain,
];

/// A fault at one place of the schedule.
pub(crate) type Site = (Stream, Fault);

pub(crate) struct Faults {
    /// Of 1,024.
    rates: [u64; Fault::COUNT],
    /// While a schedule shrinks, all other faults are left out.
    allowed: Option<BTreeSet<Site>>,
    pub(crate) is_calm: Cell<bool>,
    pub(crate) struck: RefCell<Vec<Site>>,
}

impl Faults {
    /// One seed in 16 is calm. Otherwise the seed enables each kind with a probability of one third, so that one kind
    /// does not hide another.
    pub(crate) fn new(stream: Stream, enabled: &[Fault], allowed: Option<BTreeSet<Site>>) -> Self {
        let is_calm = stream.between(0, 15) == 0;
        let mut rates = [0; Fault::COUNT];
        for (rate, fault) in rates.iter_mut().zip(Fault::VARIANTS) {
            let stream = stream.child(*fault as u64);
            let is_excluded = is_calm || Fault::EXCLUDED.contains(fault);
            let is_chosen = enabled.contains(fault) || (!is_excluded && stream.between(0, 2) == 0);
            if is_chosen || *fault == Fault::Player {
                *rate = stream.child(1).pick(&fault.rates());
            }
        }
        if NEEDS_REJOIN.iter().any(|fault| enabled.contains(fault)) {
            rates[Fault::NeverRejoins as usize] = 0;
        } else if rates[Fault::NeverRejoins as usize] > 0 {
            for fault in NEEDS_REJOIN {
                rates[fault as usize] = 0;
            }
        }
        let is_calm = Cell::new(false);
        let struck = RefCell::default();
        Self {
            rates,
            allowed,
            is_calm,
            struck,
        }
    }

    /// Something has struck that a player alone cannot cause.
    pub(crate) fn have_failures(&self) -> bool {
        let by_players = Fault::Player..Fault::FewPlaces;
        let struck = self.struck.borrow();
        let mut faults = struck.iter().map(|(_, fault)| fault);
        let is_by_player = |fault: &Fault| {
            by_players.contains(fault) || matches!(fault, Fault::Cut | Fault::CopiesSeat)
        };
        faults.any(|fault| !is_by_player(fault) || Fault::JOINS_APART.contains(fault))
    }

    pub(crate) fn has_struck(&self, fault: Fault) -> bool {
        self.struck
            .borrow()
            .iter()
            .any(|(_, other)| *other == fault)
    }

    pub(crate) fn strikes(&self, stream: Stream, fault: Fault) -> bool {
        let rate = self.rates[fault as usize];
        if rate == 0 || self.is_calm.get() {
            return false;
        }
        let site = (stream, fault);
        let struck = stream.child(1000 + fault as u64).between(0, 1023) < rate
            && self
                .allowed
                .as_ref()
                .is_none_or(|allowed| allowed.contains(&site));
        if struck {
            self.struck.borrow_mut().push(site);
        }
        struck
    }
}
