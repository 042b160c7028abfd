//! `rpsctl dlq`: lists, redrives and deletes dead letters, the messages that `decide` failed to process.

mod list;
mod purge;
mod redrive;

use std::time::Duration;

#[cfg(test)]
pub(super) use self::list::DeadLetterRow;
#[cfg(test)]
pub(super) use self::redrive::MoveResult;
use crate::aws::Queue;
use crate::cli::{DlqArgs, DlqCommand, Global};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::Batch;
use crate::output;
use crate::words::count;

pub(crate) async fn run(args: DlqArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        DlqCommand::List(args) => list::run(&args, global).await,
        DlqCommand::Redrive(args) => redrive::run(args, global).await,
        DlqCommand::Purge(args) => purge::run(args, global).await,
    }
}

/// Receives up to `limit` dead letters, if SQS counts any: a receive from an empty queue takes seconds. The count may
/// miss a dead letter of the last minute.
async fn receive<'a>(
    queue: &'a Queue<'a>,
    limit: u32,
    hold: Duration,
    interrupt: &mut Interrupt,
) -> Result<Batch<'a>, Failure> {
    let counts = queue.counts().await?;
    note_in_flight(counts.in_flight);
    if counts.visible == 0 {
        return Ok(Batch::empty(queue));
    }
    Batch::receive(queue, limit, hold, interrupt).await
}

fn note_in_flight(in_flight: u64) {
    if in_flight > 0 {
        output::note(format_args!(
            "skipped {} in flight, because another process has received them; try again in a few minutes",
            count(in_flight, "dead letter")
        ));
    }
}
