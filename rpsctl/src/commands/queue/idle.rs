//! Messages that have nothing to do any more, among those that were received.

use std::collections::HashSet;

use rps_contract::names::MAX_RECEIVE_COUNT;

use crate::aws::{Deployment, Held, Queue};
use crate::interrupt::Interrupt;
use crate::operate::{Fate, Judged, What, judge};
use crate::output;
use crate::words::count;

/// Messages that are named at most, of those that could not be judged.
const NAMED: usize = 5;

/// What was found among messages.
pub(super) struct Found<'h> {
    /// Those that have nothing to do.
    pub(super) idle: Vec<Judged<'h>>,
    /// The games whose message is there, and decides their round when it is delivered.
    pub(super) awaited: HashSet<String>,
    /// How many of the others could not be judged.
    pub(super) unknown: usize,
}

/// Judges messages. Those that may have something to do are given back at once. None after an interruption.
pub(super) async fn find<'h>(
    deployment: &Deployment,
    queue: &Queue<'_>,
    messages: &'h [Held],
    interrupt: &mut Interrupt,
) -> Option<Found<'h>> {
    if interrupt.heard() {
        return None;
    }
    let store = deployment.store();
    let judged = tokio::select! {
        judged = judge(&store, messages) => judged,
        () = interrupt.wait() => return None,
    };
    let (idle, kept): (Vec<_>, Vec<_>) = judged.into_iter().partition(Judged::is_idle);
    queue.give_back(kept.iter().map(|judged| judged.held)).await;
    note_needed(&kept);
    let unknown = note_unknown(&kept);
    let awaited = kept.iter().filter_map(|judged| match &judged.what {
        What::Tick { game, .. } => Some(game.clone()),
        _ => None,
    });
    Some(Found {
        awaited: awaited.collect(),
        idle,
        unknown,
    })
}

fn note_needed(kept: &[Judged<'_>]) {
    let needed = kept.iter().filter(|judged| judged.fate == Fate::Works);
    let needed = needed.count();
    if needed > 0 {
        output::note(format_args!(
            "needed, and kept: {}",
            count(needed, "message")
        ));
    }
    let last = kept
        .iter()
        .filter(|it| it.held.receives >= MAX_RECEIVE_COUNT);
    let last = last.count();
    if last > 0 {
        output::note(format_args!(
            "received {MAX_RECEIVE_COUNT} times, and a dead letter the next time: {}; `rpsctl dlq redrive` sends those \
             back",
            count(last, "message")
        ));
    }
}

/// Names messages that could not be judged, and says how many there are.
fn note_unknown(kept: &[Judged<'_>]) -> usize {
    let unknown = kept.iter().filter_map(|judged| match &judged.fate {
        Fate::Unknown(why) => Some((judged, why)),
        _ => None,
    });
    let unknown: Vec<_> = unknown.collect();
    for (judged, why) in unknown.iter().take(NAMED) {
        let (id, what) = (&judged.held.id, judged.what.words());
        output::note(format_args!(
            "kept: message {id}, {what}: whether it is needed is not known: {why}"
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
