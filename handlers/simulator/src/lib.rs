//! A deterministic simulator of the real functions.
//!
//! A seed determines a whole run: the players, their mischief, the latencies, and every fault of AWS. The functions'
//! real code runs against a simulated AWS on a virtual clock, in one thread. After every step, and when nothing
//! happens any more, the guarantees of docs/architecture.md are checked.
//!
//! - `executor`, `stream`: tasks on a virtual clock, and random numbers
//! - `faults`: the kinds of faults, and which of them strike
//! - `world`: the simulated AWS; `table` and `items`, `queue`, `gateway`: its services
//! - `aws`, `ports`: the calls of one invocation; `calls`: the calls that an exploration decides
//! - `functions`: invokes the real functions
//! - `players`, `operators`: the people
//! - `guarantees`, `rest`: the checks
//! - `load`, `latency`, `meter`: the waiting times of many players
//! - `explore`: explores every schedule of a few players
//! - `seed`: runs one seed, and shrinks a schedule that violates a guarantee; `search`: runs many seeds

mod aws;
mod brief;
mod calls;
mod executor;
pub mod explore;
mod faults;
mod functions;
mod gateway;
mod guarantees;
mod items;
mod latency;
pub mod load;
mod meter;
mod operators;
mod players;
mod ports;
mod queue;
mod rest;
pub mod search;
mod seats;
mod seed;
mod stale;
mod state;
mod stream;
pub mod table;
mod world;

pub use self::faults::Fault;
pub use self::guarantees::agree;
pub use self::seed::{Run, Violation, explain, run, run_mirrored, version};
pub use self::state::Guarantee;
