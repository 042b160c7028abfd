//! The tests' simulation: the real adapter with an embedded DynamoDB, a simulated clock, queue and
//! players, and fault injection.

pub(crate) mod faults;
mod operate;
mod rebalance;
pub(crate) mod results;
pub(crate) mod simulation;
