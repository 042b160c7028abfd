//! End to end: the real function binaries under the local AWS, played by real WebSocket clients. Every
//! message type, every `reason` and every `code` of the protocol.

mod bad_input;
mod endings;
mod faults;
mod player;
mod shards;
mod stage;
