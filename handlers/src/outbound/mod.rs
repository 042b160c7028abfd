//! The ports, kept by AWS. Each SDK appears in one file or folder here, and its errors stop there.
//!
//! - [`aws`]: what the SDK clients share: connector, credentials, retries
//! - [`dynamo`]: the table
//! - [`queue`]: the timer
//! - [`gateway`]: the players' connections

pub mod aws;
pub mod dynamo;
pub mod gateway;
pub mod queue;
