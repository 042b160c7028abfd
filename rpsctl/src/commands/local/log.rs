//! The log of `rpsctl local`: the actions of the bots and the logs of the functions.

use rps_contract::names::Function;
use rps_game::words::{because, seconds};
use rps_game::{Outcome, ServerMessage};
use serde_json::Value;
use tokio::time::Instant;

use crate::output::{self, Paint};
use crate::players::bots::BotEvent;
use crate::players::client::PlayerEvent;

/// Writes lines, each with its time and its source.
pub(crate) struct LocalLog {
    start: Instant,
    paint: Paint,
}

impl LocalLog {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            paint: Paint::stderr(),
        }
    }

    pub(crate) fn bot(&self, bot: usize, moment: &BotEvent) {
        if let Some(text) = moment_text(moment) {
            let line = self.line(&format!("bot {bot}"), &text);
            let is_end = matches!(
                moment,
                BotEvent::Player(PlayerEvent::Message(ServerMessage::GameOver { .. }))
            );
            if is_end {
                output::note(self.paint.bold(&line));
            } else {
                output::note(line);
            }
        }
    }

    /// Writes a log line of a function, dimmed so that the bots stand out.
    pub(crate) fn function(&self, function: Function, line: &str) {
        let line = self.line(function.name(), &plain_text(line));
        output::note(self.paint.dim(&line));
    }

    fn line(&self, source: &str, text: &str) -> String {
        let s = self.start.elapsed().as_secs_f64();
        format!("{s:7.1}  {source:<12}  {text}")
    }
}

/// Describes a moment of a bot. Some moments have no text, because the functions log them.
fn moment_text(moment: &BotEvent) -> Option<String> {
    let text = match moment {
        BotEvent::ConnectFailed(error) => format!("cannot play: {error}"),
        BotEvent::Play(play) => format!("plays {play}"),
        BotEvent::Player(PlayerEvent::Message(message)) => message_text(message),
        BotEvent::Player(PlayerEvent::Contradiction(two)) => {
            format!(
                "received contradictory messages: {} {}",
                two.before.to_frame(),
                two.now.to_frame()
            )
        }
        BotEvent::Player(PlayerEvent::Join(_) | PlayerEvent::Lost | PlayerEvent::End(_))
        | BotEvent::Leave => return None,
    };
    Some(text)
}

fn message_text(message: &ServerMessage) -> String {
    match message {
        ServerMessage::Waiting {} => "waits for an opponent".to_owned(),
        ServerMessage::GameStarted { play_within_ms, .. } => {
            format!("has an opponent, and {} to play", seconds(*play_within_ms))
        }
        ServerMessage::GameResumed {
            round,
            play_within_ms,
            ..
        } => {
            let time = seconds(*play_within_ms);
            format!("resumes its game; {time} left for round {round}")
        }
        ServerMessage::PlayReceived { play, .. } => format!("gets {play} confirmed"),
        ServerMessage::RoundDrawn {
            you,
            next_round,
            play_within_ms,
            ..
        } => {
            let time = seconds(*play_within_ms);
            format!("draws the round with {you}; {time} for round {next_round}")
        }
        ServerMessage::GameOver {
            outcome,
            reason,
            you,
            opponent,
            ..
        } => {
            let verb = match outcome {
                Outcome::Won => "wins",
                Outcome::Lost => "loses",
                Outcome::Drawn => "draws",
                Outcome::Abandoned => "does not win",
            };
            format!("{verb}: {}", because(*reason, *you, *opponent))
        }
        ServerMessage::Error { message, .. } => format!("is refused: {message}"),
    }
}

/// A function's JSON line as text: the level unless it is INFO, the message, then the fields.
fn plain_text(line: &str) -> String {
    let Ok(Value::Object(event)) = serde_json::from_str(line) else {
        return line.trim_end().to_owned();
    };
    let Some(Value::Object(fields)) = event.get("fields") else {
        return line.trim_end().to_owned();
    };
    let mut words = Vec::new();
    words.extend(
        event
            .get("level")
            .filter(|level| *level != "INFO")
            .map(text),
    );
    words.extend(fields.get("message").map(text));
    let others = fields.iter().filter(|(name, _)| *name != "message");
    words.extend(others.map(|(name, value)| format!("{name}={}", text(value))));
    words.join(" ")
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{moment_text, plain_text};
    use crate::players::bots::BotEvent;
    use crate::players::client::PlayerEvent;

    #[test]
    fn a_function_line_becomes_text() {
        let table = [
            (
                r#"{"timestamp":"2026-11-22T14:20:43Z","level":"INFO","fields":{"message":"game started","game":"g","round":1},"target":"x"}"#,
                "game started game=g round=1",
            ),
            (
                r#"{"level":"WARN","fields":{"message":"slow"}}"#,
                "WARN slow",
            ),
            (r#"{"level":"INFO"}"#, r#"{"level":"INFO"}"#),
            ("thread 'main' panicked\n", "thread 'main' panicked"),
            ("[1]", "[1]"),
        ];
        for (line, expected) in table {
            assert_eq!(plain_text(line), expected);
        }
    }

    #[test]
    fn a_message_to_a_bot_becomes_text() {
        let table = [
            (r#"{"type":"waiting"}"#, "waits for an opponent"),
            (
                r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":null}"#,
                "has an opponent, and 5 seconds to play",
            ),
            (
                r#"{"type":"round-drawn","game":"g","round":1,"you":"rock","opponent":"rock","next_round":2,"play_within_ms":1000}"#,
                "draws the round with rock; 1 second for round 2",
            ),
            (
                r#"{"type":"game-over","game":"g","rounds":1,"outcome":"lost","reason":"plays","you":"rock","opponent":"paper"}"#,
                "loses: paper beats rock",
            ),
        ];
        for (frame, expected) in table {
            let message = serde_json::from_str(frame).unwrap();
            let words = moment_text(&BotEvent::Player(PlayerEvent::Message(message)));
            assert_eq!(words.as_deref(), Some(expected));
        }
    }
}
