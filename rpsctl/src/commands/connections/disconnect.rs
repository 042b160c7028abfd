use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::pin::pin;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use rps_game::{GameId, Position};
use rps_handlers::service::operate::Seen;

use crate::aws::Deployment;
use crate::cli::{DisconnectArgs, Global};
use crate::commands::connections::filter::Filter;
use crate::commands::connections::look::{Look, Named};
use crate::commands::warn_if_paused;
use crate::exit::{Exit, Failure};
use crate::operate::{Plan, Rounds, Step, refuse_if_read_only};
use crate::output;

const AT_A_TIME: usize = 16;

pub(super) async fn run(args: DisconnectArgs, global: &Global) -> anyhow::Result<Exit> {
    refuse_if_read_only(args.confirm, global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let steps = if args.all || args.stale {
        let filter = if args.all { Filter::All } else { Filter::Stale };
        let steps = all(&deployment, filter).await?;
        if steps.is_empty() {
            output::note(filter.nobody());
            return Ok(Exit::Ok);
        }
        steps
    } else {
        named(&deployment, &args.connections).await?
    };
    let plan = Plan {
        steps,
        reason: args.reason,
    };
    warn_if_paused(&deployment).await;
    plan.carry_out(&deployment, global, args.confirm).await
}

async fn all(deployment: &Deployment, filter: Filter) -> Result<Vec<Step<'_>>, Failure> {
    let look = Look::begin(deployment, filter).await?;
    let mut connections = pin!(look.connections());
    let mut draft = Draft::default();
    while let Some(found) = connections.try_next().await? {
        draft.add(found.seen, filter == Filter::Stale);
    }
    Ok(draft.steps)
}

async fn named<'a>(deployment: &'a Deployment, ids: &[String]) -> Result<Vec<Step<'a>>, Failure> {
    let named = stream::iter(ids).map(|id| Box::pin(Named::find(deployment, id)));
    let mut named = named.buffered(AT_A_TIME);
    let mut draft = Draft::default();
    let mut once = HashSet::new();
    while let Some(found) = named.try_next().await? {
        if !once.insert(found.id().clone()) {
            continue;
        }
        match found {
            Named::Stored(seen) => draft.add(seen, false),
            Named::OnlyOpen(connection, _) => draft.steps.push(Step::CloseSocket { connection }),
        }
    }
    Ok(draft.steps)
}

/// A plan as it is put together: a game of which both players are among the connections is ended, once.
#[derive(Default)]
struct Draft<'a> {
    steps: Vec<Step<'a>>,
    /// The steps of players, by their games.
    players: HashMap<GameId, usize>,
}

impl Draft<'_> {
    /// Adds a connection, each no more than once; `stale` is whether it is closed already.
    fn add(&mut self, seen: Seen, stale: bool) {
        if let Position::Playing(game, _) = &seen.place {
            match self.players.entry(game.id.clone()) {
                Entry::Occupied(opponent) => {
                    self.steps[*opponent.get()] = Step::end_game(game.clone(), Rounds::Any);
                    return;
                }
                Entry::Vacant(entry) => {
                    entry.insert(self.steps.len());
                }
            }
        }
        let seen = Box::new(seen);
        self.steps.push(Step::Disconnect { seen, stale });
    }
}
