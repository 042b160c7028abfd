//! What a month costs.
//!
//! - `usage`: what a game in AWS has used
//! - `prices`: what AWS asks for it
//! - `bill`: what a month costs

pub(crate) mod bill;
pub(crate) mod prices;
pub(crate) mod usage;
