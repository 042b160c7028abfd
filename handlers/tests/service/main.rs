//! The service over a real table, in a world whose clock stands still until a test lets time pass.

#![allow(clippy::large_futures, reason = "a test has the stack for it")]

mod actions;
mod aws_failing;
mod concurrency;
mod crashes;
mod interleavings;
mod logged;
mod needed;
mod store;
mod support;
