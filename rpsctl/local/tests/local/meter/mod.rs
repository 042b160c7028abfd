//! Tests the metering of billed quantities with the unmodified SDKs.

mod dynamodb;
mod hidden;
mod logs;
mod queue;
mod sockets;
