//! The queue through its JSON protocol, with tokio's clock paused: time passes only where a test waits.

mod dead_letters;
mod delivery;
mod queues;
mod refusals;
mod service;
