//! Names and numbers shared by the functions, the infrastructure, the local AWS and rpsctl.
//!
//! - [`names`]: functions, routes, environment variables, keys, timeouts
//! - [`stack`]: one deployment of the game, and the resource names that derive from its name
//! - [`log_metrics`]: metrics that CloudWatch extracts from the functions' log lines
//! - [`blocked`]: IP addresses that may not connect
//! - [`origins`]: web origins that may connect
//! - [`page`]: the headers and files of the players' page
//! - [`mod@stuck`]: games that an operator must end

pub mod blocked;
pub mod log_metrics;
pub mod names;
pub mod origins;
pub mod page;
pub mod stack;
pub mod stuck;

pub use self::blocked::BlockedCidrs;
pub use self::origins::AllowedOrigins;
pub use self::stuck::{STUCK_AFTER_MS, Stuck, stuck};
