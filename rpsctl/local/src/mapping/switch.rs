//! Whether the mapping polls: the operator's wish, and how far the mapping is.

use serde::Serialize;
use tokio::sync::watch;

use crate::clock;

/// What AWS calls a mapping's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum State {
    Enabled,
    Enabling,
    Disabled,
    /// The mapping still works on a batch.
    Disabling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) state: State,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: u64,
}

impl Status {
    fn now(state: State) -> Self {
        Self {
            state,
            modified_ms: clock::now_ms(),
        }
    }
}

/// An earlier change is not complete.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InTransition;

#[derive(Debug, Clone, Copy)]
struct Position {
    status: Status,
    /// The host ends: the mapping never polls again, whatever its state.
    stopping: bool,
}

/// The switch of a mapping: operators turn it, the mapping follows.
pub(crate) struct Switch(watch::Sender<Position>);

impl Switch {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Position {
            status: Status::now(State::Enabled),
            stopping: false,
        }))
    }

    pub(crate) fn status(&self) -> Status {
        self.0.borrow().status
    }

    /// Turns the switch, unless it is changing; none leaves it as it is.
    pub(crate) fn turn(&self, enabled: Option<bool>) -> Result<Status, InTransition> {
        let mut answer = Err(InTransition);
        self.0.send_if_modified(|position| {
            let status = &mut position.status;
            let next = match (status.state, enabled) {
                (State::Enabling | State::Disabling, _) => return false,
                (State::Enabled, Some(false)) => Some(State::Disabling),
                (State::Disabled, Some(true)) => Some(State::Enabling),
                (State::Enabled | State::Disabled, _) => None,
            };
            if let Some(state) = next {
                *status = Status::now(state);
            }
            answer = Ok(*status);
            next.is_some()
        });
        answer
    }

    /// The mapping has followed the last change.
    pub(super) fn arrive(&self) {
        self.0.send_if_modified(|position| {
            let status = &mut position.status;
            *status = Status::now(match status.state {
                State::Enabling => State::Enabled,
                State::Disabling => State::Disabled,
                State::Enabled | State::Disabled => return false,
            });
            true
        });
    }

    /// The mapping is to end.
    pub(super) fn stop(&self) {
        self.0.send_modify(|position| position.stopping = true);
    }

    /// Waits until nothing may be taken from the queue.
    pub(super) async fn off(&self) {
        let off = |at: &Position| at.stopping || at.status.state != State::Enabled;
        // The sender is in hand: the wait cannot fail.
        drop(self.0.subscribe().wait_for(off).await);
    }

    /// Waits until the queue is to be polled again; false when it never will be.
    pub(super) async fn on(&self) -> bool {
        let mut position = self.0.subscribe();
        let settled = position.wait_for(|at| {
            at.stopping || matches!(at.status.state, State::Enabled | State::Enabling)
        });
        settled.await.is_ok_and(|at| !at.stopping)
    }
}
