//! What the game's messages are in plain English.

use rps_core::{Outcome, Play, Reason};

/// Why a game ended, in words that fit both players.
pub(crate) fn because(reason: Reason, you: Option<Play>, opponent: Option<Play>) -> String {
    let fixed = match (reason, you, opponent) {
        (Reason::Plays, Some(one), Some(other)) => {
            let (winner, loser) = if one.beats(other) {
                (one, other)
            } else {
                (other, one)
            };
            let verb = if winner == Play::Scissors {
                "cut"
            } else {
                "beats"
            };
            return format!("{winner} {verb} {loser}");
        }
        (Reason::DrawLimit, Some(play), _) => return format!("{play} twice in the last round"),
        (Reason::Plays, ..) => "the plays say so",
        (Reason::OpponentDidNotPlay, ..) => "the opponent did not play",
        (Reason::YouDidNotPlay, ..) => "no play in time",
        (Reason::NobodyPlayed, ..) => "nobody played",
        (Reason::OpponentLeft, ..) => "the opponent left",
        (Reason::DrawLimit, ..) => "the last round was drawn",
        (Reason::EndedByOperator, ..) => "an operator ended it",
    };
    fixed.to_owned()
}

/// How a game ended, for "You …".
pub(crate) fn you_verb(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Won => "You win",
        Outcome::Lost => "You lose",
        Outcome::Drawn => "A draw",
        Outcome::Abandoned => "Nobody wins",
    }
}

/// How a game ended, for "bot 1 …".
pub(crate) fn they_verb(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Won => "wins",
        Outcome::Lost => "loses",
        Outcome::Drawn => "draws",
        Outcome::Abandoned => "does not win",
    }
}

/// The protocol's own word for one of its codes, reasons or outcomes.
pub(crate) fn of_the_protocol(code: impl serde::Serialize) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        other => format!("{other:?}"),
    }
}

/// A number of seconds as people say it.
pub(crate) fn seconds(ms: u64) -> String {
    let s = ms.div_ceil(1000);
    if s == 1 {
        "1 second".to_owned()
    } else {
        format!("{s} seconds")
    }
}

/// A time in few characters, and in the unit that says enough.
pub(crate) fn time_span(ms: u64) -> String {
    match ms.div_ceil(1000) {
        s @ ..120 => format!("{s} s"),
        s @ 120..7200 => format!("{} min", s / 60),
        s => format!("{} h", s / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::{because, of_the_protocol, seconds, time_span};
    use rps_core::Play::{Paper, Rock, Scissors};
    use rps_core::{ErrorCode, Reason};

    #[test]
    fn both_players_read_the_same_reason() {
        let table = [
            (Rock, Scissors, "rock beats scissors"),
            (Paper, Rock, "paper beats rock"),
            (Scissors, Paper, "scissors cut paper"),
        ];
        for (winner, loser, words) in table {
            assert_eq!(because(Reason::Plays, Some(winner), Some(loser)), words);
            assert_eq!(because(Reason::Plays, Some(loser), Some(winner)), words);
        }
    }

    #[test]
    fn small_words() {
        assert_eq!(seconds(1000), "1 second");
        assert_eq!(seconds(5000), "5 seconds");
        assert_eq!(of_the_protocol(ErrorCode::TryAgain), "try-again");
        for (ms, words) in [
            (0, "0 s"),
            (1, "1 s"),
            (119_000, "119 s"),
            (120_000, "2 min"),
            (7_199_000, "119 min"),
            (7_200_000, "2 h"),
        ] {
            assert_eq!(time_span(ms), words);
        }
    }
}
