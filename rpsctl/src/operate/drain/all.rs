use crate::aws::{Deployment, Queue, Switch};
use crate::cli::{DrainArgs, Global};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::drain::sort::sort;
use crate::operate::drain::{if_all_known, switch};
use crate::operate::{Batch, HOLD, Plan, Rounds, Run, Step, find_games};
use crate::output;

/// Ends every game and deletes useless messages, with the mapping off meanwhile.
pub(crate) async fn drain_all(
    deployment: &Deployment,
    args: DrainArgs,
    global: &Global,
) -> anyhow::Result<Exit> {
    let queue = &deployment.queue().await?;
    let (games, counts, mapping) = tokio::join!(
        find_games(deployment, |_| true),
        queue.counts(),
        deployment.mapping(),
    );
    let (games, counts, mapping) = (games?, counts?, mapping?);
    games.unreadable.iter().for_each(output::note);
    let unknown = games.unreadable.len();
    if games.games.is_empty() && counts.visible == 0 && mapping.is_on() {
        output::note("nothing to drain");
        return Ok(if_all_known(unknown, Exit::Ok));
    }
    // First what must not be overlooked among many games.
    let mut steps = vec![
        switch(deployment, mapping.clone(), Switch::Off).await?,
        Step::DeleteObsoleteMessages { queue, counts },
        switch(deployment, mapping, Switch::On).await?,
    ];
    let (games, reason) = (games.games.into_iter(), args.reason);
    steps.extend(games.map(|game| Step::end_game(game, Rounds::Any)));
    let plan = Plan { steps, reason };
    let confirmed = plan.confirm(deployment, global, args.confirm, None);
    let Some(run) = confirmed.await? else {
        return Ok(if_all_known(unknown, Exit::Ok));
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
    run: Run<'a>,
    /// How many things could not be judged.
    unknown: usize,
}

impl Drain<'_> {
    /// Carries out the plan, turns the mapping on again whatever comes of it, and shows what came of the steps.
    async fn carry_out(&mut self, steps: &[Step<'_>], global: &Global) -> anyhow::Result<Exit> {
        let [off, _, on, games @ ..] = steps else {
            return self.run.show(global);
        };
        // Before the mapping is turned off: from here on nothing but a kill ends rpsctl before it is on again.
        let mut interrupt = Interrupt::listen()?;
        let drained = self.drain(off, games, &mut interrupt).await;
        output::note("turning the mapping on again");
        if let Err(why) = self.run.carry_out_one(on).await {
            if let Err(first) = drained {
                output::note(first);
            }
            let message = format!(
                "the mapping is not on again: {why}; turn it on with `rpsctl queue drain --resume`"
            );
            return Err(Failure::new(Exit::Unexpected, message).into());
        }
        output::note("the mapping is on");
        let exit = self.run.show(global)?;
        drained?;
        Ok(if_all_known(self.unknown, exit))
    }

    /// What is done while the mapping is off, until an interruption.
    async fn drain(
        &mut self,
        off: &Step<'_>,
        games: &[Step<'_>],
        interrupt: &mut Interrupt,
    ) -> Result<(), Failure> {
        self.deployment.gateway().await?;
        if matches!(off, Step::SwitchMapping { state, .. } if state.is_on()) {
            output::note("turning the mapping off, which takes AWS about half a minute");
        }
        self.run.carry_out_one(off).await?;
        self.run.carry_out(games, interrupt).await;
        if interrupt.heard() {
            self.run.skip_one();
            return Ok(());
        }
        let batch = Batch::receive(self.queue, self.limit, HOLD, interrupt).await?;
        if batch.more {
            output::note("there may be more messages than were received: run it again");
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
