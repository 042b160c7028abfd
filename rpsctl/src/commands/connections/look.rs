//! Where connections are, and what API Gateway says of them.

use futures_util::future::try_join_all;
use futures_util::{Stream, StreamExt, TryStreamExt};
use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, LOBBY_KEY_PREFIX};
use rps_game::lobby::SHARDS;
use rps_game::{Connection, Game, GameId, Waiting};
use rps_handlers::outbound::dynamo::{Stored, Unreadable};
use rps_handlers::service::operate::{Place, Seen};
use rps_handlers::time::now_ms;

use super::which::{Socket, Which};
use crate::aws::{Deployment, Sockets};
use crate::exit::Failure;
use crate::output;

/// Connections looked at at a time.
const AT_A_TIME: usize = 16;

/// A connection in the table.
#[derive(Debug)]
pub(super) struct Found {
    /// The connection, and where it is.
    pub(super) seen: Seen,
    /// What API Gateway says of it.
    pub(super) socket: Socket,
}

/// A look at the connections in the table.
pub(super) struct Look<'a> {
    deployment: &'a Deployment,
    which: Which,
    /// Only if `which` depends on it.
    sockets: Option<Sockets<'a>>,
    /// Who waits, by shard, when the look began.
    lobby: Vec<Option<Waiting>>,
}

impl<'a> Look<'a> {
    /// Reads the lobby.
    pub(super) async fn begin(deployment: &'a Deployment, which: Which) -> Result<Self, Failure> {
        // One call goes first: what is refused is refused once.
        let first = shard(deployment, 0).await?;
        let rest = (1..*SHARDS.end()).map(|number| shard(deployment, number));
        let rest = try_join_all(rest).await?;
        Ok(Self {
            deployment,
            which,
            sockets: match which {
                Which::All => None,
                Which::Stale | Which::IdleFor(_) => Some(deployment.sockets().await?),
            },
            lobby: std::iter::once(first).chain(rest).collect(),
        })
    }

    /// The connections as they are found, in no order. What does not read is said and left out. What is dropped before
    /// its end stops looking.
    pub(super) fn connections(&self) -> impl Stream<Item = Result<Found, Failure>> + '_ {
        self.deployment
            .scan(CONNECTION_KEY_PREFIX)
            .map(|item| Box::pin(async { self.look_at(item?).await }))
            .buffer_unordered(AT_A_TIME)
            .try_filter_map(async |found| Ok(found))
    }

    async fn look_at(&self, item: Result<Stored, Unreadable>) -> Result<Option<Found>, Failure> {
        let connection = match item {
            Ok(Stored::Connection(connection)) => connection,
            Ok(_) => return Ok(None),
            Err(why) => {
                output::note(format_args!("left out: {why}"));
                return Ok(None);
            }
        };
        let socket = match &self.sockets {
            Some(sockets) => Socket::ask(sockets, &connection).await?,
            None => Socket::Unknown,
        };
        if !self.which.admits(&connection, &socket) {
            return Ok(None);
        }
        let id = connection.id.clone();
        match self.seen(connection).await {
            Ok(seen) => Ok(seen.map(|seen| Found { seen, socket })),
            Err(NotRead::Unreadable(why)) => {
                output::note(format_args!("left out: the connection {id}: {why}"));
                Ok(None)
            }
            Err(NotRead::Failed(failure)) => Err(failure),
        }
    }

    /// Where it is; none if it is gone by now.
    async fn seen(&self, connection: Connection) -> Result<Option<Seen>, NotRead> {
        let Some(claim) = &connection.claim else {
            let place = Place::Idle;
            return Ok(Some(Seen { connection, place }));
        };
        let waiting = self.lobby.get(usize::from(claim.game.shard()));
        let waiting = waiting.cloned().flatten();
        let game = game(self.deployment, &claim.game).await?;
        let place = Place::of(&connection.id, claim, waiting, game, now_ms());
        match place {
            // The lobby, or the connection, may have changed since it was read.
            Place::Idle | Place::Joining => {
                let key = format!("{CONNECTION_KEY_PREFIX}{}", connection.id);
                match read(self.deployment, &key).await? {
                    Some(Stored::Connection(now)) => locate(self.deployment, now).await.map(Some),
                    _ => Ok(None),
                }
            }
            place => Ok(Some(Seen { connection, place })),
        }
    }
}

/// Finds out where a connection is.
pub(super) async fn locate(
    deployment: &Deployment,
    connection: Connection,
) -> Result<Seen, NotRead> {
    let place = match &connection.claim {
        None => Place::Idle,
        Some(claim) => {
            let waiting = waiting(deployment, claim.game.shard()).await?;
            let game = game(deployment, &claim.game).await?;
            Place::of(&connection.id, claim, waiting, game, now_ms())
        }
    };
    Ok(Seen { connection, place })
}

/// Why it is not known where a connection is.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotRead {
    /// What should say so does not read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// AWS did not answer.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<NotRead> for Failure {
    fn from(why: NotRead) -> Self {
        match why {
            NotRead::Unreadable(item) => item.into(),
            NotRead::Failed(failure) => failure,
        }
    }
}

async fn read(deployment: &Deployment, key: &str) -> Result<Option<Stored>, NotRead> {
    Ok(deployment.item(key).await?.transpose()?)
}

async fn game(deployment: &Deployment, id: &GameId) -> Result<Option<Game>, NotRead> {
    let key = format!("{GAME_KEY_PREFIX}{id}");
    Ok(match read(deployment, &key).await? {
        Some(Stored::Game(game)) => Some(game),
        _ => None,
    })
}

async fn waiting(deployment: &Deployment, shard: u8) -> Result<Option<Waiting>, NotRead> {
    let key = format!("{LOBBY_KEY_PREFIX}{shard}");
    Ok(match read(deployment, &key).await? {
        Some(Stored::Waiting(waiting)) => Some(waiting),
        _ => None,
    })
}

/// Who waits in that shard. If it does not read, whoever claims to wait there is looked at once more, and then
/// it is said.
async fn shard(deployment: &Deployment, number: u8) -> Result<Option<Waiting>, Failure> {
    match waiting(deployment, number).await {
        Ok(waiting) => Ok(waiting),
        Err(NotRead::Unreadable(_)) => Ok(None),
        Err(NotRead::Failed(failure)) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{Login, Target};
    use rps_game::{Claim, Seat};
    use rps_handlers::ports::{EnterLobby, OpenConnection};

    /// The lobby is read once, and players go on.
    #[tokio::test]
    async fn who_has_begun_to_wait_since_the_lobby_was_read() {
        let local = rps_local::start(rps_local::Options::default())
            .await
            .unwrap();
        let (endpoint, login) = (local.urls().endpoint.parse().unwrap(), Login::Local);
        let deployment = Deployment::reach(Target::Local { endpoint, login })
            .await
            .unwrap();
        let look = Look::begin(&deployment, Which::All).await.unwrap();
        let claim = Claim {
            game: "g-3".into(),
            seat: Seat::First,
            by: "j".into(),
            at_ms: 1,
        };
        let waiting = Waiting {
            connection: "x".into(),
            game: claim.game.clone(),
            taken: None,
        };
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: 1,
            claim: Some(claim),
        };
        let store = deployment.store();
        store.open_connection(&connection).await.unwrap();
        assert_eq!(store.enter_lobby(&waiting).await, Ok(true));
        let found: Vec<_> = look.connections().try_collect().await.unwrap();
        let places: Vec<_> = found.into_iter().map(|found| found.seen.place).collect();
        assert_eq!(places, [Place::Waiting(waiting)]);
    }
}
