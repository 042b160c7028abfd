//! The four Lambda functions of the game, as one service behind four small binaries.
//!
//! Dependencies point one way: binary -> [`functions`] (wiring) -> [`inbound`] (events in) ->
//! [`service`] (what happens) -> [`ports`] (what the service needs) <- [`outbound`] (AWS).
//! The rules of the game themselves are in `rps-game`.

pub mod config;
pub mod functions;
pub mod inbound;
pub mod outbound;
pub mod ports;
pub mod service;
pub mod time;
