//! `rpsctl dlq list`.

use std::time::Duration;

use clap::{Args, value_parser};
use rps_handlers::time::now_ms;

use super::row::{Row, table};
use crate::aws::{Deployment, Held, Intake, MOST_MESSAGES};
use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::{Fate, Judged, judge};
use crate::output::{self, Format, Versioned};

/// How long dead letters are held: no longer than a look takes.
const HOLD: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Dead letters to show at most
    #[arg(
        long,
        value_name = "MESSAGES",
        default_value_t = 100,
        value_parser = value_parser!(u32).range(1..=i64::from(MOST_MESSAGES))
    )]
    limit: u32,
}

/// Runs the command.
pub(super) async fn run(args: &ListArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    let queue = deployment.dead_letter_queue().await?;
    // What is in hand is given back first.
    let mut interrupt = Interrupt::listen()?;
    let limit = args.limit;
    let received = queue
        .receive(Intake { limit, hold: HOLD }, &mut interrupt)
        .await?;
    let looked = look(&deployment, &received.messages, &mut interrupt, global).await;
    queue.give_back(&received.messages).await;
    looked?;
    if received.more {
        output::note(format_args!(
            "these are the first {limit} that were received, and there may be more: --limit shows them"
        ));
    }
    deployment.warn_if_paused().await;
    Ok(Exit::Ok)
}

async fn look(
    deployment: &Deployment,
    messages: &[Held],
    interrupt: &mut Interrupt,
    global: &Global,
) -> anyhow::Result<()> {
    if interrupt.heard() {
        return Err(interrupted().into());
    }
    if messages.is_empty() {
        output::note("there are no dead letters");
        return Ok(());
    }
    let store = deployment.store();
    let judged = tokio::select! {
        judged = judge(&store, messages) => judged,
        () = interrupt.wait() => return Err(interrupted().into()),
    };
    show(&judged, global)
}

fn interrupted() -> Failure {
    Failure::new(Exit::Refused, "interrupted")
}

fn show(judged: &[Judged<'_>], global: &Global) -> anyhow::Result<()> {
    match global.output {
        Format::Json => {
            let rows = judged.iter().map(Row::new);
            rows.map(Versioned::new)
                .try_for_each(|row| output::json(&row))?;
        }
        Format::Table => output::data(table(judged, now_ms()))?,
    }
    for judged in judged {
        if let Fate::Unknown(why) = &judged.fate {
            let id = &judged.held.id;
            output::note(format_args!(
                "what comes of message {id} is not known: {why}"
            ));
        }
    }
    Ok(())
}
