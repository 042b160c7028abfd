//! Time and randomness. The service uses no other source, so tests control both.

use std::future::Future;
use std::time::Duration;

pub trait Clock {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> u64;

    fn sleep(&self, pause: Duration) -> impl Future<Output = ()>;
}

pub trait Random {
    fn number(&self) -> u64;

    /// A globally unique string of letters and digits.
    fn unique(&self) -> String;
}
