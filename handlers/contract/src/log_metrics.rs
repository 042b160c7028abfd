//! The numbers that only the game knows, and that CloudWatch takes out of lines which the functions log
//! anyway (metric filters).
//!
//! A number that a function sent itself would be one more call on a player's way.

use crate::names::Function;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogMetric {
    pub name: &'static str,
    /// The message of the lines.
    pub line: &'static str,
    pub functions: &'static [Function],
    /// The field of the line that is the value; without one each line counts as 1.
    pub field: Option<&'static str>,
}

/// Games that are over. After a crash one may be counted twice, as its players may be told twice.
pub const GAMES: LogMetric = LogMetric {
    name: "Games",
    line: "game over",
    functions: &[Function::Decide, Function::Connection],
    field: None,
};

/// Minutes that connections were open, told when they close: AWS bills them, and has no metric.
pub const CONNECTION_MINUTES: LogMetric = LogMetric {
    name: "ConnectionMinutes",
    line: "connection closed",
    functions: &[Function::Connection],
    field: Some("minutes"),
};

/// All of them. Ten metrics of one's own are always free.
pub const ALL: [LogMetric; 2] = [GAMES, CONNECTION_MINUTES];

/// The minutes of a connection: each that was begun, because AWS does not say that it bills less.
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
    fn each_minute_that_was_begun_counts() {
        let table = [(0, 1), (1, 1), (60_000, 1), (60_001, 2), (7_200_000, 120)];
        for (open_ms, minutes) in table {
            assert_eq!(connection_minutes(5, 5 + open_ms), minutes, "{open_ms}");
        }
        // Clocks of AWS may disagree.
        assert_eq!(connection_minutes(5, 4), 1);
    }
}
