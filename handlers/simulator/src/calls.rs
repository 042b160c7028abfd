//! Calls that wait until the exploration decides what happens to them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::task::Poll;

use rps_game::{ConnectionId, GameId, Room};

/// What may happen to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Fate {
    Done,
    /// It takes effect, but its answer is lost: the SDK repeats it.
    Repeated,
    /// It takes effect later. The SDK repeats it.
    LateAndRepeated,
    /// It takes effect later. The SDK gives it up.
    LateAndFailed,
}

/// What a call reads or changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Connection(ConnectionId),
    Lobby(Option<Room>),
    Game(GameId),
    Socket(ConnectionId),
    Queue,
}

/// A call that waits for its fate.
pub(crate) struct Waiting {
    pub(crate) text: Rc<str>,
    pub(crate) target: Target,
    pub(crate) is_read: bool,
    /// `None`: undecided.
    pub(crate) fate: Option<Fate>,
}

pub(crate) type Effect<World> = Box<dyn FnOnce(&Rc<World>)>;

/// An invocation, its call, and what AWS does later.
type LateCall<World> = (u64, Rc<str>, Effect<World>);

pub(crate) struct Calls<World> {
    /// By invocation and number.
    pub(crate) waiting: RefCell<BTreeMap<(u64, u64), Waiting>>,
    pub(crate) late: RefCell<Vec<LateCall<World>>>,
    /// For each invocation and call, a hash of its answers so far.
    pub(crate) answers: RefCell<BTreeMap<u64, BTreeMap<Rc<str>, u64>>>,
}

impl<World> Default for Calls<World> {
    fn default() -> Self {
        Self {
            waiting: RefCell::default(),
            late: RefCell::default(),
            answers: RefCell::default(),
        }
    }
}

impl<World> Calls<World> {
    pub(crate) async fn fate(&self, invocation: u64, number: u64, call: Waiting) -> Fate {
        let key = (invocation, number);
        self.waiting.borrow_mut().insert(key, call);
        std::future::poll_fn(|_| {
            let mut waiting = self.waiting.borrow_mut();
            let fate = waiting.get(&key).and_then(|call| call.fate);
            fate.map_or(Poll::Pending, |fate| {
                waiting.remove(&key);
                Poll::Ready(fate)
            })
        })
        .await
    }

    pub(crate) fn delay(&self, invocation: u64, text: Rc<str>, effect: Effect<World>) {
        self.late.borrow_mut().push((invocation, text, effect));
    }

    pub(crate) fn remember(&self, invocation: u64, call: Rc<str>, answer: &impl Hash) {
        let mut answers = self.answers.borrow_mut();
        let known = answers.entry(invocation).or_default();
        let known = known.entry(call).or_default();
        let mut hasher = DefaultHasher::new();
        (*known, answer).hash(&mut hasher);
        *known = hasher.finish();
    }
}
