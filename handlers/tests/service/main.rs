//! Tests the service with a real table, in a simulation whose clock each test controls.

#![allow(clippy::large_futures, reason = "a test has the stack for it")]

mod actions;
mod aws_failures;
mod concurrency;
mod crashes;
mod early;
mod house;
mod interleavings;
mod log_lines;
mod obsolete_messages;
mod releases;
mod resume;
mod rooms;
mod store;
mod support;
mod trust;
