//! The texts for players, shared by `rpsctl play` and the players' page.
//!
//! The page imports them from `pulumi/site/words.js`. A test compares that file with this one, and
//! rewrites it with `UPDATE_EXPECT=1`. [`fill`] replaces words in braces.

use crate::{ErrorCode, Outcome, Play, Reason};

/// Declares a constant for each text, and the list of all texts.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        $($(#[$doc])* pub const $name: &str = $text;)+

        /// All constants, by name.
        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),+];
    };
}

texts! {
    START = "Two players, one throw. Ready?";
    CONNECTING = "Connecting.";
    /// The client is connected, and the server has not answered yet.
    JOINING = "Joining.";
    WAITING = "Waiting for an opponent.";
    INVITE = "The next player plays against you.";
    /// The page or terminal offers the bot to a player who waits.
    OFFER_BOT = "Nobody is here yet. Play the bot, or keep waiting.";
    WAITING_FRIEND = "Waiting for your friend.";
    SEND_LINK = "Send your friend this link.";
    NO_FRIEND = "Your friend has not come yet. Play the bot, or keep waiting.";
    WAITING_REMATCH = "Waiting for the same opponent.";
    NO_REMATCH = "The opponent has not asked for a rematch yet.";
    OPPONENT = "An opponent! {time} to play.";
    AGAINST_BOT = "You play the bot. {time} to play.";
    /// The player has not played, and the time is nearly up.
    HURRY = "{time} left.";
    DRAWN = "Round {round}: {play} twice, a draw.";
    NEXT_ROUND = "Round {round}: {time} to play.";
    YOU_PLAY = "You play {play}.";
    /// The server has confirmed the play.
    LOCKED = "Locked in. Both hands show when the time is up.";
    /// The rules end a round early.
    LOCKED_EARLY = "Locked in. Both hands show once both have played.";
    /// The round's time is up, and the result has not arrived yet.
    TIME_UP = "The time is up.";
    /// The result is late.
    LATE = "This takes longer than usual. The game still ends by itself.";
    ENDING = "{outcome}: {reason}.";
    /// The reason of a draw in the last round.
    TWICE = "{play} twice in the last round";
    /// Stands for the play of a player who did not play.
    NOTHING = "nothing";
    SECOND = "1 second";
    SECONDS = "{count} seconds";
    /// The player leaves without a running game.
    LEFT = "You left.";
    LEFT_GAME = "You left, and the game goes to your opponent.";
    LOST = "The connection is lost.";
    /// The connection is lost in a running game.
    RESUMING = "Connection lost, reconnecting to your game.";
    RESUMED = "You are back in your game.";
    /// The player reconnects after the end of its game, and nobody tells it the result.
    GONE = "Your game ended while you were away.";
    NOT_IN_TIME = "Your {play} did not arrive in time.";
    /// Another connection has the player's seat.
    REPLACED = "Your game continues in another tab or terminal.";
    NOT_REACHED = "The game cannot be reached.";
    /// The operator accepts no players for now.
    CLOSED = "The game is closed for now. Try again later.";
    SILENT = "The server does not answer.";
    RETRY = "Trying again in {time}.";
    OFFLINE = "This device is offline. The page reconnects when the network is back.";
    /// The browser suspended the page while the player waited, for example on a closed laptop.
    SLEPT = "This page was asleep, so it joins again.";
    /// After two hours nobody is likely to sit at the page.
    WAITED = "Two hours without a game, so this page stopped waiting.";
    ELSEWHERE = "You are already playing in another tab.";
    MOVED = "You moved to another tab.";
    NO_CONFIG = "This page cannot find the game: its config.json is missing or broken.";
    /// The frame does not follow the protocol.
    UNREADABLE = "The server sent something unreadable; it was ignored.";
    PLAY = "Play";
    AGAIN = "Play again";
    NOW = "Try now";
    LEAVE = "Leave";
    /// Asks before the player leaves a running game.
    FORFEIT = "Leave and lose?";
    FRIEND = "Play a friend";
    REMATCH = "Rematch";
    BOT = "Play the bot";
    NEW = "New opponent";
    SHARE = "Share";
    COPY = "Copy link";
    COPIED = "Link copied.";
    NOT_SHARED = "Sharing did not work. Select the link and copy it.";
    BAD_ROOM = "This link has no valid room code. Ask your friend for a new one.";
    NO_SOUND = "This browser blocks sound.";
    NO_STORAGE = "This browser stores nothing for this page, so a reload ends a running game.";
    HERE = "Play here instead";
    BOTH = "Play against yourself";
}

pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Won => "You win",
        Outcome::Lost => "You lose",
        Outcome::Drawn => "A draw",
        Outcome::Abandoned => "Nobody wins",
    }
}

