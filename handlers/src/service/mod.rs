//! What happens when something arrives, and which guarantee each step keeps.
//!
//! - [`connect`]: a connection opens
//! - [`join`]: a player joins: one place at most, two different players (guarantees 1, 2, 7)
//! - [`play`]: a play arrives (guarantee 8)
//! - [`decide`]: a round's time is over: decided once (guarantees 3, 4)
//! - [`gather`]: a player who waits alone in its shard of the lobby is brought to the others (guarantee 2)
//! - [`leave`]: a connection closes
//! - `operate`: an operator ends a game or closes a connection; no function does
//! - [`settle`]: tells both the same truth and leaves nothing behind (guarantees 5, 6)
//!
//! Every function is safe to kill between any two calls to AWS. Nothing here scans: each call names its
//! item by key, whatever the number of games (guarantee 9).

pub mod connect;
pub mod decide;
pub mod gather;
pub mod join;
pub mod leave;
#[cfg(feature = "operator")]
pub mod operate;
pub mod play;
pub mod settle;
