//! Tests the local AWS with real sockets and processes, as functions, players and tools use it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_cmp,
    reason = "a panic is how a test fails, the functions' lines go to stdout, and counts are exact in a double"
)]

mod control;
mod faults;
mod functions;
mod gateway;
mod hostile;
mod lan;
mod limits;
mod logs;
mod mapping;
mod meter;
mod metrics;
mod page;
mod pause;
mod ports;
mod support;

/// Not a test: a function's process for the other tests. The local AWS starts this executable with this test's
/// name. In other runs it returns at once.
#[test]
#[ignore = "started by the local AWS as a function"]
fn function_process() {
    support::function::run();
}

/// Not a test: a local AWS in a separate process, which a test kills. In other runs it returns at once.
#[test]
#[ignore = "started by a test as a host"]
fn host_process() {
    support::host::run();
}
