//! Time and chance, which the service takes from nowhere else: so a test decides both.

use std::future::Future;
use std::time::Duration;

pub trait Clock {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> u64;

    fn sleep(&self, pause: Duration) -> impl Future<Output = ()>;
}

pub trait Random {
    fn number(&self) -> u64;

    /// A string that is in no other id, of letters and digits.
    fn unique(&self) -> String;
}
