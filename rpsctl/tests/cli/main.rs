//! The real executable, as people and scripts meet it: what it prints where, and how it ends.

mod bots;
mod local;
mod play;
mod rpsctl;
mod usage;
