use crate::aws::{Deployment, MappingChange, Queue};
use crate::cli::{DrainArgs, Global};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::drain::sort::sort;
use crate::operate::drain::warn_of_dead_letters;
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
    let (games, counts, mapping, ()) = tokio::join!(
        scan_games(deployment, |_| true),
        queue.counts(),
        deployment.mapping(),
        warn_of_dead_letters(deployment),
    );
    let (games, counts, mapping) = (games?, counts?, mapping?);
    games.unreadable.iter().for_each(output::note);
    if games.games.is_empty() && counts.visible == 0 && mapping.is_on() {
        output::note("nothing to drain");
        return Ok(Exit::Ok);
    }
    // A problem with the players' socket ends the command before it prints the plan.
    deployment.gateway().await?;
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
        return Ok(Exit::Ok);
    };
    let mut drain = Drain {
        deployment,
        queue,
        limit: args.limit,
        run,
    };
    drain.carry_out(&plan.steps, global).await
}

struct Drain<'a> {
    deployment: &'a Deployment,
    queue: &'a Queue<'a>,
    limit: u32,
    run: PlanRun<'a>,
}

impl Drain<'_> {
    /// Carries out the plan and prints the results. Resumes the mapping in any case, unless AWS refused to pause it.
    async fn carry_out(&mut self, steps: &[Step<'_>], global: &Global) -> anyhow::Result<Exit> {
        let [off, _, on, games @ ..] = steps else {
            return self.run.show(global);
        };
        // Listen before the pause: from here on, only a kill can end rpsctl before it resumes the mapping.
        let mut interrupt = Interrupt::listen()?;
        let drain_result = match self.pause(off).await {
            Ok(()) => self.drain(games, &mut interrupt).await,
            // AWS refused the request, so there is nothing to resume.
            Err(why) if why.exit() == Exit::Refused && !why.is_half_done() => {
                self.run.show(global)?;
                return Err(why.into());
            }
            Err(why) => Err(why),
        };
        output::note("resuming the mapping");
        let resume_result = self.run.carry_out_one(on).await;
        let results = self.run.show(global);
        if let Err(why) = resume_result {
            if let Err(first) = drain_result {
                output::note(first);
            }
            let resume = self.deployment.target().rpsctl("queue resume");
            let message = format!("the mapping is still paused: {why}; resume it with `{resume}`");
            let exit = match results {
                Ok(Exit::Unexpected) => Exit::Unexpected,
                _ => why.exit(),
            };
            return Err(Failure::new(exit, message).into());
        }
        output::note("the mapping is on");
        match (results?, drain_result) {
            (exit, Ok(())) => Ok(exit),
            (Exit::Unexpected, Err(why)) => {
                output::note(why);
                Ok(Exit::Unexpected)
            }
            (_, Err(why)) => Err(why.into()),
        }
    }

    async fn pause(&mut self, off: &Step<'_>) -> Result<(), Failure> {
        if matches!(off, Step::SwitchMapping { state, .. } if state.is_on()) {
            output::note("pausing the mapping; this takes AWS about half a minute");
        }
        self.run.carry_out_one(off).await
    }

    /// Ends the games and deletes obsolete messages, until an interruption.
    async fn drain(
        &mut self,
        games: &[Step<'_>],
        interrupt: &mut Interrupt,
    ) -> Result<(), Failure> {
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
        let sorted = sort(&batch, self.deployment, interrupt).await;
        match &sorted {
            Ok(Some(sorted)) => self.run.carry_out(&sorted.deletions, interrupt).await,
            Ok(None) => self.run.skip_one(),
            Err(_) => {}
        }
        batch.give_back().await;
        sorted.map(drop)
    }
}
