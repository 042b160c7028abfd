//! The local AWS as functions, players and tools meet it: real sockets, real processes.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_cmp,
    reason = "a panic is how a test fails, the functions' lines go to stdout, and counts are exact in a double"
)]

mod control;
mod functions;
mod gateway;
mod limits;
mod logs;
mod mapping;
mod meter;
mod metrics;
mod page;
mod pause;
mod ports;
mod support;

/// Not a test: the function's process in the others. The host starts this test executable again with
/// this test's name. Without a host it ends at once.
#[test]
#[ignore = "started by the local AWS as a function"]
fn function_process() {
    support::function::run();
}

/// Not a test: a host of its own, to be killed. Without a test that asks for one it ends at once.
#[test]
#[ignore = "started by a test as a host"]
fn host_process() {
    support::host::run();
}
