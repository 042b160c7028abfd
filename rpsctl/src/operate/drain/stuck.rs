use std::collections::HashSet;

use rps_contract::Stuck;
use rps_game::Game;

use crate::aws::{Counts, Deployment, State};
use crate::cli::{DrainArgs, Global};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::drain::if_all_known;
use crate::operate::drain::sort::sort;
use crate::operate::{Batch, Games, HOLD, Plan, Rounds, Step, find_games, interrupted};
use crate::output;
use crate::words::count;

/// Ends stuck games, and deletes useless messages.
pub(crate) async fn drain_stuck(
    deployment: &Deployment,
    args: DrainArgs,
    global: &Global,
) -> anyhow::Result<Exit> {
    let queue = deployment.queue().await?;
    let (counts, mapping) = tokio::join!(queue.counts(), deployment.mapping());
    let (counts, mapping) = (counts?, mapping?);
    let is_stuck = |game: &Game| rps_contract::stuck(game, counts.at_ms).is_some();
    let games = find_games(deployment, is_stuck).await?;
    games.unreadable.iter().for_each(output::note);
    // Before the first message is in hand: from here on nothing ends rpsctl before they are given back.
    let mut interrupt = Interrupt::listen()?;
    let batch = if mapping.is_off() && !global.read_only {
        Batch::receive(&queue, args.limit, HOLD, &mut interrupt).await?
    } else {
        Batch::empty(&queue)
    };
    let view = View {
        counts,
        mapping,
        batch: &batch,
        read_only: global.read_only,
    };
    view.note_unseen();
    let planned = view.plan(deployment, games, args.reason, &mut interrupt);
    let drained = match planned.await {
        Ok((plan, unknown)) if plan.steps.is_empty() => {
            output::note("nothing to drain");
            Ok(if_all_known(unknown, Exit::Ok))
        }
        Ok((plan, unknown)) => plan
            .carry_out_or_interrupt(deployment, global, args.confirm, &mut interrupt)
            .await
            .map(|exit| if_all_known(unknown, exit)),
        Err(why) => Err(why.into()),
    };
    batch.give_back().await;
    drained
}

/// What a drain sees of the queue.
struct View<'a> {
    counts: Counts,
    mapping: State,
    batch: &'a Batch<'a>,
    read_only: bool,
}

impl<'a> View<'a> {
    /// Says what is not looked at, and what becomes of it.
    fn note_unseen(&self) {
        let Counts {
            visible,
            delayed,
            in_flight,
            ..
        } = self.counts;
        let vanish = "what has nothing to do vanishes by itself when it is delivered";
        let messages = count(visible, "visible message");
        if visible > 0 && self.mapping.is_on() {
            output::note(format_args!(
                "left to the mapping, which is on: {messages}; {vanish}"
            ));
        } else if visible > 0 && self.read_only {
            output::note(format_args!(
                "not looked at, because that is to receive it: {messages}"
            ));
        }
        if delayed > 0 {
            let messages = count(delayed, "delayed message");
            output::note(format_args!("cannot be received: {messages}; {vanish}"));
        }
        if in_flight > 0 && self.mapping.is_off() {
            let messages = count(in_flight, "message");
            output::note(format_args!(
                "in flight, because somebody has received it: {messages}; run it again in some minutes"
            ));
        }
        if self.batch.more {
            output::note("there may be more messages than were received: run it again");
        }
    }

    /// The steps, and how many things could not be judged.
    async fn plan(
        &self,
        deployment: &Deployment,
        games: Games,
        reason: Option<String>,
        interrupt: &mut Interrupt,
    ) -> Result<(Plan<'a>, usize), Failure> {
        let sorted = sort(self.batch, deployment.store(), interrupt).await;
        let sorted = sorted.ok_or_else(interrupted)?;
        let (goes_on, stuck): (Vec<_>, Vec<_>) = games
            .games
            .into_iter()
            .partition(|game| self.goes_on(game, &sorted.awaited));
        if !goes_on.is_empty() {
            output::note(format_args!(
                "late, and not ended because their messages may still come: {}; they go on when the mapping is on",
                count(goes_on.len(), "game")
            ));
        }
        let ends = stuck
            .into_iter()
            .map(|game| Step::end_game(game, Rounds::Seen));
        let steps: Vec<_> = ends.chain(sorted.deletions).collect();
        if !steps.is_empty() {
            // What is wrong with the players' socket is said before the plan.
            deployment.gateway().await?;
        }
        let unknown = games.unreadable.len() + sorted.unknown;
        Ok((Plan { steps, reason }, unknown))
    }

    /// Whether a game that is late may still be decided by its message.
    fn goes_on(&self, game: &Game, awaited: &HashSet<String>) -> bool {
        let is_late = rps_contract::stuck(game, self.counts.at_ms) == Some(Stuck::PastTime);
        is_late && (!self.has_seen_all() || awaited.contains(&game.id.to_string()))
    }

    /// Whether all messages were received that somebody keeps from `decide`. While the mapping is off every game gets
    /// late, and what is not looked at may be its message.
    fn has_seen_all(&self) -> bool {
        self.mapping.is_on() || !(self.read_only || self.counts.in_flight > 0 || self.batch.more)
    }
}
