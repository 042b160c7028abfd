//! What operators read, in plain English. What players read is in `rps_game::words`.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use rps_contract::Stuck;
use rps_game::{Game, GameId, Position};

/// Where a connection is, in one word.
pub(crate) fn place_name(place: &Position) -> &'static str {
    match place {
        Position::Idle => "idle",
        Position::Joining => "joining",
        Position::Waiting(_) => "waiting",
        Position::Playing(..) => "playing",
    }
}

/// The game that a connection plays in, or waits for.
pub(crate) fn place_game(place: &Position) -> Option<&GameId> {
    match place {
        Position::Idle | Position::Joining => None,
        Position::Waiting(waiting) => Some(&waiting.game),
        Position::Playing(game, _) => Some(&game.id),
    }
}

/// The protocol's own word for one of its codes, reasons or outcomes.
pub(crate) fn of_the_protocol(code: impl serde::Serialize) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        other => format!("{other:?}"),
    }
}

/// A time in few characters, and in the unit that says enough.
pub(crate) fn time_span(ms: u64) -> String {
    match ms.div_ceil(1000) {
        s @ ..120 => format!("{s} s"),
        s @ 120..7200 => format!("{} min", s / 60),
        s @ 7200..172_800 => format!("{} h", s / 3600),
        s => format!("{} days", s / 86_400),
    }
}

/// Which round a game is in, and when that is decided.
pub(crate) fn progress(game: &Game, now_ms: u64) -> String {
    let decided = decided(game, now_ms);
    format!(
        "round {} of {}, {decided}",
        game.round,
        game.rules.max_rounds()
    )
}

/// When a game's round is decided, and what is wrong if it is not.
pub(crate) fn decided(game: &Game, now_ms: u64) -> String {
    let late = game.overdue_ms(now_ms);
    let when = match (late, game.closed) {
        (0, None) => format!("in {}", time_span(game.deadline_ms.saturating_sub(now_ms))),
        (0, Some(_)) => "closed".to_owned(),
        (late, _) => format!("overdue {}", time_span(late)),
    };
    match rps_contract::stuck(game, now_ms) {
        None => when,
        Some(Stuck::PastTime) => format!("stuck, {when}"),
        Some(Stuck::PastRounds) => "stuck, past its rounds".to_owned(),
    }
}

/// So many things, of which one is named.
pub(crate) fn count(count: impl TryInto<u64>, one: &str) -> String {
    match count.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}

/// A number with a comma after each three digits before the point.
pub(crate) fn grouped(number: &impl ToString) -> String {
    let number = number.to_string();
    let (whole, rest) = match number.split_once('.') {
        Some((whole, rest)) => (whole, format!(".{rest}")),
        None => (&*number, String::new()),
    };
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + &rest
}

/// Text from others, so that it does nothing to a terminal: at most so many characters, and "…" if there are more.
pub(crate) fn escaped(text: &str, most: usize) -> String {
    let mut chars = text.chars().flat_map(char::escape_debug);
    let mut shown: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

/// A time, in milliseconds since 1970, as RFC 3339 has it; none if no date can say it.
pub(crate) fn rfc_3339(ms: u64) -> Option<String> {
    let time = DateTime::from_millis(i64::try_from(ms).ok()?);
    time.fmt(Format::DateTime).ok()
}

#[cfg(test)]
mod tests {
    use rps_game::{Closed, ErrorCode, Game, Rules};

    use super::{count, decided, escaped, grouped, of_the_protocol, rfc_3339, time_span};

    #[test]
    fn small_words() {
        assert_eq!(of_the_protocol(ErrorCode::TryAgain), "try-again");
        for (ms, words) in [
            (0, "0 s"),
            (1, "1 s"),
            (119_000, "119 s"),
            (120_000, "2 min"),
            (7_199_000, "119 min"),
            (7_200_000, "2 h"),
            (172_800_000, "2 days"),
        ] {
            assert_eq!(time_span(ms), words);
        }
    }

    #[test]
    fn when_a_round_is_decided() {
        let now = 1_700_000_000_123;
        let players = ["x".into(), "y".into()];
        let (game, _) = Game::start("g".into(), players, Rules::default(), now - 5000);
        let by_clock = Some(Closed::ByClock);
        let table = [
            (None, 1, now - 2100, "in 3 s"),
            (None, 1, now, "in 0 s"),
            (None, 1, now + 2100, "overdue 3 s"),
            (None, 1, now + 120_000, "overdue 2 min"),
            (None, 1, now + 120_001, "stuck, overdue 2 min"),
            (None, 6, now - 2100, "stuck, past its rounds"),
            (by_clock, 1, now - 1, "closed"),
            (by_clock, 1, now + 60_000, "overdue 60 s"),
        ];
        for (closed, round, now_ms, words) in table {
            let game = Game {
                closed,
                round,
                ..game.clone()
            };
            assert_eq!(decided(&game, now_ms), words);
        }
    }

    #[test]
    fn one_and_more() {
        assert_eq!(count(1_usize, "message"), "1 message");
        assert_eq!(count(0_u64, "message"), "0 messages");
        assert_eq!(count(2_u32, "dead letter"), "2 dead letters");
    }

    #[test]
    fn digits_in_threes() {
        for (number, words) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("1234567.8901", "1,234,567.8901"),
            ("0.0000133334", "0.0000133334"),
        ] {
            assert_eq!(grouped(&number), words);
        }
    }

    #[test]
    fn what_others_wrote_does_nothing() {
        for (text, shown) in [
            ("", ""),
            ("plain é", "plain é"),
            ("\u{1b}[31m\n", "\\u{1b}[31m\\n"),
            ("\u{202e}", "\\u{202e}"),
            ("0123456789abcde", "0123456789abcde"),
            ("0123456789abcdef", "0123456789abcd…"),
        ] {
            assert_eq!(escaped(text, 15), shown);
        }
    }

    #[test]
    fn what_is_no_time() {
        assert_eq!(
            rfc_3339(1_700_000_000_123).as_deref(),
            Some("2023-11-14T22:13:20.123Z")
        );
        for ms in [u64::MAX, i64::MAX.unsigned_abs()] {
            assert_eq!(rfc_3339(ms), None);
        }
    }
}
