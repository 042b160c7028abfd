//! Events in: what API Gateway and SQS hand to the functions, turned into calls of the service.
//!
//! Nothing a player sends makes a function fail: a refusal is an answer, and so is AWS failing us.

pub mod queue;
pub mod websocket;

use std::time::Duration;

use rps_contract::names::FUNCTION_TIMEOUT_S;

use crate::ports::{Answer, Clock, Failure};

/// When an event is given up: early enough that the function can still say so. A killed function would
/// answer a player in API Gateway's words, and fail a whole batch of messages for one.
const ANSWER_WITHIN: Duration = Duration::from_millis(FUNCTION_TIMEOUT_S * 1000 - 800);

/// The answer, or that there is none in time. What is dropped half-way is left as by a crash, which
/// every step is safe for.
async fn in_time<T>(clock: &impl Clock, answer: impl Answer<T>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        answer = answer => answer,
        () = clock.sleep(ANSWER_WITHIN) => Err(Failure::new("Invoke", "no end in time")),
    }
}
