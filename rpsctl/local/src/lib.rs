//! A local AWS in one process: API Gateway, Lambda, SQS, DynamoDB and CloudWatch on one loopback port.
//!
//! `rpsctl local` and the tests use it; it is never deployed. Unmodified SDKs, the `aws` CLI and `rpsctl` work
//! with it. The functions run as they do on Lambda.
//!
//! | module | contents |
//! |---|---|
//! | `front` | the routing of requests to the services |
//! | `guard` | refuses foreign web pages, and bodies that are too large or too slow |
//! | `server` | the HTTP server |
//! | `transport` | the listener; it delivers the last frame before it closes a connection |
//! | `page` | CloudFront: serves the players' page |
//! | `dynamo` | DynamoDB: dynoxide in this process, and the game's table |
//! | `sqs` | SQS: the queue and its dead-letter queue |
//! | `gateway` | API Gateway: the WebSocket API and `@connections` |
//! | `lambda` | Lambda: function processes and the Runtime API |
//! | `mapping` | the event source mapping from the queue to `decide`, and the switch that pauses it |
//! | `control` | Lambda's control plane: requests about functions and the mapping |
//! | `metrics`, `cloudwatch` | metrics per minute, and CloudWatch, which returns them |
//! | `logs` | CloudWatch Logs: each function's last lines, and the metrics from log lines |
//! | `faults` | injects faults, for tests |
//! | `clock` | the time, and AWS's time formats |
//! | `options`, `names`, `error` | start options; names and URLs; errors |
//!
//! Each service meters its own billable operations (`metrics`).

mod clock;
mod cloudwatch;
mod control;
mod dynamo;
mod error;
mod faults;
mod front;
mod gateway;
mod guard;
mod lambda;
mod logs;
mod mapping;
mod metrics;
mod names;
mod options;
mod page;
mod server;
mod sqs;
mod start;
mod transport;

pub use self::error::{AwsError, StartError};
pub use self::faults::Faults;
pub(crate) use self::names::ACCOUNT;
pub use self::names::{DEAD_LETTER_QUEUE, EVENT_SOURCE_MAPPING, QUEUE, REGION, TABLE, Urls};
pub use self::options::{FunctionProcess, OnLog, Options, Throttle};
pub use self::page::page;
pub use self::start::{Local, start};

/// Locks a mutex and ignores poisoning: in this package, guarded data is consistent after every statement.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
