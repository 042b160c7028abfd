//! What the functions, the infrastructure, the local AWS and rpsctl must agree on.
//!
//! - [`names`]: functions, routes, environment variables, keys, timeouts
//! - [`stack`]: one deployment of the game, and how its parts are found by its name
//! - [`log_metrics`]: the numbers that CloudWatch takes out of the functions' log lines
//! - [`origins`]: who may connect from a browser
//! - [`page`]: the headers and files of the players' page
//! - [`mod@stuck`]: games that do not end by themselves

pub mod log_metrics;
pub mod names;
pub mod origins;
pub mod page;
pub mod stack;
pub mod stuck;

pub use self::origins::AllowedOrigins;
pub use self::stuck::{Stuck, stuck};
