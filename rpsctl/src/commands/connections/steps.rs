//! What is done to connections.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rps_game::{ConnectionId, GameId, JoinId};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::outbound::gateway::Gateway;
use rps_handlers::ports::Disconnect as _;
use rps_handlers::service::operate::{Place, Seen, disconnect, find};
use rps_handlers::time::now_ms;
use serde::Serialize;
use uuid::Uuid;

use super::row::{game, word};
use crate::aws::Deployment;
use crate::exit::Failure;
use crate::operate::{Confirmed, EndGame, Outcome, Step};

/// What is to be done, as it is put together: a game of which both players are among the connections is ended, once.
#[derive(Debug, Default)]
pub(super) struct Draft {
    steps: Vec<ConnectionStep>,
    /// The steps of players, by their games.
    players: HashMap<GameId, usize>,
}

impl Draft {
    /// Adds a connection, each no more than once; `stale` is whether it is closed already.
    pub(super) fn add(&mut self, seen: Seen, stale: bool) {
        if let Place::Playing(game, _) = &seen.place {
            match self.players.entry(game.id.clone()) {
                Entry::Occupied(opponent) => {
                    let end = EndGame::in_any_round(game.clone());
                    self.steps[*opponent.get()] = ConnectionStep::EndGame(Box::new(end));
                    return;
                }
                Entry::Vacant(entry) => {
                    entry.insert(self.steps.len());
                }
            }
        }
        let step = Disconnect::new(seen, stale);
        self.steps.push(ConnectionStep::Disconnect(Box::new(step)));
    }

    /// Adds a connection that is open and not in the table.
    pub(super) fn add_socket(&mut self, connection: ConnectionId) {
        let step = CloseSocket { connection };
        self.steps.push(ConnectionStep::CloseSocket(step));
    }

    /// All of it.
    pub(super) fn steps(self) -> Vec<ConnectionStep> {
        self.steps
    }
}

/// One thing that is done about a connection, or two.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum ConnectionStep {
    /// Both players of a game are disconnected.
    EndGame(Box<EndGame>),
    /// One connection is.
    Disconnect(Box<Disconnect>),
    /// One that the table does not have.
    CloseSocket(CloseSocket),
}

/// Closing a connection and freeing its place.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "do", rename = "disconnect")]
pub(super) struct Disconnect {
    /// The connection's id.
    connection: ConnectionId,
    /// Where it is: `idle`, `joining`, `waiting`, `playing`.
    place: &'static str,
    /// The game it plays in, or waits for; else null.
    game: Option<GameId>,
    /// Whether it is closed already, and only what is left of it is removed.
    stale: bool,
    #[serde(skip)]
    seen: Seen,
}

/// Closing a connection that the table does not have.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "do", rename = "close-socket")]
pub(super) struct CloseSocket {
    /// The connection's id.
    connection: ConnectionId,
}

/// What steps reach.
pub(super) struct Reach<'a> {
    deployment: &'a Deployment,
    store: DynamoStore,
    gateway: Gateway,
}

impl<'a> Reach<'a> {
    /// What that game's steps reach.
    pub(super) async fn new(deployment: &'a Deployment) -> Result<Self, Failure> {
        Ok(Self {
            deployment,
            store: deployment.store(),
            gateway: deployment.gateway().await?,
        })
    }
}

impl ConnectionStep {
    /// Does it.
    pub(super) async fn act(
        &self,
        reach: &Reach<'_>,
        confirmed: &Confirmed,
    ) -> Result<Outcome, Failure> {
        match self {
            Self::EndGame(step) => step.act(&reach.store, &reach.gateway, confirmed).await,
            Self::Disconnect(step) => step.act(reach, confirmed).await,
            Self::CloseSocket(step) => step.act(reach, confirmed).await,
        }
    }
}

impl Step for ConnectionStep {
    fn words(&self) -> String {
        match self {
            Self::EndGame(step) => step.words(),
            Self::Disconnect(step) => step.words(),
            Self::CloseSocket(CloseSocket { connection }) => {
                format!("close {connection} (it is open, and not in the table)")
            }
        }
    }
}

impl Disconnect {
    fn new(seen: Seen, stale: bool) -> Self {
        Self {
            connection: seen.connection.id.clone(),
            place: word(&seen.place),
            game: game(&seen).cloned(),
            stale,
            seen,
        }
    }

    async fn act(&self, reach: &Reach<'_>, _: &Confirmed) -> Result<Outcome, Failure> {
        let by = JoinId::from(Uuid::new_v4().simple().to_string());
        let (store, gateway) = (&reach.store, &reach.gateway);
        if Box::pin(disconnect(store, gateway, &self.seen, &by)).await? {
            return Ok(Outcome::Done);
        }
        let now = find(store, &self.connection).await?;
        Ok(now.map_or(Outcome::Gone, |now| Outcome::Refused(self.why_not(&now))))
    }

    /// Why it was left alone, given how it is now.
    fn why_not(&self, now: &Seen) -> String {
        match &now.place {
            Place::Joining => "a join is running; again in 5 s".to_owned(),
            Place::Waiting(waiting) if waiting.is_being_taken(now_ms()) => {
                "a game is being started with it; again in 5 s".to_owned()
            }
            Place::Playing(game, _) if game.closed.is_some() => {
                format!("its game {} is about to end", game.id)
            }
            place if word(place) == self.place => {
                format!("it has moved on, and is {} again", self.place)
            }
            place => format!("it is {} by now", word(place)),
        }
    }

    fn words(&self) -> String {
        let closed = if self.stale {
            "remove the closed"
        } else {
            "close"
        };
        let what = match &self.seen.place {
            Place::Idle => "it is idle".to_owned(),
            Place::Joining => "it is joining, so that will be refused; again in 5 s".to_owned(),
            Place::Waiting(_) => "it waits, and leaves the lobby".to_owned(),
            Place::Playing(game, _) => {
                format!("its opponent wins game {} by opponent-left", game.id)
            }
        };
        format!("{closed} {} ({what})", self.connection)
    }
}

impl CloseSocket {
    async fn act(&self, reach: &Reach<'_>, _: &Confirmed) -> Result<Outcome, Failure> {
        let Self { connection } = self;
        if find(&reach.store, connection).await?.is_some() {
            return Ok(Outcome::Refused("it is in the table by now".to_owned()));
        }
        let sockets = reach.deployment.sockets().await?;
        if sockets.open_as_typed(connection).await?.is_none() {
            return Ok(Outcome::Gone);
        }
        reach.gateway.disconnect(connection).await?;
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests;
