//! The AWS that fits in one process: API Gateway, Lambda, SQS and DynamoDB on one loopback port.
//!
//! For `rpsctl local` and the tests; never deployed. Unmodified SDKs, the `aws` CLI and `rpsctl` work
//! against it, and the functions run in it as they do on Lambda.
//!
//! | module | stands for |
//! |---|---|
//! | `front` | the one port, and which of the others answers a request |
//! | `transport` | the listener: sockets that end so that the last frame arrives |
//! | `page` | CloudFront, which serves the players' page |
//! | `dynamo` | DynamoDB: dynoxide in process, its table, and the way to it |
//! | `sqs` | SQS: queue, delays, dead-letter queue |
//! | `gateway` | API Gateway's WebSocket API with its `@connections` |
//! | `lambda` | Lambda: processes that speak the Runtime API |
//! | `mapping` | the SQS event source mapping of `decide`, and the switch that pauses it |
//! | `control` | Lambda's control plane: what operators ask and change |
//! | `metrics`, `cloudwatch` | what is counted in each minute, and CloudWatch, which shows it |
//! | `logs` | CloudWatch Logs: the last lines of each function, and the numbers in all of them |
//! | `clock` | the time, and AWS's ways to write it |
//! | `options`, `names`, `error` | what a caller says, and is told |
//!
//! Each service meters its own billable operations (`metrics`).

mod clock;
mod cloudwatch;
mod control;
mod dynamo;
mod error;
mod front;
mod gateway;
mod lambda;
mod logs;
mod mapping;
mod metrics;
mod names;
mod options;
mod page;
mod sqs;
mod start;
mod transport;

pub use self::error::{AwsError, StartError};
pub(crate) use self::names::ACCOUNT;
pub use self::names::{DEAD_LETTER_QUEUE, EVENT_SOURCE_MAPPING, QUEUE, REGION, TABLE, Urls};
pub use self::options::{FunctionProcess, OnLog, Options};
pub use self::page::page;
pub use self::start::{Local, start};

/// The guard of a mutex, also when a holder panicked: everything guarded in this package is whole
/// between any two statements.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
