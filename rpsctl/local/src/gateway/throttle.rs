//! The stage's throttle: one token bucket per route, which all clients share (source: "Protect your WebSocket APIs in
//! API Gateway", API Gateway developer guide).

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use rps_contract::names::{ROUTES, Route, route_limit};
use tokio::time::Instant;

use crate::lock;
use crate::options::Throttle;

/// The buckets by route key; empty without a throttle.
#[derive(Default)]
pub(super) struct Buckets(HashMap<&'static str, Bucket>);

struct Bucket {
    /// The time in which the bucket gets one token.
    interval: Duration,
    /// The time in which an empty bucket becomes full.
    fill_time: Duration,
    full_at: Mutex<Instant>,
}

impl Buckets {
    pub(super) fn new(throttle: Throttle) -> Self {
        let bucket = |route: &Route| (route.key, Bucket::new(throttle, route));
        Self(ROUTES.iter().map(bucket).collect())
    }

    /// Takes a token of the route's bucket. Returns false if the bucket is empty.
    pub(super) fn take(&self, route: &Route) -> bool {
        self.0.get(route.key).is_none_or(Bucket::take)
    }
}

impl Bucket {
    fn new(throttle: Throttle, route: &Route) -> Self {
        let share = |limit: u32| route_limit(route.key, limit.max(1));
        let interval = Duration::from_secs(1) / share(throttle.rate_limit);
        Self {
            interval,
            fill_time: interval * share(throttle.burst_limit),
            full_at: Mutex::new(Instant::now()),
        }
    }

    fn take(&self) -> bool {
        let now = Instant::now();
        let mut full_at = lock(&self.full_at);
        let later = now.max(*full_at) + self.interval;
        let has_token = later - now <= self.fill_time;
        if has_token {
            *full_at = later;
        }
        has_token
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_bucket_holds_the_burst_and_refills_at_the_rate() {
        let buckets = Buckets::new(Throttle {
            rate_limit: 34,
            burst_limit: 11,
        });
        for (pause_ms, tokens) in [(0, 3), (0, 0), (99, 0), (1, 1), (200, 2), (60_000, 3)] {
            advance(Duration::from_millis(pause_ms)).await;
            let thirds = ["$connect", "join-game", "receive-play"];
            for route in ROUTES.iter().filter(|route| thirds.contains(&route.key)) {
                let taken = (0..10).filter(|_| buckets.take(route)).count();
                assert_eq!(taken, tokens, "{} after {pause_ms} ms", route.key);
            }
        }
    }

    #[test]
    fn without_a_throttle_every_request_passes() {
        let buckets = Buckets::default();
        assert!((0..100_000).all(|_| buckets.take(&ROUTES[0])));
    }
}
