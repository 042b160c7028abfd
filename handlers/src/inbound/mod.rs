//! Translates events of API Gateway and SQS into calls of the service.
//!
//! No player input makes a function fail. The function answers with an error message, also when AWS
//! fails.

pub mod admission;
pub mod events;
pub mod queue;
pub mod websocket;

use std::time::Duration;

use rps_contract::names::FUNCTION_TIMEOUT_S;

use crate::ports::{Clock, PortCall, PortError};

/// A function gives up an event after this time, so that it can still answer. If Lambda killed the
/// function, API Gateway would send its own error, and SQS would redeliver the whole batch.
const DEADLINE: Duration = Duration::from_millis(FUNCTION_TIMEOUT_S * 1000 - 800);

/// Returns an error if `answer` takes too long. Dropping it midway equals a crash, and every step
/// tolerates crashes.
async fn with_deadline<T>(clock: &impl Clock, answer: impl PortCall<T>) -> Result<T, PortError> {
    tokio::select! {
        biased;
        answer = answer => answer,
        () = clock.sleep(DEADLINE) => Err(PortError::new("Invoke", "the function ran out of time")),
    }
}
