//! Metrics that CloudWatch extracts from the functions' log lines (metric filters).
//!
//! AWS has no metric of its own for these numbers. A function that sent them itself would add a call
//! to the player's request.

use crate::names::Function;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogMetric {
    pub name: &'static str,
    /// The log message that the metric filter matches.
    pub line: &'static str,
    pub functions: &'static [Function],
    /// The log field with the metric's value. `None`: each line counts as 1.
    pub field: Option<&'static str>,
}

/// Finished games of two players. After a crash a game may count twice, because its players may be notified twice.
pub const GAMES: LogMetric = LogMetric {
    name: "Games",
    line: "game over",
    functions: &[Function::Decide, Function::Connection],
    field: None,
};

/// Finished games against the house, which are not among [`GAMES`].
pub const BOT_GAMES: LogMetric = LogMetric {
    name: "BotGames",
    line: "game against the house over",
    functions: &[Function::Decide, Function::Connection],
    field: None,
};

/// Minutes of closed connections. AWS bills connection minutes, but has no metric for them.
pub const CONNECTION_MINUTES: LogMetric = LogMetric {
    name: "ConnectionMinutes",
    line: "connection closed",
    functions: &[Function::Connection],
    field: Some("minutes"),
};

/// AWS includes ten custom metrics for free.
pub const ALL: [LogMetric; 3] = [GAMES, BOT_GAMES, CONNECTION_MINUTES];

/// Rounds up to whole minutes, because AWS documents no finer unit.
pub fn connection_minutes(connected_at_ms: u64, closed_at_ms: u64) -> u64 {
    closed_at_ms
        .saturating_sub(connected_at_ms)
        .div_ceil(60_000)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::connection_minutes;

    #[test]
    fn connection_minutes_round_up() {
        let table = [(0, 1), (1, 1), (60_000, 1), (60_001, 2), (7_200_000, 120)];
        for (open_ms, minutes) in table {
            assert_eq!(connection_minutes(5, 5 + open_ms), minutes, "{open_ms}");
        }
        // The clocks of AWS may disagree.
        assert_eq!(connection_minutes(5, 4), 1);
    }
}
