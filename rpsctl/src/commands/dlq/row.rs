//! A dead letter in one row.

use comfy_table::Table;
use serde::Serialize;

use crate::operate::{Fate, Judged, What};
use crate::output;
use crate::words::{rfc_3339, time_span};

/// Characters in a line of what a message is: one line for a tick.
const LINE: usize = 43;

/// A dead letter as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    /// The message's id.
    message: &'a str,
    /// When it was sent, RFC 3339.
    sent_at: Option<String>,
    /// How often it has been received, this time included.
    receives: u32,
    /// What it is: `tick` with `game` and `round`, `gather` with `connection`, `foreign` with `body`, which has at
    /// most 60 characters and control characters escaped.
    #[serde(flatten)]
    what: &'a What,
    /// What comes of it when it is sent back: `decides`, `gathers`, `nothing`, `dropped`; null if that is not known.
    redrive: Option<&'static str>,
}

impl<'a> Row<'a> {
    pub(super) fn new(judged: &'a Judged<'_>) -> Self {
        Self {
            message: &judged.held.id,
            sent_at: rfc_3339(judged.held.sent_ms),
            receives: judged.held.receives,
            what: &judged.what,
            redrive: match (&judged.fate, &judged.what) {
                (Fate::Works, What::Gather { .. }) => Some("gathers"),
                (Fate::Works, _) => Some("decides"),
                (Fate::Nothing, _) => Some("nothing"),
                (Fate::Dropped, _) => Some("dropped"),
                (Fate::Unknown(_), _) => None,
            },
        }
    }
}

/// The dead letters for people.
pub(super) fn table(judged: &[Judged<'_>], now_ms: u64) -> Table {
    let mut table = output::table();
    table.set_header(["message", "sent", "tries", "redrive"]);
    for judged in judged {
        let held = judged.held;
        table.add_row([
            format!("{}\n{}", held.id, lines(&what(&judged.what))),
            time_span(now_ms.saturating_sub(held.sent_ms)),
            held.receives.to_string(),
            redrive(judged).to_owned(),
        ]);
    }
    table
}

fn what(what: &What) -> String {
    match what {
        What::Tick { game, round } => format!("round {round} of {game}"),
        What::Gather { connection } => format!("gather {connection}"),
        What::Foreign { .. } => what.words(),
    }
}

/// Text in lines that are not too long.
fn lines(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let lines = chars
        .chunks(LINE)
        .map(|line| line.iter().collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

fn redrive(judged: &Judged<'_>) -> &'static str {
    match (&judged.fate, &judged.what) {
        (Fate::Works, What::Gather { .. }) => "gathers",
        (Fate::Works, _) => "decides",
        (Fate::Nothing, What::Gather { .. }) => "nothing:\nits wait\nis over",
        (Fate::Nothing, _) => "nothing:\nits game\nis gone",
        (Fate::Dropped, _) => "dropped",
        (Fate::Unknown(_), _) => "not\nknown",
    }
}
