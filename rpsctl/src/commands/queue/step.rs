//! Steps of draining everything.

use serde::Serialize;

use crate::aws::{Counts, Deployment, Queue, State};
use crate::exit::Failure;
use crate::operate::{Confirmed, Outcome, Step};

/// Turning the mapping off or on.
#[derive(Debug, Serialize)]
pub(super) struct SwitchMapping {
    #[serde(rename = "do")]
    action: &'static str,
    /// Its UUID.
    mapping: String,
    /// Its state now.
    state: String,
    #[serde(skip)]
    was_off: bool,
    #[serde(skip)]
    on: bool,
}

impl SwitchMapping {
    /// Turning it off, which is in that state.
    pub(super) async fn off(deployment: &Deployment, state: &State) -> Result<Self, Failure> {
        let parts = deployment.parts().await?;
        Ok(Self {
            action: "pause-mapping",
            mapping: parts.event_source_mapping.clone(),
            state: state.as_str().to_owned(),
            was_off: state.is_off(),
            on: false,
        })
    }

    /// Turning it on, which is in that state.
    pub(super) async fn on(deployment: &Deployment, state: &State) -> Result<Self, Failure> {
        Ok(Self {
            action: "resume-mapping",
            on: true,
            ..Self::off(deployment, state).await?
        })
    }

    /// Whether it is so already.
    pub(super) fn is_so(&self) -> bool {
        self.on != self.was_off
    }

    /// Does it, and waits until it is done.
    pub(super) async fn act(
        &self,
        deployment: &Deployment,
        confirmed: &Confirmed,
    ) -> Result<Outcome, Failure> {
        deployment.switch_mapping(self.on, confirmed).await?;
        Ok(Outcome::Done)
    }
}

impl Step for SwitchMapping {
    fn words(&self) -> String {
        match (self.on, self.was_off) {
            (false, false) => "turn the mapping off meanwhile, so that no round is decided",
            (false, true) => "leave the mapping off meanwhile",
            (true, false) => "turn the mapping on again at the end, whatever happens",
            (true, true) => "turn the mapping on, which is off now",
        }
        .to_owned()
    }
}

/// Deleting, once the mapping is off, the messages that have nothing to do then. Each is logged by itself.
#[derive(Debug, Serialize)]
#[serde(tag = "do", rename = "delete-idle-messages")]
pub(super) struct Sweep {
    queue: String,
    visible: u64,
    delayed: u64,
    in_flight: u64,
}

impl Sweep {
    /// Of that queue, which has so many messages.
    pub(super) fn new(queue: &Queue<'_>, counts: Counts) -> Self {
        Self {
            queue: queue.name().to_owned(),
            visible: counts.visible,
            delayed: counts.delayed,
            in_flight: counts.in_flight,
        }
    }
}

impl Step for Sweep {
    fn words(&self) -> String {
        let (visible, delayed, in_flight) = (self.visible, self.delayed, self.in_flight);
        format!(
            "delete the messages that can be received and have nothing to do then (now visible: {visible}, \
             delayed: {delayed}, in flight: {in_flight})"
        )
    }
}
