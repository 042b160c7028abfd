//! The lines of `rpsctl local`: what the bots do, and what the functions log.

use rps_contract::names::Function;
use rps_game::words::{because, seconds};
use rps_game::{Outcome, ServerMessage};
use serde_json::Value;
use tokio::time::Instant;

use crate::output::{self, Paint};
use crate::players::bots::Moment;
use crate::players::client::Event;

/// Writes lines, each with its time and its speaker.
pub(crate) struct Lines {
    start: Instant,
    paint: Paint,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            paint: Paint::stderr(),
        }
    }

    pub(crate) fn bot(&self, bot: usize, moment: &Moment) {
        if let Some(told) = tell(moment) {
            let line = self.line(&format!("bot {bot}"), &told);
            let ends = matches!(
                moment,
                Moment::Happened(Event::Told(ServerMessage::GameOver { .. }))
            );
            output::note(if ends { self.paint.bold(&line) } else { line });
        }
    }

    /// A line that a function logged. The game is in front, so this stays behind.
    pub(crate) fn log(&self, function: Function, line: &str) {
        let line = self.line(function.name(), &plain(line));
        output::note(self.paint.dim(&line));
    }

    fn line(&self, who: &str, what: &str) -> String {
        let s = self.start.elapsed().as_secs_f64();
        format!("{s:7.1}  {who:<12}  {what}")
    }
}

/// What happens to a bot, in words for somebody new. The rest is in the functions' lines.
fn tell(moment: &Moment) -> Option<String> {
    let text = match moment {
        Moment::NotConnected(error) => format!("cannot play: {error}"),
        Moment::Plays(play) => format!("plays {play}"),
        Moment::Happened(Event::Told(message)) => told(message),
        Moment::Happened(Event::Contradicted(two)) => {
            format!(
                "is told two truths: {} {}",
                two.before.to_frame(),
                two.now.to_frame()
            )
        }
        Moment::Happened(Event::Joins | Event::Closed(_)) | Moment::Leaves => return None,
    };
    Some(text)
}

fn told(message: &ServerMessage) -> String {
    match message {
        ServerMessage::Waiting {} => "waits for an opponent".to_owned(),
        ServerMessage::GameStarted { play_within_ms, .. } => {
            format!("has an opponent, and {} to play", seconds(*play_within_ms))
        }
        ServerMessage::PlayReceived { play, .. } => format!("is told that {play} is received"),
        ServerMessage::RoundDrawn {
            you,
            next_round,
            play_within_ms,
            ..
        } => {
            let time = seconds(*play_within_ms);
            format!("is told: {you} twice, a draw; {time} for round {next_round}")
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

/// A function's JSON line as text: the message, then the fields; INFO goes without saying.
fn plain(line: &str) -> String {
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
    use super::{plain, tell};
    use crate::players::bots::Moment;
    use crate::players::client::Event;

    #[test]
    fn what_functions_log() {
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
            assert_eq!(plain(line), expected);
        }
    }

    #[test]
    fn what_bots_are_told() {
        let table = [
            (r#"{"type":"waiting"}"#, "waits for an opponent"),
            (
                r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000}"#,
                "has an opponent, and 5 seconds to play",
            ),
            (
                r#"{"type":"round-drawn","game":"g","round":1,"you":"rock","opponent":"rock","next_round":2,"play_within_ms":1000}"#,
                "is told: rock twice, a draw; 1 second for round 2",
            ),
            (
                r#"{"type":"game-over","game":"g","rounds":1,"outcome":"lost","reason":"plays","you":"rock","opponent":"paper"}"#,
                "loses: paper beats rock",
            ),
        ];
        for (frame, expected) in table {
            let message = serde_json::from_str(frame).unwrap();
            let words = tell(&Moment::Happened(Event::Told(message)));
            assert_eq!(words.as_deref(), Some(expected));
        }
    }
}
