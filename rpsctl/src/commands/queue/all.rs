//! `rpsctl queue drain --all`: every game, with the mapping off meanwhile.

use serde::Serialize;

use super::drain::DrainArgs;
use super::games;
use super::idle;
use super::step::{Sweep, SwitchMapping};
use crate::aws::{Deployment, HOLD, Intake, Queue};
use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::{Confirmed, DeleteMessage, EndGame, Plan, Step, Tally, execute, execute_one};
use crate::output;

/// Ends every game, and deletes messages that have nothing to do any more.
pub(super) async fn run(
    args: DrainArgs,
    global: &Global,
    deployment: &Deployment,
) -> anyhow::Result<Exit> {
    let queue = deployment.queue().await?;
    let (games, counts, mapping) =
        tokio::join!(games::all(deployment), queue.counts(), deployment.mapping(),);
    let (games, counts, mapping) = (games?, counts?, mapping?);
    games.unreadable.iter().for_each(output::note);
    let unknown = games.unreadable.len();
    if games.wanted.is_empty() && counts.visible == 0 && mapping.is_on() {
        output::note("nothing to drain");
        return Ok(if_all_known(unknown, Exit::Ok));
    }
    let games = games.wanted.into_iter().map(EndGame::in_any_round);
    let drain = Drain {
        deployment,
        queue: &queue,
        limit: args.limit,
        off: SwitchMapping::off(deployment, &mapping).await?,
        sweep: Sweep::new(&queue, counts),
        on: SwitchMapping::on(deployment, &mapping).await?,
        games: Plan {
            steps: games.collect(),
            reason: args.reason,
        },
    };
    let name = deployment.target().name();
    drain.shown().show(name, global)?;
    let Some(confirmed) = args.confirm.confirm(name)? else {
        return Ok(if_all_known(unknown, Exit::Ok));
    };
    let (tally, worked) = drain.carry_out(&confirmed).await?;
    let exit = tally.show(global)?;
    Ok(if_all_known(unknown + worked?, exit))
}

/// The code to end with, where so many things could not be judged.
fn if_all_known(unknown: usize, exit: Exit) -> Exit {
    match exit {
        Exit::Ok if unknown > 0 => Exit::Unhealthy,
        exit => exit,
    }
}

/// What is to be done.
struct Drain<'a> {
    deployment: &'a Deployment,
    queue: &'a Queue<'a>,
    /// Messages to receive at most.
    limit: u32,
    off: SwitchMapping,
    games: Plan<EndGame>,
    sweep: Sweep,
    on: SwitchMapping,
}

/// A step as it is shown.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    Switch(&'a SwitchMapping),
    Sweep(&'a Sweep),
    End(&'a EndGame),
}

impl Step for Shown<'_> {
    fn words(&self) -> String {
        match self {
            Self::Switch(step) => step.words(),
            Self::Sweep(step) => step.words(),
            Self::End(step) => step.words(),
        }
    }
}

impl Drain<'_> {
    /// All of it, first what must not be overlooked among many games.
    fn shown(&self) -> Plan<Shown<'_>> {
        let mut steps = vec![
            Shown::Switch(&self.off),
            Shown::Sweep(&self.sweep),
            Shown::Switch(&self.on),
        ];
        steps.extend(self.games.steps.iter().map(Shown::End));
        Plan {
            steps,
            reason: None,
        }
    }

    /// Does it, and turns the mapping on again whatever came of it. Also says how many messages could not be judged,
    /// or what went wrong before the end.
    async fn carry_out(
        &self,
        confirmed: &Confirmed,
    ) -> anyhow::Result<(Tally, Result<usize, Failure>)> {
        // Before the mapping is turned off: from here on nothing but a kill ends rpsctl before it is on again.
        let mut interrupt = Interrupt::listen()?;
        let mut tally = Tally::default();
        let worked = self.work(&mut tally, &mut interrupt, confirmed).await;
        output::note("turning the mapping on again");
        match self.switch(&self.on, confirmed).await {
            Ok(on) => tally += on,
            Err(why) => {
                if let Err(first) = worked {
                    output::note(first);
                }
                let message = format!(
                    "the mapping is not on again: {why}; turn it on with `rpsctl queue drain --resume`"
                );
                return Err(Failure::new(Exit::Unexpected, message).into());
            }
        }
        output::note("the mapping is on");
        Ok((tally, worked))
    }

    /// What is done while the mapping is off, until an interruption.
    async fn work(
        &self,
        tally: &mut Tally,
        interrupt: &mut Interrupt,
        confirmed: &Confirmed,
    ) -> Result<usize, Failure> {
        let (store, gateway) = (self.deployment.store(), self.deployment.gateway().await?);
        if !self.off.is_so() {
            output::note("turning the mapping off, which takes AWS about half a minute");
        }
        *tally += self.switch(&self.off, confirmed).await?;
        let name = self.deployment.target().name();
        *tally += execute(&self.games, name, interrupt, confirmed, async |step, it| {
            Box::pin(step.act(&store, &gateway, it)).await
        })
        .await;
        if interrupt.heard() {
            *tally += Tally::left(1);
            return Ok(0);
        }
        self.sweep(tally, interrupt, confirmed).await
    }

    async fn switch(&self, step: &SwitchMapping, confirmed: &Confirmed) -> Result<Tally, Failure> {
        let (name, reason) = (
            self.deployment.target().name(),
            self.games.reason.as_deref(),
        );
        let act = step.act(self.deployment, confirmed);
        execute_one(step, name, reason, act).await
    }

    /// Receives messages and deletes those that have nothing to do. Says how many could not be judged.
    async fn sweep(
        &self,
        tally: &mut Tally,
        interrupt: &mut Interrupt,
        confirmed: &Confirmed,
    ) -> Result<usize, Failure> {
        let (queue, limit) = (self.queue, self.limit);
        let received = queue
            .receive(Intake { limit, hold: HOLD }, interrupt)
            .await?;
        if received.more {
            output::note("there may be more messages than were received: run it again");
        }
        let messages = &received.messages;
        let unknown = match idle::find(self.deployment, queue, messages, interrupt).await {
            None => {
                *tally += Tally::left(1);
                0
            }
            Some(found) => {
                let steps = found.idle.into_iter();
                let steps = steps.map(|judged| DeleteMessage::new(queue, judged));
                let plan = Plan {
                    steps: steps.collect(),
                    reason: self.games.reason.clone(),
                };
                let name = self.deployment.target().name();
                *tally += execute(&plan, name, interrupt, confirmed, async |step, it| {
                    step.act(queue, it).await
                })
                .await;
                found.unknown
            }
        };
        queue.give_back(messages).await;
        Ok(unknown)
    }
}
