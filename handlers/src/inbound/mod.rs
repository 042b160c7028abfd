//! Events in: what API Gateway and SQS hand to the functions, turned into calls of the service.
//!
//! Nothing a player sends makes a function fail: a refusal is an answer, and so is AWS failing us.

pub mod queue;
pub mod websocket;
