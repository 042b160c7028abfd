//! Compares this machine's clock with the date of an AWS response.

use super::finding::CheckResult;
use crate::aws::CallTimes;
use crate::exit::{Exit, Failure};
use crate::words::time_span;

/// With a larger difference, rpsctl would show wrong ages and overdue times.
const MAX_DIFFERENCE_MS: u64 = 5000;

/// Compares the clocks. AWS wrote the response between sending and receiving, within the second of its date. A
/// difference that this interval explains counts as none.
pub(super) fn compare(times: CallTimes) -> Result<CheckResult, Failure> {
    let Some(date_ms) = times.date_ms else {
        let message =
            "cannot compare the clocks: the AWS response has no date; check the endpoint URL";
        return Err(Failure::new(Exit::Unexpected, message));
    };
    let behind_ms = date_ms.saturating_sub(times.received_ms);
    let ahead_ms = times.sent_ms.saturating_sub(date_ms + 999);
    let (off_ms, direction) = match (behind_ms, ahead_ms) {
        (0, 0) => return Ok(CheckResult::ok("this machine's clock agrees with AWS's")),
        (0, ahead_ms) => (ahead_ms, "ahead of"),
        (behind_ms, _) => (behind_ms, "behind"),
    };
    let text = format!(
        "this machine's clock is {} {direction} AWS's",
        time_span(off_ms)
    );
    if off_ms <= MAX_DIFFERENCE_MS {
        return Ok(CheckResult::ok(text));
    }
    let text = format!("{text}, so ages and overdue times are wrong by as much");
    Ok(CheckResult::wrong(
        text,
        "synchronize this machine's clock, for example with `timedatectl set-ntp true`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::{CheckState, Finding};

    #[test]
    fn only_an_unexplained_difference_counts() {
        let date_ms = 1_700_000_000_000;
        let table = [
            (0, 0, CheckState::Ok, "agrees with AWS's"),
            (999, 999, CheckState::Ok, "agrees with AWS's"),
            // A slow response.
            (-9000, 500, CheckState::Ok, "agrees with AWS's"),
            (500, 9000, CheckState::Ok, "agrees with AWS's"),
            (-3000, -3000, CheckState::Ok, "3 s behind AWS's"),
            (5999, 6000, CheckState::Ok, "5 s ahead of AWS's"),
            (6000, 6000, CheckState::Wrong, "6 s ahead of AWS's"),
            (-5002, -5001, CheckState::Wrong, "6 s behind AWS's"),
            (
                3_601_000,
                3_601_000,
                CheckState::Wrong,
                "60 min ahead of AWS's",
            ),
        ];
        for (sent, received, state, words) in table {
            let local = |offset| u64::saturating_add_signed(date_ms, offset);
            let times = CallTimes {
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
    fn a_response_without_a_date_is_unknown() {
        let finding = Finding::new("clock", compare(CallTimes::default()));
        assert_eq!(finding.state, CheckState::Unknown);
    }
}
