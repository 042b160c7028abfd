//! The functions, and the event source mapping: whether the messages of the queue reach `decide`.

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

/// Pause between two looks at a mapping that is changing. On AWS a change takes about half a minute.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Nobody waits longer for a change.
const LONGEST_CHANGE: Duration = Duration::from_mins(3);

/// A state of the mapping, in Lambda's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State(String);

impl State {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Messages reach `decide`, or are about to.
    pub(crate) fn is_on(&self) -> bool {
        !self.is_off()
    }

    /// None do, or soon none will.
    pub(crate) fn is_off(&self) -> bool {
        matches!(self.as_str(), "Disabled" | "Disabling")
    }

    fn is_changing(&self) -> bool {
        self.as_str().ends_with("ing")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    On,
    Off,
}

impl Deployment {
    pub(crate) async fn function(
        &self,
        which: Function,
    ) -> Result<GetFunctionConfigurationOutput, Failure> {
        let name = self.target().function(which);
        let asked = Client::new(self.config()).get_function_configuration();
        asked.function_name(&name).send().await.map_err(|error| {
            let on = format!("the function {name}");
            self.explain("lambda:GetFunctionConfiguration", &on, &error)
        })
    }

    pub(crate) async fn mapping(&self) -> Result<State, Failure> {
        let found = self.event_source_mapping().await?;
        Ok(State(found.state.unwrap_or_default()))
    }

    pub(crate) async fn event_source_mapping(
        &self,
    ) -> Result<GetEventSourceMappingOutput, Failure> {
        let uuid = &self.parts().await?.event_source_mapping;
        let asked = Client::new(self.config()).get_event_source_mapping();
        asked.uuid(uuid).send().await.map_err(|error| {
            let action = "lambda:GetEventSourceMapping";
            self.explain(action, "the event source mapping", &error)
        })
    }

    /// Turns the mapping on or off, and waits until it is.
    pub(crate) async fn switch_mapping(&self, to: Switch, _: &Confirmed) -> Result<(), Failure> {
        let on = to == Switch::On;
        let now = self.settled(|_| true).await?;
        if !on && now.is_off() {
            return Ok(());
        }
        // What is on is told so again: the state may have been an old one, and off is what must not stay.
        loop {
            match self.tell_mapping(to).await {
                Ok(true) => break,
                Ok(false) => drop(self.settled(|_| true).await?),
                // Who may not turn it on has not turned it off.
                Err(_) if on && self.settled(|_| true).await?.is_on() => return Ok(()),
                Err(why) => return Err(why),
            }
        }
        self.settled(|state| state.is_on() == on).await.map(drop)
    }

    /// Asks for that state. False if another change is under way, beside which Lambda takes none.
    async fn tell_mapping(&self, to: Switch) -> Result<bool, Failure> {
        let uuid = &self.parts().await?.event_source_mapping;
        let update = Client::new(self.config())
            .update_event_source_mapping()
            .uuid(uuid)
            .enabled(to == Switch::On);
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ResourceInUseException") => Ok(false),
            Err(error) => {
                let action = "lambda:UpdateEventSourceMapping";
                Err(self.explain(action, "the event source mapping", &error))
            }
        }
    }

    /// The state of the mapping once it is not being changed, and is as wanted.
    async fn settled(&self, wanted: impl Fn(&State) -> bool) -> Result<State, Failure> {
        let settling = async {
            loop {
                let state = self.mapping().await?;
                if !state.is_changing() && wanted(&state) {
                    return Ok(state);
                }
                sleep(LOOK_AGAIN).await;
            }
        };
        timeout(LONGEST_CHANGE, settling).await.unwrap_or_else(|_| {
            let message =
                "the mapping is not as asked for after minutes; look at it with `rpsctl queue status`";
            Err(Failure::new(Exit::Unexpected, message))
        })
    }
}
