//! The four Lambda functions of the game: one library, four small binaries.
//!
//! Dependencies point one way: binary -> [`functions`] (wiring) -> [`inbound`] (AWS events) ->
//! [`service`] (use cases) -> [`ports`] (interfaces to AWS) <- [`outbound`] (adapters to AWS).
//! The rules of the game are in `rps-game`.

pub mod config;
pub mod functions;
pub mod inbound;
pub mod outbound;
pub mod ports;
pub mod service;
pub mod time;
