//! The use cases, with the guarantees that each keeps (docs/architecture.md lists them).
//!
//! - [`connect`]: stores a new connection
//! - [`join`]: joins a player: one game per connection, two different players (guarantees 1, 2, 7)
//! - [`play`]: stores a play
//! - [`decide`]: decides a round once, when its time is up (guarantees 3, 4)
//! - [`lobby`]: removes places from the lobby
//! - [`rebalance`]: pairs a player who waits beside others (guarantee 2)
//! - [`leave`]: removes a closed connection
//! - [`resume`]: gives a player its seat again, on another connection
//! - [`position`]: finds out where a connection is
//! - `operate`: ends a game or disconnects a player, for operators only
//! - [`settle`]: sends both players the same result and removes the game (guarantees 5, 6, 7)
//!
//! Every function may die between any two calls to AWS. No call scans the table: each reads or writes
//! one item by its key, so its cost does not grow with the number of games (guarantee 9).

pub mod connect;
pub mod decide;
pub mod join;
pub mod leave;
pub mod lobby;
#[cfg(feature = "operator")]
pub mod operate;
pub mod play;
pub mod position;
pub mod rebalance;
pub mod resume;
pub mod settle;
