//! The mapping's state: operators enable or disable the mapping, and the poller follows.

use serde::Serialize;
use tokio::sync::watch;

use crate::clock;

/// The states of a mapping in AWS's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum MappingState {
    Enabled,
    Enabling,
    Disabled,
    /// The last invocations have not finished yet.
    Disabling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MappingStatus {
    pub(crate) state: MappingState,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: u64,
}

impl MappingStatus {
    fn now(state: MappingState) -> Self {
        Self {
            state,
            modified_ms: clock::now_ms(),
        }
    }
}

/// An earlier change of the state is not complete.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InTransition;

#[derive(Debug, Clone, Copy)]
struct SwitchPosition {
    status: MappingStatus,
    /// The local AWS stops, so the mapping never polls again.
    stopping: bool,
}

/// Lets operators enable and disable the mapping.
pub(crate) struct MappingSwitch(watch::Sender<SwitchPosition>);

impl MappingSwitch {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(SwitchPosition {
            status: MappingStatus::now(MappingState::Enabled),
            stopping: false,
        }))
    }

    pub(crate) fn status(&self) -> MappingStatus {
        self.0.borrow().status
    }

    /// Enables or disables the mapping, unless an earlier change is incomplete. `None` changes nothing.
    pub(crate) fn set_enabled(&self, enabled: Option<bool>) -> Result<MappingStatus, InTransition> {
        let mut result = Err(InTransition);
        self.0.send_if_modified(|position| {
            let status = &mut position.status;
            let next = match (status.state, enabled) {
                (MappingState::Enabling | MappingState::Disabling, _) => return false,
                (MappingState::Enabled, Some(false)) => Some(MappingState::Disabling),
                (MappingState::Disabled, Some(true)) => Some(MappingState::Enabling),
                (MappingState::Enabled | MappingState::Disabled, _) => None,
            };
            if let Some(state) = next {
                *status = MappingStatus::now(state);
            }
            result = Ok(*status);
            next.is_some()
        });
        result
    }

    /// Changes a transitional state to its final state, after the poller has followed.
    pub(super) fn complete_transition(&self) {
        self.0.send_if_modified(|position| {
            let status = &mut position.status;
            *status = MappingStatus::now(match status.state {
                MappingState::Enabling => MappingState::Enabled,
                MappingState::Disabling => MappingState::Disabled,
                MappingState::Enabled | MappingState::Disabled => return false,
            });
            true
        });
    }

    pub(super) fn stop(&self) {
        self.0.send_modify(|position| position.stopping = true);
    }

    /// Waits until the poller must stop polling.
    pub(super) async fn until_disabled(&self) {
        let is_off = |position: &SwitchPosition| {
            position.stopping || position.status.state != MappingState::Enabled
        };
        // The wait cannot fail, because `self` owns the sender.
        drop(self.0.subscribe().wait_for(is_off).await);
    }

    /// Waits until the poller must poll again. Returns false if the local AWS stops.
    pub(super) async fn until_enabled(&self) -> bool {
        use MappingState::{Enabled, Enabling};
        let mut positions = self.0.subscribe();
        let change = positions.wait_for(|position| {
            position.stopping || matches!(position.status.state, Enabled | Enabling)
        });
        change.await.is_ok_and(|position| !position.stopping)
    }
}
