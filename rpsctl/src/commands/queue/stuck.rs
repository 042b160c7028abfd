//! `rpsctl queue drain`: what is stuck.

use std::collections::HashSet;

use rps_contract::Stuck;
use rps_game::Game;
use serde::Serialize;

use super::drain::DrainArgs;
use super::games::{self, Games};
use super::idle;
use crate::aws::{Counts, Deployment, HOLD, Held, Intake, Queue, Received, State};
use crate::cli::Global;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::operate::{DeleteMessage, EndGame, Plan, Step, carry_out, interrupted};
use crate::output;
use crate::words::count;

/// A step of draining what is stuck.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum DrainStep<'h> {
    End(EndGame),
    Delete(DeleteMessage<'h>),
}

impl Step for DrainStep<'_> {
    fn words(&self) -> String {
        match self {
            Self::End(step) => step.words(),
            Self::Delete(step) => step.words(),
        }
    }
}

/// Ends stuck games, and deletes messages that have nothing to do any more.
pub(super) async fn run(
    args: DrainArgs,
    global: &Global,
    deployment: &Deployment,
) -> anyhow::Result<Exit> {
    let queue = deployment.queue().await?;
    let (counts, mapping) = tokio::join!(queue.counts(), deployment.mapping());
    let (counts, mapping) = (counts?, mapping?);
    let games = games::stuck(deployment, counts.at_ms).await?;
    games.unreadable.iter().for_each(output::note);
    // Before the first message is in hand: from here on nothing ends rpsctl before they are given back.
    let mut interrupt = Interrupt::listen()?;
    let received = if mapping.is_off() && !global.read_only {
        let limit = args.limit;
        queue
            .receive(Intake { limit, hold: HOLD }, &mut interrupt)
            .await?
    } else {
        Received::default()
    };
    note_left(counts, &mapping, &received, global);
    let drain = Drain {
        // While the mapping is off every game gets late. What is not looked at may be its message.
        all_seen: mapping.is_on() || !(global.read_only || counts.in_flight > 0 || received.more),
        at_ms: counts.at_ms,
        args,
        global,
        deployment,
        queue: &queue,
    };
    let drained = drain.run(games, &received.messages, &mut interrupt).await;
    queue.give_back(&received.messages).await;
    drained
}

/// Says what is not looked at, and what becomes of it.
fn note_left(counts: Counts, mapping: &State, received: &Received, global: &Global) {
    let vanish = "what has nothing to do vanishes by itself when it is delivered";
    let visible = count(counts.visible, "visible message");
    if counts.visible > 0 && mapping.is_on() {
        output::note(format_args!(
            "left to the mapping, which is on: {visible}; {vanish}"
        ));
    } else if counts.visible > 0 && global.read_only {
        output::note(format_args!(
            "not looked at, because that is to receive it: {visible}"
        ));
    }
    if counts.delayed > 0 {
        let delayed = count(counts.delayed, "delayed message");
        output::note(format_args!("cannot be received: {delayed}; {vanish}"));
    }
    if counts.in_flight > 0 && mapping.is_off() {
        let in_flight = count(counts.in_flight, "message");
        output::note(format_args!(
            "in flight, because somebody has received it: {in_flight}; run it again in some minutes"
        ));
    }
    if received.more {
        output::note("there may be more messages than were received: run it again");
    }
}

/// A drain that has looked at everything.
struct Drain<'a> {
    args: DrainArgs,
    global: &'a Global,
    deployment: &'a Deployment,
    queue: &'a Queue<'a>,
    /// Whether all messages were received that somebody keeps from `decide`.
    all_seen: bool,
    /// When it looked, by AWS's clock, milliseconds since 1970.
    at_ms: u64,
}

impl Drain<'_> {
    async fn run(
        self,
        games: Games,
        messages: &[Held],
        interrupt: &mut Interrupt,
    ) -> anyhow::Result<Exit> {
        let (deployment, queue) = (self.deployment, self.queue);
        let found = idle::find(deployment, queue, messages, interrupt);
        let found = found.await.ok_or_else(interrupted)?;
        let healthy = games.unreadable.is_empty() && found.unknown == 0;
        let (goes_on, stuck): (Vec<_>, Vec<_>) = games
            .wanted
            .into_iter()
            .partition(|game| self.goes_on(game, &found.awaited));
        if !goes_on.is_empty() {
            output::note(format_args!(
                "late, and not ended because their messages may still come: {}; they go on when the mapping is on",
                count(goes_on.len(), "game")
            ));
        }
        let games = stuck.into_iter().map(EndGame::as_seen);
        let mut steps: Vec<_> = games.map(DrainStep::End).collect();
        let idle = found.idle.into_iter();
        steps.extend(idle.map(|judged| DrainStep::Delete(DeleteMessage::new(queue, judged))));
        let exit = if steps.is_empty() {
            output::note("nothing to drain");
            Exit::Ok
        } else {
            let reason = self.args.reason.clone();
            self.carry_out(&Plan { steps, reason }, interrupt).await?
        };
        Ok(match exit {
            Exit::Ok if !healthy => Exit::Unhealthy,
            exit => exit,
        })
    }

    /// Whether a game that is late may still be decided by its message.
    fn goes_on(&self, game: &Game, awaited: &HashSet<String>) -> bool {
        let is_late = rps_contract::stuck(game, self.at_ms) == Some(Stuck::PastTime);
        is_late && (!self.all_seen || awaited.contains(game.id.as_str()))
    }

    async fn carry_out(
        &self,
        plan: &Plan<DrainStep<'_>>,
        interrupt: &mut Interrupt,
    ) -> anyhow::Result<Exit> {
        let (store, gateway) = (self.deployment.store(), self.deployment.gateway().await?);
        let name = self.deployment.target().name();
        let (global, confirm) = (self.global, self.args.confirm);
        carry_out(
            plan,
            name,
            global,
            confirm,
            interrupt,
            async |step, it| match step {
                DrainStep::End(step) => Box::pin(step.act(&store, &gateway, it)).await,
                DrainStep::Delete(step) => step.act(self.queue, it).await,
            },
        )
        .await
    }
}
