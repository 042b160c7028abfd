//! Whether the mapping polls: what an operator wants, and how far the mapping is.

use tokio::sync::watch;

use crate::clock;

/// The states a mapping can be in here, in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Enabled,
    /// It takes nothing any more; what it has handed over is not done yet.
    Disabling,
    Disabled,
    Enabling,
}

impl State {
    /// AWS's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabling => "Disabling",
            Self::Disabled => "Disabled",
            Self::Enabling => "Enabling",
        }
    }

    /// Where a state in transition leads.
    fn target(self) -> Option<Self> {
        match self {
            Self::Disabling => Some(Self::Disabled),
            Self::Enabling => Some(Self::Enabled),
            Self::Enabled | Self::Disabled => None,
        }
    }

    /// The first state on the way there; none for who is there.
    fn towards(self, enabled: bool) -> Option<Self> {
        match (self, enabled) {
            (Self::Enabled, false) => Some(Self::Disabling),
            (Self::Disabled, true) => Some(Self::Enabling),
            _ => None,
        }
    }
}

/// A state, and since when.
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
    /// A switch that is on.
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Position {
            status: Status::now(State::Enabled),
            stopping: false,
        }))
    }

    pub(crate) fn status(&self) -> Status {
        self.0.borrow().status
    }

    /// Turns it, unless it is on its way; none leaves it as it is.
    pub(crate) fn turn(&self, enabled: Option<bool>) -> Result<Status, InTransition> {
        let mut answer = Err(InTransition);
        self.0.send_if_modified(|position| {
            let state = position.status.state;
            if state.target().is_some() {
                return false;
            }
            let next = enabled.and_then(|enabled| state.towards(enabled));
            if let Some(next) = next {
                position.status = Status::now(next);
            }
            answer = Ok(position.status);
            next.is_some()
        });
        answer
    }

    /// The mapping has done what it was told.
    pub(super) fn arrive(&self) {
        self.0.send_if_modified(|position| {
            let target = position.status.state.target();
            if let Some(target) = target {
                position.status = Status::now(target);
            }
            target.is_some()
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
        let on = |at: &Position| matches!(at.status.state, State::Enabling | State::Enabled);
        let mut position = self.0.subscribe();
        let settled = position.wait_for(|at| at.stopping || on(at)).await;
        settled.is_ok_and(|at| !at.stopping)
    }
}

#[cfg(test)]
mod tests {
    use super::{InTransition, State, Switch};

    #[test]
    fn a_switch_goes_through_the_states_of_aws() {
        let switch = Switch::new();
        for (enabled, on_the_way, arrived) in [
            (false, State::Disabling, State::Disabled),
            (true, State::Enabling, State::Enabled),
        ] {
            assert_eq!(switch.turn(Some(enabled)).unwrap().state, on_the_way);
            for change in [None, Some(true), Some(false)] {
                assert_eq!(switch.turn(change), Err(InTransition));
            }
            switch.arrive();
            assert_eq!(switch.status().state, arrived);
            for nothing_new in [None, Some(enabled)] {
                assert_eq!(switch.turn(nothing_new).unwrap().state, arrived);
            }
        }
    }

    #[tokio::test]
    async fn a_switch_that_stops_is_never_on_again() {
        for turns in [None, Some(false)] {
            let switch = Switch::new();
            switch.turn(turns).unwrap();
            switch.stop();
            switch.off().await;
            switch.arrive();
            assert!(!switch.on().await);
        }
    }
}
