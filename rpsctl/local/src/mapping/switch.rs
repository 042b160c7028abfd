//! Whether the mapping polls: the operator's wish, and how far the mapping is.

use tokio::sync::watch;

use crate::clock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    enabled: bool,
    /// The mapping has not followed the last change yet: while it is disabled, a batch is still worked on.
    changing: bool,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: u64,
}

impl Status {
    fn now(enabled: bool, changing: bool) -> Self {
        Self {
            enabled,
            changing,
            modified_ms: clock::now_ms(),
        }
    }

    /// AWS's name of the state.
    pub(crate) fn state(self) -> &'static str {
        match (self.enabled, self.changing) {
            (true, false) => "Enabled",
            (true, true) => "Enabling",
            (false, false) => "Disabled",
            (false, true) => "Disabling",
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
            status: Status::now(true, false),
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
            if status.changing {
                return false;
            }
            let next = enabled.filter(|enabled| *enabled != status.enabled);
            if let Some(enabled) = next {
                *status = Status::now(enabled, true);
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
            let was_changing = status.changing;
            if was_changing {
                *status = Status::now(status.enabled, false);
            }
            was_changing
        });
    }

    /// The mapping is to end.
    pub(super) fn stop(&self) {
        self.0.send_modify(|position| position.stopping = true);
    }

    /// Waits until nothing may be taken from the queue.
    pub(super) async fn off(&self) {
        let off = |at: &Position| at.stopping || at.status.changing || !at.status.enabled;
        // The sender is in hand: the wait cannot fail.
        drop(self.0.subscribe().wait_for(off).await);
    }

    /// Waits until the queue is to be polled again; false when it never will be.
    pub(super) async fn on(&self) -> bool {
        let mut position = self.0.subscribe();
        let settled = position.wait_for(|at| at.stopping || at.status.enabled);
        settled.await.is_ok_and(|at| !at.stopping)
    }
}
