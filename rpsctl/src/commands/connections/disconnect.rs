use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::pin::pin;

use futures_util::future;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use rps_game::{GameId, Lobby, Position, Waiting};
use rps_handlers::service::position::ConnectionSnapshot;

use crate::aws::{Deployment, ReadFailure};
use crate::cli::{ConfirmArgs, DisconnectArgs, Global};
use crate::commands::connections::filter::Filter;
use crate::commands::connections::lookup::{ConnectionMatch, ConnectionScan};
use crate::commands::list::readable;
use crate::commands::warn_if_paused;
use crate::exit::{Exit, Failure};
use crate::operate::{Plan, Rounds, Step, reach_to_change, refuse_prefix};
use crate::output;

const AT_A_TIME: usize = 16;

pub(super) async fn run(args: DisconnectArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = reach_to_change(args.confirm, global).await?;
    let steps = if args.all || args.stale {
        let filter = if args.all { Filter::All } else { Filter::Stale };
        let steps = steps_for_all(&deployment, filter).await?;
        if steps.is_empty() {
            output::note(filter.empty_note());
            return Ok(Exit::Ok);
        }
        steps
    } else {
        steps_for_ids(&deployment, &args.connections, args.confirm).await?
    };
    let plan = Plan {
        steps,
        reason: args.reason,
    };
    warn_if_paused(&deployment).await;
    plan.carry_out(&deployment, global, args.confirm).await
}

async fn steps_for_all(deployment: &Deployment, filter: Filter) -> Result<Vec<Step<'_>>, Failure> {
    let scan = ConnectionScan::begin(deployment, filter).await?;
    let mut entries = pin!(scan.connections());
    let mut plan = DisconnectPlan::default();
    while let Some(entry) = entries.try_next().await? {
        plan.add(entry.snapshot, filter == Filter::Stale);
    }
    if filter == Filter::Stale {
        plan.steps.extend(lobby_steps(deployment).await?);
    }
    Ok(plan.steps)
}

/// Removes the places of players who no longer wait. If nobody joins, nothing else removes them.
async fn lobby_steps(deployment: &Deployment) -> Result<Vec<Step<'_>>, Failure> {
    let rooms = deployment.rooms();
    let rooms = rooms.try_filter_map(|entry| future::ok(readable(entry)));
    let mut lobbies: Vec<Lobby> = rooms.try_collect().await?;
    lobbies.push(deployment.lobby(None).await?);
    let mut steps = Vec::new();
    for lobby in &lobbies {
        let places = lobby.places.keys();
        for waiting in places.filter_map(|id| Waiting::find(lobby, id)) {
            match deployment.is_orphaned(lobby, &waiting.connection).await {
                Ok(true) => steps.push(Step::ClearLobby { waiting }),
                Ok(false) => (),
                Err(ReadFailure::Unreadable(why)) => output::note(format_args!("skipped: {why}")),
                Err(ReadFailure::Failed(failure)) => return Err(failure),
            }
        }
    }
    Ok(steps)
}

async fn steps_for_ids<'a>(
    deployment: &'a Deployment,
    ids: &[String],
    confirm: ConfirmArgs,
) -> Result<Vec<Step<'a>>, Failure> {
    let mut matches = stream::iter(ids)
        .map(|id| {
            Box::pin(async move {
                let connection = ConnectionMatch::find(deployment, id).await?;
                refuse_prefix(confirm, id, connection.id())?;
                Ok::<_, Failure>(connection)
            })
        })
        .buffered(AT_A_TIME);
    let mut plan = DisconnectPlan::default();
    let mut unique_ids = HashSet::new();
    while let Some(connection) = matches.try_next().await? {
        if !unique_ids.insert(connection.id().clone()) {
            continue;
        }
        match connection {
            ConnectionMatch::Stored(snapshot) => plan.add(*snapshot, false),
            ConnectionMatch::OnlyOpen(connection, _) => {
                plan.steps.push(Step::CloseSocket { connection });
            }
        }
    }
    Ok(plan.steps)
}

/// Collects the steps of a plan. A game whose two players are both disconnected gets one step that ends it.
#[derive(Default)]
struct DisconnectPlan<'a> {
    steps: Vec<Step<'a>>,
    /// The index of the step that disconnects a player of the game.
    steps_by_game: HashMap<GameId, usize>,
}

impl DisconnectPlan<'_> {
    /// Adds a connection. Callers add each connection at most once.
    fn add(&mut self, snapshot: ConnectionSnapshot, stale: bool) {
        if let Position::Playing(game, _) = &snapshot.place {
            match self.steps_by_game.entry(game.id.clone()) {
                Entry::Occupied(opponent) => {
                    self.steps[*opponent.get()] = Step::end_game(game.clone(), Rounds::Any);
                    return;
                }
                Entry::Vacant(entry) => {
                    entry.insert(self.steps.len());
                }
            }
        }
        let snapshot = Box::new(snapshot);
        self.steps.push(Step::Disconnect { snapshot, stale });
    }
}
