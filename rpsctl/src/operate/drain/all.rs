use crate::aws::{Deployment, MappingChange, Queue};
use crate::cli::{DrainArgs, Global};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::drain::sort::sort;
use crate::operate::drain::unless_unknown;
use crate::operate::mapping::switch;
use crate::operate::{Batch, HOLD, Plan, PlanRun, Rounds, Step, scan_games};
use crate::output;

/// Ends every game and deletes obsolete messages while the mapping is paused.
pub(crate) async fn drain_all(
    deployment: &Deployment,
    args: DrainArgs,
    global: &Global,
) -> anyhow::Result<Exit> {
    let queue = &deployment.queue().await?;
    let (games, counts, mapping) = tokio::join!(
        scan_games(deployment, |_| true),
        queue.counts(),
        deployment.mapping(),
    );
    let (games, counts, mapping) = (games?, counts?, mapping?);
    games.unreadable.iter().for_each(output::note);
    let unknown = games.unreadable.len();
    if games.games.is_empty() && counts.visible == 0 && mapping.is_on() {
        output::note("nothing to drain");
        return Ok(unless_unknown(unknown, Exit::Ok));
    }
    // The mapping comes first: among many games, the operator could overlook it.
    let mut steps = vec![
        switch(deployment, mapping.clone(), MappingChange::Pause).await?,
        Step::DeleteObsoleteMessages { queue, counts },
        switch(deployment, mapping, MappingChange::Resume).await?,
    ];
    let (games, reason) = (games.games.into_iter(), args.reason);
    steps.extend(games.map(|game| Step::end_game(game, Rounds::Any)));
    let plan = Plan { steps, reason };
    let confirmation = plan.confirm(deployment, global, args.confirm, None);
    let Some(run) = confirmation.await? else {
        return Ok(unless_unknown(unknown, Exit::Ok));
    };
    let mut drain = Drain {
        deployment,
        queue,
        limit: args.limit,
        run,
        unknown,
    };
    drain.carry_out(&plan.steps, global).await
}

struct Drain<'a> {
    deployment: &'a Deployment,
    queue: &'a Queue<'a>,
    limit: u32,
    run: PlanRun<'a>,
    /// Number of games and messages that could not be classified.
    unknown: usize,
}

impl Drain<'_> {
    /// Carries out the plan, resumes the mapping in any case, and prints the results.
    async fn carry_out(&mut self, steps: &[Step<'_>], global: &Global) -> anyhow::Result<Exit> {
        let [off, _, on, games @ ..] = steps else {
            return self.run.show(global);
        };
        // Listen before the pause: from here on, only a kill can end rpsctl before it resumes the mapping.
        let mut interrupt = Interrupt::listen()?;
        let drain_result = self.drain(off, games, &mut interrupt).await;
        output::note("resuming the mapping");
        if let Err(why) = self.run.carry_out_one(on).await {
            if let Err(first) = drain_result {
                output::note(first);
            }
            let message =
                format!("the mapping is still paused: {why}; resume it with `rpsctl queue resume`");
            return Err(Failure::new(Exit::Unexpected, message).into());
        }
        output::note("the mapping is on");
        let exit = self.run.show(global)?;
        drain_result?;
        Ok(unless_unknown(self.unknown, exit))
    }

    /// Pauses the mapping, ends the games and deletes obsolete messages, until an interruption.
    async fn drain(
        &mut self,
        off: &Step<'_>,
        games: &[Step<'_>],
        interrupt: &mut Interrupt,
    ) -> Result<(), Failure> {
        self.deployment.gateway().await?;
        if matches!(off, Step::SwitchMapping { state, .. } if state.is_on()) {
            output::note("pausing the mapping; this takes AWS about half a minute");
        }
        self.run.carry_out_one(off).await?;
        self.run.carry_out(games, interrupt).await;
        if interrupt.heard() {
            self.run.skip_one();
            return Ok(());
        }
        let batch = Batch::receive(self.queue, self.limit, HOLD, interrupt).await?;
        if batch.more {
            output::note(
                "the queue may have more messages than were received: run the command again",
            );
        }
        let store = self.deployment.store();
        if let Some(sorted) = sort(&batch, store, interrupt).await {
            self.run.carry_out(&sorted.deletions, interrupt).await;
            self.unknown += sorted.unknown;
        } else {
            self.run.skip_one();
        }
        batch.give_back().await;
        Ok(())
    }
}
