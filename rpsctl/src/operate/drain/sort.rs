use std::collections::HashSet;

use rps_contract::names::MAX_RECEIVE_COUNT;

use crate::aws::Deployment;
use crate::exit::Failure;
use crate::interrupt::Interrupt;
use crate::operate::{Batch, ClassifiedMessage, MessageContent, Relevance, Step};
use crate::output;
use crate::words::count;

/// Maximum number of unclassified messages to name.
const MAX_NAMED: usize = 5;

pub(super) struct SortedMessages<'a> {
    /// The steps that delete obsolete messages.
    pub(super) deletions: Vec<Step<'a>>,
    /// The games whose round timer is in the queue, so that `decide` will end the round.
    pub(super) games_with_timer: HashSet<String>,
    /// Whether a message of a newer version may be the timer of any game.
    pub(super) has_newer: bool,
}

/// Finds obsolete messages and gives back the others. Returns none after an interruption.
pub(super) async fn sort<'a>(
    batch: &'a Batch<'a>,
    deployment: &Deployment,
    interrupt: &mut Interrupt,
) -> Result<Option<SortedMessages<'a>>, Failure> {
    let is_obsolete = |message: &ClassifiedMessage<'_>| message.is_obsolete();
    let sorted = batch.sort_out(deployment, interrupt, is_obsolete).await?;
    let Some((deletions, kept)) = sorted else {
        return Ok(None);
    };
    note_needed(&kept);
    note_unknown(&kept);
    let has_newer = kept.iter().any(|kept| kept.content.is_newer());
    let games_with_timer = kept.into_iter().filter_map(|kept| match kept.content {
        MessageContent::RoundTimer { game, .. } => Some(game),
        _ => None,
    });
    Ok(Some(SortedMessages {
        deletions,
        games_with_timer: games_with_timer.collect(),
        has_newer,
    }))
}

fn note_needed(kept: &[ClassifiedMessage<'_>]) {
    let needed = kept
        .iter()
        .filter(|kept| kept.relevance == Relevance::Needed)
        .count();
    if needed > 0 {
        output::note(format_args!(
            "kept {}: still needed",
            count(needed, "message")
        ));
    }
    let exhausted = kept
        .iter()
        .filter(|kept| kept.message.receives >= MAX_RECEIVE_COUNT)
        .count();
    if exhausted > 0 {
        output::note(format_args!(
            "{} reached the limit of {MAX_RECEIVE_COUNT} receives and will become dead letters; then run \
             `rpsctl dlq redrive`",
            count(exhausted, "message")
        ));
    }
}

/// Names messages that could not be classified.
fn note_unknown(kept: &[ClassifiedMessage<'_>]) {
    let unknown = kept.iter().filter_map(|kept| match &kept.relevance {
        Relevance::Unknown(why) => Some((kept, why)),
        _ => None,
    });
    let unknown: Vec<_> = unknown.collect();
    for (kept, why) in unknown.iter().take(MAX_NAMED) {
        let (id, content) = (&kept.message.id, kept.content.words());
        output::note(format_args!(
            "kept message {id}, {content}: it could not be classified: {why}"
        ));
    }
    if let Some(more @ 1..) = unknown.len().checked_sub(MAX_NAMED) {
        output::note(format_args!(
            "kept {} more that could not be classified",
            count(more, "message")
        ));
    }
}
