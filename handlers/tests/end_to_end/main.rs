//! End to end: the real function binaries under the local AWS, played by real WebSocket clients. Every
//! message type, every `reason` and every `code` of the protocol, each frame as it is published.

mod bad_input;
mod clients;
mod endings;
mod faults;
mod heard;
mod shards;
mod stage;