/// Why a game ended, without its plays. [`because`] mentions the plays.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Plays => "the plays decided",
        Reason::OpponentDidNotPlay => "the opponent did not play",
        Reason::YouDidNotPlay => "no play in time",
        Reason::NobodyPlayed => "nobody played",
        Reason::OpponentLeft => "the opponent left",
        Reason::DrawLimit => "the last round was drawn",
        Reason::EndedByOperator => "an operator ended it",
    }
}

/// The sentence for a round that `winner` decides.
pub fn beats(winner: Play) -> &'static str {
    match winner {
        Play::Rock => "rock beats scissors",
        Play::Paper => "paper beats rock",
        Play::Scissors => "scissors cut paper",
    }
}

/// Explains an error to a player. The client, not the player, wrote the refused message,
/// so a text never tells the player to correct it.
pub fn refusal(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::BadRequest | ErrorCode::UnknownAction => {
            "This client is too old. Reload or update it."
        }
        ErrorCode::NotInAGame => "You are not in a game.",
        ErrorCode::AlreadyWaiting => WAITING,
        ErrorCode::AlreadyInAGame => "You are in a game already.",
        ErrorCode::AlreadyPlayed => "Your play in this round is final.",
        ErrorCode::TooLate => "Too late: that round is over.",
        ErrorCode::TryAgain => "That did not work; trying again.",
    }
}

/// Why a game ended. Both players read the same text.
pub fn because(why: Reason, you: Option<Play>, opponent: Option<Play>) -> String {
    match (why, you, opponent) {
        (Reason::Plays, Some(one), Some(other)) => {
            beats(if one.beats(other) { one } else { other }).to_owned()
        }
        (Reason::DrawLimit, Some(play), _) => fill(TWICE, &[("play", &play)]),
        _ => reason(why).to_owned(),
    }
}

/// How a game ended and why.
pub fn ending(how: Outcome, why: Reason, you: Option<Play>, opponent: Option<Play>) -> String {
    let reason = because(why, you, opponent);
    fill(ENDING, &[("outcome", &outcome(how)), ("reason", &reason)])
}

/// A time in words, rounded up to seconds.
pub fn seconds(ms: u64) -> String {
    match ms.div_ceil(1000) {
        1 => SECOND.to_owned(),
        count => fill(SECONDS, &[("count", &count)]),
    }
}

/// Replaces the words in braces by their values.
pub fn fill(text: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), &value.to_string())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use Play::{Paper, Rock, Scissors};
    use serde::Serialize;
    use serde_json::{Value, json};
    use strum::VariantArray;

    use super::*;

    /// Maps the protocol's words to their texts.
    fn by_word<T: Copy + Serialize>(all: &[T], text: fn(T) -> &'static str) -> Value {
        let pair = |one: &T| {
            let word = serde_json::to_value(one).expect("a word");
            (word.as_str().expect("a word").to_owned(), text(*one).into())
        };
        Value::Object(all.iter().map(pair).collect())
    }

    #[test]
    fn the_page_has_the_same_texts() {
        let maps = [
            ("outcome", by_word(Outcome::VARIANTS, outcome)),
            ("reason", by_word(Reason::VARIANTS, reason)),
            ("beats", by_word(&Play::ALL, beats)),
            ("refusal", by_word(ErrorCode::VARIANTS, refusal)),
        ];
        let texts = ALL
            .iter()
            .map(|(name, text)| (name.to_lowercase(), json!(text)));
        let maps = maps.map(|(name, map)| (name.to_owned(), map));
        let table: Vec<_> = texts.chain(maps).collect();
        let names: BTreeSet<_> = table.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), table.len(), "a duplicate name");
        let lines = table
            .iter()
            .map(|(name, value)| format!("{name}: {value},\n"));
        let file = format!(
            "// Generated from words.rs.\nexport default {{\n{}}};\n",
            lines.collect::<String>()
        );
        expect_test::expect_file!["../../../pulumi/site/words.js"].assert_eq(&file);
    }

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
        let drawn = because(Reason::DrawLimit, Some(Paper), Some(Paper));
        assert_eq!(drawn, "paper twice in the last round");
    }

    #[test]
    fn an_ending_is_a_sentence() {
        let left = ending(Outcome::Won, Reason::OpponentLeft, Some(Rock), None);
        assert_eq!(left, "You win: the opponent left.");
    }

    #[test]
    fn seconds_in_words() {
        for (ms, words) in [(1, "1 second"), (1000, "1 second"), (4001, "5 seconds")] {
            assert_eq!(seconds(ms), words);
        }
    }

    #[test]
    fn fill_replaces_words_in_braces() {
        let drawn = fill(DRAWN, &[("round", &2), ("play", &Rock)]);
        assert_eq!(drawn, "Round 2: rock twice, a draw.");
        assert_eq!(fill("{a}{b}", &[("a", &1)]), "1{b}");
    }
}
