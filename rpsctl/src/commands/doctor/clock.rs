//! This machine's clock, compared with the date of an answer of AWS.

use super::finding::Found;
use crate::aws::Times;
use crate::exit::{Exit, Failure};
use crate::words::time_span;

/// A clock that is further off shows games as overdue, or as going on, that are not.
const TOLERATED_MS: u64 = 5000;

/// Compares the clocks. The answer was written between sending and receiving, and in the second of its date: what
/// a moment there explains is no difference.
pub(super) fn compare(times: Times) -> Result<Found, Failure> {
    let Some(date_ms) = times.date_ms else {
        let message = "what answers does not say which time it has";
        return Err(Failure::new(Exit::Unexpected, message));
    };
    let behind_ms = date_ms.saturating_sub(times.received_ms);
    let ahead_ms = times.sent_ms.saturating_sub(date_ms + 999);
    let (off_ms, way) = match (behind_ms, ahead_ms) {
        (0, 0) => return Ok(Found::fine("this machine's clock agrees with AWS's")),
        (0, ahead_ms) => (ahead_ms, "ahead of"),
        (behind_ms, _) => (behind_ms, "behind"),
    };
    let text = format!("this machine's clock is {} {way} AWS's", time_span(off_ms));
    if off_ms <= TOLERATED_MS {
        return Ok(Found::fine(text));
    }
    let text = format!("{text}: ages and overdue times shown here are wrong by as much");
    Ok(Found::wrong(text, "let NTP set this machine's clock"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::{Finding, State};

    #[test]
    fn only_what_no_moment_explains_is_a_difference() {
        let date_ms = 1_700_000_000_000;
        let table = [
            (0, 0, State::Ok, "agrees with AWS's"),
            (999, 999, State::Ok, "agrees with AWS's"),
            // A slow answer.
            (-9000, 500, State::Ok, "agrees with AWS's"),
            (500, 9000, State::Ok, "agrees with AWS's"),
            (-3000, -3000, State::Ok, "3 s behind AWS's"),
            (5999, 6000, State::Ok, "5 s ahead of AWS's"),
            (6000, 6000, State::Wrong, "6 s ahead of AWS's"),
            (-5002, -5001, State::Wrong, "6 s behind AWS's"),
            (3_601_000, 3_601_000, State::Wrong, "60 min ahead of AWS's"),
        ];
        for (sent, received, state, words) in table {
            let local = |offset| u64::saturating_add_signed(date_ms, offset);
            let times = Times {
                sent_ms: local(sent),
                received_ms: local(received),
                date_ms: Some(date_ms),
            };
            let finding = Finding::new("clock", compare(times));
            assert_eq!(finding.state, state, "{sent} {received} {finding:?}");
            assert!(finding.found.contains(words), "{words} {finding:?}");
        }
    }

    #[test]
    fn no_date_is_no_answer() {
        let finding = Finding::new("clock", compare(Times::default()));
        assert_eq!(finding.state, State::Unknown);
    }
}
