//! Texts for operators. `rps_game::words` has the texts for players.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use rps_contract::Stuck;
use rps_game::{Game, GameId, Position, Room};

/// The state of a connection, in one word.
pub(crate) fn position_name(position: &Position) -> &'static str {
    match position {
        Position::Idle => "idle",
        Position::Joining => "joining",
        Position::Waiting(_) => "waiting",
        Position::Playing(..) => "playing",
    }
}

/// The game that a connection plays or waits for.
pub(crate) fn position_game(position: &Position) -> Option<&GameId> {
    match position {
        Position::Idle | Position::Joining => None,
        Position::Waiting(waiting) => Some(&waiting.game),
        Position::Playing(game, _) => Some(&game.id),
    }
}

/// The room in which a connection plays or waits.
pub(crate) fn position_room(position: &Position) -> Option<&Room> {
    match position {
        Position::Idle | Position::Joining => None,
        Position::Waiting(waiting) => waiting.room.as_ref(),
        Position::Playing(game, _) => game.room.as_ref(),
    }
}

/// The name of a code, reason or outcome in the players' protocol.
pub(crate) fn wire_name(code: impl serde::Serialize) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        other => format!("{other:?}"),
    }
}

/// A duration in a short form, with one unit.
pub(crate) fn time_span(ms: u64) -> String {
    match ms.div_ceil(1000) {
        s @ ..120 => format!("{s} s"),
        s @ 120..7200 => format!("{} min", s / 60),
        s @ 7200..172_800 => format!("{} h", s / 3600),
        s => format!("{} days", s / 86_400),
    }
}

/// What keeps a game from its end. While the mapping is paused, no round timer is delivered, so a late game need not be
/// stuck.
#[derive(Debug, Clone, Copy)]
pub(crate) enum GameState {
    Running,
    Late,
    Paused,
    Stuck(Stuck),
}

impl GameState {
    pub(crate) fn of(game: &Game, is_paused: bool, now_ms: u64) -> Self {
        match rps_contract::stuck(game, now_ms) {
            Some(Stuck::PastTime) | None if is_paused => Self::Paused,
            Some(why) => Self::Stuck(why),
            None if game.overdue_ms(now_ms) > 0 => Self::Late,
            None => Self::Running,
        }
    }

    /// The state in one word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Late => "late",
            Self::Paused => "paused",
            Self::Stuck(_) => "stuck",
        }
    }
}

/// The round of a game, and when it is decided.
pub(crate) fn progress(game: &Game, is_paused: bool, now_ms: u64) -> String {
    let deadline = deadline(game, is_paused, now_ms);
    format!(
        "round {} of {}, {deadline}",
        game.round,
        game.rules.max_rounds()
    )
}

/// When a game's round is decided, and whether the game is overdue, paused or stuck.
pub(crate) fn deadline(game: &Game, is_paused: bool, now_ms: u64) -> String {
    let overdue_ms = game.overdue_ms(now_ms);
    let when = match (overdue_ms, game.closed) {
        (0, None) => format!("in {}", time_span(game.deadline_ms.saturating_sub(now_ms))),
        (0, Some(_)) => "closed".to_owned(),
        (overdue_ms, _) => format!("overdue {}", time_span(overdue_ms)),
    };
    match GameState::of(game, is_paused, now_ms) {
        GameState::Stuck(Stuck::PastRounds) => "stuck, past its last round".to_owned(),
        GameState::Paused if overdue_ms == 0 => "paused".to_owned(),
        state @ (GameState::Paused | GameState::Stuck(_)) => format!("{}, {when}", state.name()),
        GameState::Running | GameState::Late => when,
    }
}

/// A number, with its digits grouped, and its noun, in the singular or plural.
pub(crate) fn count(count: impl TryInto<u64>, noun: &str) -> String {
    match count.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {noun}"),
        count => format!("{} {noun}s", grouped(&count)),
    }
}

/// A number with commas between groups of three digits.
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

/// Foreign text without control characters, so that it cannot change the terminal. A text of more than `most`
/// characters is cut and ends with "…".
pub(crate) fn escaped(text: &str, most: usize) -> String {
    let mut chars = text.chars().flat_map(char::escape_debug);
    let mut shown: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

/// Formats milliseconds since 1970 as RFC 3339. None if the time is out of range.
pub(crate) fn rfc_3339(ms: u64) -> Option<String> {
    let time = DateTime::from_millis(i64::try_from(ms).ok()?);
    time.fmt(Format::DateTime).ok()
}

#[cfg(test)]
mod tests {
    use rps_game::{CloseReason, ErrorCode, Game, Rules};

    use super::{GameState, count, deadline, escaped, grouped, rfc_3339, time_span, wire_name};

    #[test]
    fn durations_and_wire_names() {
        assert_eq!(wire_name(ErrorCode::TryAgain), "try-again");
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
    fn the_deadline_of_a_round() {
        let now = 1_700_000_000_123;
        let players = ["x".into(), "y".into()];
        let game = Game::start("g".into(), players, Rules::default(), now - 5000);
        let by_clock = Some(CloseReason::ByClock);
        let past_rounds = "stuck, past its last round";
        let table = [
            (None, 1, now - 2100, "in 3 s", "running"),
            (None, 1, now, "in 0 s", "running"),
            (None, 1, now + 2100, "overdue 3 s", "late"),
            (None, 1, now + 120_000, "overdue 2 min", "late"),
            (None, 1, now + 120_001, "stuck, overdue 2 min", "stuck"),
            (None, 6, now - 2100, past_rounds, "stuck"),
            (by_clock, 1, now - 1, "closed", "running"),
            (by_clock, 1, now + 60_000, "overdue 60 s", "late"),
        ];
        for (closed, round, now_ms, words, state) in table {
            let game = Game {
                closed,
                round,
                ..game.clone()
            };
            assert_eq!(deadline(&game, false, now_ms), words);
            assert_eq!(GameState::of(&game, false, now_ms).name(), state);
            let (words, state) = match words.rsplit_once("overdue") {
                _ if words == past_rounds => (words.to_owned(), state),
                Some((_, time)) => (format!("paused, overdue{time}"), "paused"),
                None => ("paused".to_owned(), "paused"),
            };
            assert_eq!(deadline(&game, true, now_ms), words);
            assert_eq!(GameState::of(&game, true, now_ms).name(), state);
        }
    }

    #[test]
    fn a_count_has_a_singular_and_a_plural() {
        assert_eq!(count(1_usize, "message"), "1 message");
        assert_eq!(count(0_u64, "message"), "0 messages");
        assert_eq!(count(2000_u32, "dead letter"), "2,000 dead letters");
    }

    #[test]
    fn digits_are_grouped_by_three() {
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
    fn foreign_text_cannot_change_the_terminal() {
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
    fn a_time_out_of_range_is_none() {
        assert_eq!(
            rfc_3339(1_700_000_000_123).as_deref(),
            Some("2023-11-14T22:13:20.123Z")
        );
        for ms in [u64::MAX, i64::MAX.unsigned_abs()] {
            assert_eq!(rfc_3339(ms), None);
        }
    }
}
