//! End-to-end tests: real WebSocket clients play against the real function binaries in the local AWS. They
//! cover every message type, `reason` and `code` of the protocol, and check each frame's schema.

mod bad_input;
mod clients;
mod endings;
mod faults;
mod first_invocation;
mod places;
mod published_words;
mod resume;
mod system;
