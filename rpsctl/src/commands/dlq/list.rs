use std::time::Duration;

use comfy_table::Table;
use rps_handlers::time::now_ms;
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{Global, ListDeadLettersArgs};
use crate::commands::warn_if_paused;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::{Batch, ClassifiedMessage, Content, Need};
use crate::output::{self, Format};
use crate::words::{rfc_3339, time_span};

/// How long dead letters are held: no longer than a look takes.
const HOLD: Duration = Duration::from_secs(30);

/// Characters in a line of a message's content: one line for a tick.
const LINE: usize = 43;

pub(super) async fn run(args: &ListDeadLettersArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    let queue = deployment.dead_letter_queue().await?;
    // What is in hand is given back first.
    let mut interrupt = Interrupt::listen()?;
    let limit = args.limit;
    let batch = Batch::receive(&queue, limit, HOLD, &mut interrupt).await?;
    let listed = list(&deployment, &batch, &mut interrupt, global).await;
    batch.give_back().await;
    listed?;
    if batch.more {
        output::note(format_args!(
            "these are the first {limit} that were received, and there may be more: --limit shows them"
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
    let classified = batch.classify(deployment.store(), interrupt).await;
    let messages = classified.ok_or_else(|| Failure::new(Exit::Refused, "interrupted"))?;
    if messages.is_empty() {
        output::note("there are no dead letters");
        return Ok(());
    }
    match global.output {
        Format::Json => messages.iter().map(Row::new).try_for_each(output::row)?,
        Format::Table => output::data(table(&messages, now_ms()))?,
    }
    for letter in &messages {
        if let Need::Unknown(why) = &letter.need {
            let id = &letter.message.id;
            output::note(format_args!(
                "what comes of message {id} is not known: {why}"
            ));
        }
    }
    Ok(())
}

/// A dead letter. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
struct Row<'a> {
    message: &'a str,
    sent_at: Option<String>,
    receives: u32,
    #[serde(flatten)]
    content: &'a Content,
    redrive: Option<&'static str>,
}

impl<'a> Row<'a> {
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

/// What comes of a dead letter when it is sent back, if that is known.
fn effect(letter: &ClassifiedMessage<'_>) -> Option<&'static str> {
    match (&letter.need, &letter.content) {
        (Need::Needed, Content::Gather { .. }) => Some("gathers"),
        (Need::Needed, _) => Some("decides"),
        (Need::Obsolete, _) => Some("nothing"),
        (Need::Foreign, _) => Some("dropped"),
        (Need::Unknown(_), _) => None,
    }
}

fn table(letters: &[ClassifiedMessage<'_>], now_ms: u64) -> Table {
    let mut table = output::table();
    table.set_header(["message", "sent", "tries", "redrive"]);
    for letter in letters {
        let message = letter.message;
        let redrive = match (&letter.need, &letter.content) {
            (Need::Obsolete, Content::Gather { .. }) => "nothing:\nits wait\nis over",
            (Need::Obsolete, _) => "nothing:\nits game\nis gone",
            _ => effect(letter).unwrap_or("not\nknown"),
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

fn content(content: &Content) -> String {
    match content {
        Content::Tick { game, round } => format!("round {round} of {game}"),
        Content::Gather { connection } => format!("gather {connection}"),
        Content::Foreign { .. } => content.words(),
    }
}

/// Breaks a text into lines that are not too long.
fn lines(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let lines = chars.chunks(LINE).map(String::from_iter);
    lines.collect::<Vec<_>>().join("\n")
}
