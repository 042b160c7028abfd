use std::collections::HashSet;

use rps_contract::names::MAX_RECEIVE_COUNT;
use rps_handlers::outbound::dynamo::DynamoStore;

use crate::interrupt::Interrupt;
use crate::operate::{Batch, ClassifiedMessage, Content, Need, Step};
use crate::output;
use crate::words::count;

/// Messages that are named at most, of those that could not be classified.
const NAMED: usize = 5;

pub(super) struct Sorted<'a> {
    /// The steps that delete the useless ones.
    pub(super) deletions: Vec<Step<'a>>,
    /// The games whose message is there, and decides their round when it is delivered.
    pub(super) awaited: HashSet<String>,
    pub(super) unknown: usize,
}

/// Finds the useless messages, and gives back the others at once. None after an interruption.
pub(super) async fn sort<'a>(
    batch: &'a Batch<'a>,
    store: &DynamoStore,
    interrupt: &mut Interrupt,
) -> Option<Sorted<'a>> {
    let is_useless = |it: &ClassifiedMessage<'_>| it.is_useless();
    let (deletions, kept) = batch.sort_out(store, interrupt, is_useless).await?;
    note_needed(&kept);
    let unknown = note_unknown(&kept);
    let awaited = kept.into_iter().filter_map(|kept| match kept.content {
        Content::Tick { game, .. } => Some(game),
        _ => None,
    });
    Some(Sorted {
        deletions,
        awaited: awaited.collect(),
        unknown,
    })
}

fn note_needed(kept: &[ClassifiedMessage<'_>]) {
    let needed = kept.iter().filter(|kept| kept.need == Need::Needed);
    let needed = needed.count();
    if needed > 0 {
        output::note(format_args!(
            "needed, and kept: {}",
            count(needed, "message")
        ));
    }
    let last = kept
        .iter()
        .filter(|kept| kept.message.receives >= MAX_RECEIVE_COUNT);
    let last = last.count();
    if last > 0 {
        output::note(format_args!(
            "received {MAX_RECEIVE_COUNT} times, and a dead letter the next time: {}; `rpsctl dlq redrive` sends those \
             back",
            count(last, "message")
        ));
    }
}

/// Names messages that could not be classified, and returns how many there are.
fn note_unknown(kept: &[ClassifiedMessage<'_>]) -> usize {
    let unknown = kept.iter().filter_map(|kept| match &kept.need {
        Need::Unknown(why) => Some((kept, why)),
        _ => None,
    });
    let unknown: Vec<_> = unknown.collect();
    for (kept, why) in unknown.iter().take(NAMED) {
        let (id, content) = (&kept.message.id, kept.content.words());
        output::note(format_args!(
            "kept: message {id}, {content}: whether it is needed is not known: {why}"
        ));
    }
    if let Some(more @ 1..) = unknown.len().checked_sub(NAMED) {
        output::note(format_args!(
            "kept: {} more of which that is not known",
            count(more, "message")
        ));
    }
    unknown.len()
}
