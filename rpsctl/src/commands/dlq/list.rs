use std::time::Duration;

use comfy_table::Table;
use rps_handlers::time::now_ms;
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{Global, ListDeadLettersArgs};
use crate::commands::dlq::receive;
use crate::commands::warn_if_paused;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::{Batch, ClassifiedMessage, MessageContent, Relevance};
use crate::output::{self, Format};
use crate::words::{rfc_3339, time_span};

/// How long the list hides dead letters from other consumers.
const HOLD: Duration = Duration::from_secs(30);

/// Width of a message's content, so that a round timer fits in one line.
const CONTENT_WIDTH: usize = 43;

pub(super) async fn run(args: &ListDeadLettersArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    let queue = deployment.dead_letter_queue().await?;
    // Listen before the first receive, so that an interruption gives the messages back.
    let mut interrupt = Interrupt::listen()?;
    let limit = args.limit;
    let batch = receive(&queue, limit, HOLD, &mut interrupt).await?;
    let result = list(&deployment, &batch, &mut interrupt, global).await;
    batch.give_back().await;
    result?;
    if batch.more {
        output::note(format_args!(
            "the list ends after {limit} dead letters, but there may be more: raise --limit to show them"
        ));
    }
    warn_if_paused(&deployment).await;
    Ok(Exit::Ok)
}

async fn list(
    deployment: &Deployment,
    batch: &Batch<'_>,
    interrupt: &mut Interrupt,
    global: &Global,
) -> anyhow::Result<()> {
    let classified = batch.classify(deployment, interrupt).await;
    let messages = classified
        .ok_or_else(|| Failure::new(Exit::Refused, "the list was not printed: interrupted"))?;
    if messages.is_empty() {
        output::note("no dead letters; SQS may count a new one a minute late");
        return Ok(());
    }
    match global.output {
        Format::Json => messages
            .iter()
            .map(DeadLetterRow::new)
            .try_for_each(output::row)?,
        Format::Table => output::data(table(&messages, now_ms()))?,
    }
    for letter in &messages {
        if let Relevance::Unknown(why) = &letter.relevance {
            let id = &letter.message.id;
            output::note(format_args!(
                "cannot predict the effect of a redrive of message {id}: {why}"
            ));
        }
    }
    Ok(())
}

/// A dead letter as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct DeadLetterRow<'a> {
    /// Message id.
    message: &'a str,
    /// Time at which the message was sent.
    sent_at: Option<String>,
    /// Number of receives, including the one by `dlq list`.
    receives: u32,
    #[serde(flatten)]
    content: &'a MessageContent,
    /// Effect of a redrive: `decides`, `gathers` (pairs a player), `nothing` (obsolete) or `dropped` (foreign).
    /// Null if the effect is unknown.
    redrive: Option<&'static str>,
}

impl<'a> DeadLetterRow<'a> {
    fn new(letter: &'a ClassifiedMessage<'_>) -> Self {
        Self {
            message: &letter.message.id,
            sent_at: rfc_3339(letter.message.sent_ms),
            receives: letter.message.receives,
            content: &letter.content,
            redrive: effect(letter),
        }
    }
}

/// The effect of a redrive, if known.
fn effect(letter: &ClassifiedMessage<'_>) -> Option<&'static str> {
    match (&letter.relevance, &letter.content) {
        (Relevance::Needed, MessageContent::Rebalance { .. }) => Some("gathers"),
        (Relevance::Needed, _) => Some("decides"),
        (Relevance::Obsolete, _) => Some("nothing"),
        (Relevance::Foreign, _) => Some("dropped"),
        (Relevance::Unknown(_), _) => None,
    }
}

fn table(letters: &[ClassifiedMessage<'_>], now_ms: u64) -> Table {
    let mut table = output::table();
    table.set_header(["message", "sent", "tries", "redrive"]);
    for letter in letters {
        let message = letter.message;
        let redrive = match (&letter.relevance, &letter.content) {
            (Relevance::Obsolete, MessageContent::Rebalance { .. }) => "nothing:\nno one\nto pair",
            (Relevance::Obsolete, _) => "nothing:\nits game\nis over",
            _ => effect(letter).unwrap_or("unknown"),
        };
        table.add_row([
            format!("{}\n{}", message.id, lines(&content(&letter.content))),
            time_span(now_ms.saturating_sub(message.sent_ms)),
            message.receives.to_string(),
            redrive.to_owned(),
        ]);
    }
    table
}

fn content(content: &MessageContent) -> String {
    match content {
        MessageContent::RoundTimer { game, round } => format!("round {round} of {game}"),
        MessageContent::Rebalance { connection } => format!("rebalance {connection}"),
        MessageContent::Newer { .. } | MessageContent::Foreign { .. } => content.words(),
    }
}

/// Wraps a text at the width of its column.
fn lines(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let lines = chars.chunks(CONTENT_WIDTH).map(String::from_iter);
    lines.collect::<Vec<_>>().join("\n")
}
