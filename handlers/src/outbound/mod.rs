//! Implements the ports with the AWS SDKs. Each SDK, with its errors, stays inside one file or folder.
//!
//! - [`aws`]: the SDK clients' shared configuration: credentials, retries
//! - [`http`]: the SDK clients' shared connector
//! - [`dynamo`]: the DynamoDB table
//! - [`queue`]: the SQS queue
//! - [`gateway`]: API Gateway's `@connections`
//! - [`warm_up`]: opens connections before the first invocation

pub mod aws;
pub mod dynamo;
pub mod gateway;
pub mod http;
pub mod queue;
pub mod warm_up;

/// Lengthens the time limits of AWS calls. Callgrind slows the functions of the cold-start benchmark down.
const SLOWDOWN: u64 = if cfg!(feature = "test-ca") { 100 } else { 1 };
