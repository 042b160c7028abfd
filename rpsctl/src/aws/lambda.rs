//! The Lambda functions, and the event source mapping that delivers the queue's messages to `decide`.

use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::ProvideErrorMetadata;
use aws_sdk_lambda::operation::get_event_source_mapping::GetEventSourceMappingOutput;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use rps_contract::names::Function;
use tokio::time::{sleep, timeout};

use crate::aws::Deployment;
use crate::confirmed::Confirmed;
use crate::exit::{Exit, Failure};

/// How often to poll a mapping while it changes. On AWS a change takes about half a minute.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

const CHANGE_TIMEOUT: Duration = Duration::from_mins(3);

/// A state of the mapping, as Lambda names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MappingState(String);

impl MappingState {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The mapping delivers messages, or is about to.
    pub(crate) fn is_on(&self) -> bool {
        !self.is_off()
    }

    /// The mapping is paused, or is about to be.
    pub(crate) fn is_off(&self) -> bool {
        matches!(self.as_str(), "Disabled" | "Disabling")
    }

    fn is_changing(&self) -> bool {
        self.as_str().ends_with("ing")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MappingChange {
    Resume,
    Pause,
}

impl Deployment {
    pub(crate) async fn function(
        &self,
        function: Function,
    ) -> Result<GetFunctionConfigurationOutput, Failure> {
        let name = self.target().function(function);
        let request = Client::new(self.config()).get_function_configuration();
        request.function_name(&name).send().await.map_err(|error| {
            self.explain_function("lambda:GetFunctionConfiguration", function, &error)
        })
    }

    pub(crate) async fn mapping(&self) -> Result<MappingState, Failure> {
        let mapping = self.event_source_mapping().await?;
        Ok(MappingState(mapping.state.unwrap_or_default()))
    }

    pub(crate) async fn event_source_mapping(
        &self,
    ) -> Result<GetEventSourceMappingOutput, Failure> {
        let uuid = &self.parts().await?.event_source_mapping;
        let request = Client::new(self.config()).get_event_source_mapping();
        request.uuid(uuid).send().await.map_err(|error| {
            let action = "lambda:GetEventSourceMapping";
            self.explain(action, "the event source mapping", &error)
        })
    }

    /// Pauses or resumes the mapping, and waits until the change is complete.
    pub(crate) async fn change_mapping(
        &self,
        to: MappingChange,
        _: &Confirmed,
    ) -> Result<(), Failure> {
        let resume = to == MappingChange::Resume;
        let current = self.wait_for_mapping(|_| true).await?;
        if !resume && current.is_off() {
            return Ok(());
        }
        // Resume even a mapping that reports to be on: the state may be outdated, and the mapping must not stay paused.
        loop {
            match self.request_change(to).await {
                Ok(true) => break,
                Ok(false) => drop(self.wait_for_mapping(|_| true).await?),
                // Without the permission to resume the mapping, this user did not pause it either.
                Err(_) if resume && self.wait_for_mapping(|_| true).await?.is_on() => {
                    return Ok(());
                }
                Err(why) => return Err(why),
            }
        }
        let changed = self.wait_for_mapping(|state| state.is_on() == resume).await;
        changed.map(drop).map_err(|why| {
            why.half_done("Lambda has accepted the change, and may still be making it")
        })
    }

    /// Requests the change. Returns false if Lambda refuses it because another change is in progress.
    async fn request_change(&self, to: MappingChange) -> Result<bool, Failure> {
        let uuid = &self.parts().await?.event_source_mapping;
        let update = Client::new(self.config())
            .update_event_source_mapping()
            .uuid(uuid)
            .enabled(to == MappingChange::Resume);
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ResourceInUseException") => Ok(false),
            Err(error) => {
                let action = "lambda:UpdateEventSourceMapping";
                Err(self.explain(action, "the event source mapping", &error))
            }
        }
    }

    /// Waits until no change of the mapping is in progress and its state is `expected`.
    async fn wait_for_mapping(
        &self,
        expected: impl Fn(&MappingState) -> bool,
    ) -> Result<MappingState, Failure> {
        let polling = async {
            loop {
                let state = self.mapping().await?;
                if !state.is_changing() && expected(&state) {
                    return Ok(state);
                }
                sleep(POLL_INTERVAL).await;
            }
        };
        timeout(CHANGE_TIMEOUT, polling).await.unwrap_or_else(|_| {
            let minutes = CHANGE_TIMEOUT.as_secs() / 60;
            let message = format!(
                "the event source mapping did not change within {minutes} minutes; check it with `rpsctl queue status`"
            );
            Err(Failure::new(Exit::Unexpected, message))
        })
    }
}
