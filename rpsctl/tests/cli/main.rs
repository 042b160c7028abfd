//! The real executable, as people and scripts meet it: what it prints where, and how it ends.

mod aws;
mod bots;
mod games;
mod local;
mod play;
mod refusals;
mod rpsctl;
mod stack;
mod usage;
