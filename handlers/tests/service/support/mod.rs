//! What the tests of the service stand on: the real adapter over an embedded DynamoDB, and a clock and
//! players that remember.

pub(crate) mod fate;
mod gather;
mod operate;
pub(crate) mod truth;
pub(crate) mod world;
