use rps_contract::Stuck;
use rps_game::Game;

use crate::aws::{Deployment, MappingState, QueueCounts};
use crate::cli::{DrainArgs, Global};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::confirm::can_be_confirmed;
use crate::operate::drain::sort::{SortedMessages, sort};
use crate::operate::drain::warn_of_dead_letters;
use crate::operate::{Batch, GameScan, HOLD, Plan, Rounds, Step, interrupted, scan_games};
use crate::output;
use crate::words::count;

/// Ends stuck games and deletes obsolete messages.
pub(crate) async fn drain_stuck(
    deployment: &Deployment,
    args: DrainArgs,
    global: &Global,
) -> anyhow::Result<Exit> {
    let queue = deployment.queue().await?;
    let (counts, mapping, ()) = tokio::join!(
        queue.counts(),
        deployment.mapping(),
        warn_of_dead_letters(deployment),
    );
    let (counts, mapping) = (counts?, mapping?);
    let is_stuck = |game: &Game| rps_contract::stuck(game, counts.at_ms).is_some();
    let games = scan_games(deployment, is_stuck).await?;
    games.unreadable.iter().for_each(output::note);
    // Listen before the first receive: from here on, only a kill can end rpsctl before it gives the messages back.
    let mut interrupt = Interrupt::listen()?;
    let receives = mapping.is_off() && can_be_confirmed(args.confirm);
    let batch = if receives {
        Batch::receive(&queue, args.limit, HOLD, &mut interrupt).await?
    } else {
        Batch::empty(&queue)
    };
    let view = QueueView {
        counts,
        mapping,
        batch: &batch,
        receives,
    };
    view.note_uninspected();
    let plan = view.plan(deployment, games, args.reason, &mut interrupt);
    let drain_result = match plan.await {
        Ok(plan) if plan.steps.is_empty() => {
            output::note("nothing to drain");
            Ok(Exit::Ok)
        }
        Ok(plan) => {
            plan.carry_out_or_interrupt(deployment, global, args.confirm, &mut interrupt)
                .await
        }
        Err(why) => Err(why.into()),
    };
    batch.give_back().await;
    drain_result
}

/// The state of the queue when the drain starts.
struct QueueView<'a> {
    counts: QueueCounts,
    mapping: MappingState,
    batch: &'a Batch<'a>,
    /// Whether the drain receives messages. Each receive brings a message closer to the dead letters, so a plan that
    /// cannot be confirmed receives none.
    receives: bool,
}

impl<'a> QueueView<'a> {
    /// Notes which messages this drain cannot inspect, and why.
    fn note_uninspected(&self) {
        let QueueCounts {
            visible,
            delayed,
            in_flight,
            ..
        } = self.counts;
        let cleanup = "obsolete messages disappear when they are delivered";
        let messages = count(visible, "visible message");
        if visible > 0 && self.mapping.is_on() {
            output::note(format_args!(
                "skipped {messages}, because the mapping is on; {cleanup}"
            ));
        } else if self.skips_visible() {
            output::note(format_args!(
                "skipped {messages}, because a plan that is not confirmed receives none; with --yes, the drain deletes \
                 obsolete ones"
            ));
        }
        if delayed > 0 {
            let messages = count(delayed, "delayed message");
            output::note(format_args!(
                "skipped {messages}: nobody can receive a message before its delay ends; {cleanup}"
            ));
        }
        if in_flight > 0 && self.mapping.is_off() {
            let messages = count(in_flight, "message");
            output::note(format_args!(
                "skipped {messages} in flight, because another process has received them; run the command again in a \
                 few minutes"
            ));
        }
        if self.batch.more {
            output::note(
                "the queue may have more messages than were received: run the command again",
            );
        }
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        games: GameScan,
        reason: Option<String>,
        interrupt: &mut Interrupt,
    ) -> Result<Plan<'a>, Failure> {
        let sorted = sort(self.batch, deployment, interrupt).await?;
        let sorted = sorted.ok_or_else(interrupted)?;
        let (overdue, stuck): (Vec<_>, Vec<_>) = games
            .games
            .into_iter()
            .partition(|game| self.may_have_timer(game, &sorted));
        if !overdue.is_empty() {
            output::note(format_args!(
                "kept {}: overdue, but the round timer may still be in the queue; the mapping delivers it when it is \
                 on",
                count(overdue.len(), "game")
            ));
        }
        let ends = stuck
            .into_iter()
            .map(|game| Step::end_game(game, Rounds::Planned));
        // The messages come first: among many games, the operator could overlook them.
        let skipped = self
            .skips_visible()
            .then_some(Step::DeleteObsoleteMessages {
                queue: self.batch.queue,
                counts: self.counts,
            });
        let steps = skipped.into_iter().chain(ends).chain(sorted.deletions);
        let steps: Vec<_> = steps.collect();
        if !steps.is_empty() {
            // A problem with the players' socket ends the command before it prints the plan.
            deployment.gateway().await?;
        }
        Ok(Plan { steps, reason })
    }

    /// Whether the round timer of an overdue game may still end its round.
    fn may_have_timer(&self, game: &Game, sorted: &SortedMessages<'_>) -> bool {
        let is_overdue = rps_contract::stuck(game, self.counts.at_ms) == Some(Stuck::PastTime);
        let has_timer = sorted.games_with_timer.contains(&game.id.to_string());
        is_overdue && (has_timer || sorted.has_newer || !self.has_every_message())
    }

    /// Whether the batch has every message that `decide` cannot receive. While the mapping is paused, every game
    /// becomes overdue, and a message outside the batch may be its round timer.
    fn has_every_message(&self) -> bool {
        let is_incomplete = self.counts.in_flight > 0 || self.batch.more || self.skips_visible();
        self.mapping.is_on() || !is_incomplete
    }

    /// Whether a confirmed drain would receive visible messages that this one does not receive.
    fn skips_visible(&self) -> bool {
        !self.receives && self.mapping.is_off() && self.counts.visible > 0
    }
}
