use std::rc::Rc;

use futures_util::future::try_join_all;
use futures_util::{Stream, StreamExt, TryStreamExt};
use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, LOBBY_KEY_PREFIX};
use rps_game::lobby::SHARDS;
use rps_game::{Connection, ConnectionId, Position, Waiting};
use rps_handlers::outbound::dynamo::Stored;
use rps_handlers::service::operate::Seen;
use rps_handlers::time::now_ms;

use crate::aws::{Deployment, Entry, OpenSocket, ReadFailure, Socket, Sockets};
use crate::commands::connections::filter::Filter;
use crate::commands::list::readable;
use crate::exit::{Exit, Failure};
use crate::output;

const AT_A_TIME: usize = 16;

/// A connection in the table, and what API Gateway says of it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) seen: Seen,
    pub(super) socket: Socket,
}

/// A look at the connections in the table.
pub(super) struct Look<'a> {
    deployment: &'a Deployment,
    filter: Filter,
    /// Only if the filter depends on it.
    sockets: Option<Sockets<'a>>,
    /// Who waits, by shard, when the look began.
    lobby: Vec<Option<Waiting>>,
}

impl<'a> Look<'a> {
    pub(super) async fn begin(deployment: &'a Deployment, filter: Filter) -> Result<Self, Failure> {
        // One call goes first: what is refused is refused once.
        let first = shard(deployment, 0).await?;
        let rest = (1..*SHARDS.end()).map(|number| shard(deployment, number));
        let rest = try_join_all(rest).await?;
        Ok(Self {
            deployment,
            filter,
            sockets: match filter {
                Filter::All => None,
                Filter::Stale | Filter::IdleFor(_) => Some(deployment.sockets().await?),
            },
            lobby: std::iter::once(first).chain(rest).collect(),
        })
    }

    /// The connections as they are found, in no order. What does not read is said and left out. Looking stops when
    /// the stream is dropped.
    pub(super) fn connections(self) -> impl Stream<Item = Result<Found, Failure>> + use<'a> {
        let look = Rc::new(self);
        look.deployment
            .connections()
            .map(move |entry| {
                let look = Rc::clone(&look);
                Box::pin(async move { look.look_at(entry?).await })
            })
            .buffer_unordered(AT_A_TIME)
            .try_filter_map(async |found| Ok(found))
    }

    async fn look_at(&self, entry: Entry<Connection>) -> Result<Option<Found>, Failure> {
        let Some(connection) = readable(entry) else {
            return Ok(None);
        };
        let socket = match &self.sockets {
            Some(sockets) => sockets.find(&connection.id).await?,
            None => Socket::Unknown,
        };
        if !self.filter.admits(&connection, &socket) {
            return Ok(None);
        }
        let id = connection.id.clone();
        match self.locate(connection).await {
            Ok(seen) => Ok(seen.map(|seen| Found { seen, socket })),
            Err(ReadFailure::Unreadable(why)) => {
                output::note(format_args!("left out: the connection {id}: {why}"));
                Ok(None)
            }
            Err(ReadFailure::Failed(failure)) => Err(failure),
        }
    }

    /// Where it is; none if it is gone by now.
    async fn locate(&self, connection: Connection) -> Result<Option<Seen>, ReadFailure> {
        let seen = locate(self.deployment, connection, Some(&self.lobby)).await?;
        let may_have_moved = matches!(seen.place, Position::Idle | Position::Joining);
        if seen.connection.claim.is_none() || !may_have_moved {
            return Ok(Some(seen));
        }
        // The lobby, or the connection, may have changed since it was read.
        let key = format!("{CONNECTION_KEY_PREFIX}{}", seen.connection.id);
        let now = self.deployment.item(&key).await?;
        match now.and_then(Stored::try_as_connection) {
            Some(now) => locate(self.deployment, now, None).await.map(Some),
            None => Ok(None),
        }
    }
}

#[derive(Debug)]
pub(super) enum Named {
    Stored(Seen),
    /// It is not in the table, and open.
    OnlyOpen(ConnectionId, OpenSocket),
}

impl Named {
    /// Finds the connection with that id, or the only one in the table whose id begins so.
    pub(super) async fn find(deployment: &Deployment, id: &str) -> Result<Self, Failure> {
        if let Some(connection) = deployment.connection(id).await? {
            return Ok(Self::Stored(locate(deployment, connection, None).await?));
        }
        let typed = ConnectionId::from(id);
        let sockets = deployment.sockets().await?;
        match sockets.open_as_typed(&typed).await? {
            Some(open) => Ok(Self::OnlyOpen(typed, open)),
            None => Err(Failure::new(
                Exit::NoSuchThing,
                format!(
                    "there is no connection {id}: it is closed, or never was; `rpsctl connections list` \
                     shows those that are there"
                ),
            )),
        }
    }

    pub(super) fn id(&self) -> &ConnectionId {
        match self {
            Self::Stored(seen) => &seen.connection.id,
            Self::OnlyOpen(id, _) => id,
        }
    }
}

/// Locates a connection. Reads the shard of the lobby that it claims, unless `lobby` was read before.
async fn locate(
    deployment: &Deployment,
    connection: Connection,
    lobby: Option<&[Option<Waiting>]>,
) -> Result<Seen, ReadFailure> {
    let (mut waiting, mut game) = (None, None);
    if let Some(claim) = &connection.claim {
        let shard = claim.game.shard();
        waiting = match lobby {
            Some(lobby) => lobby.get(usize::from(shard)).cloned().flatten(),
            None => waiting_in(deployment, shard).await?,
        };
        let item = deployment
            .item(&format!("{GAME_KEY_PREFIX}{}", claim.game))
            .await?;
        game = item.and_then(Stored::try_as_game);
    }
    Ok(Seen::new(
        connection,
        waiting.as_ref(),
        game.as_ref(),
        now_ms(),
    ))
}

async fn waiting_in(deployment: &Deployment, shard: u8) -> Result<Option<Waiting>, ReadFailure> {
    let item = deployment
        .item(&format!("{LOBBY_KEY_PREFIX}{shard}"))
        .await?;
    Ok(item.and_then(Stored::try_as_waiting))
}

/// Who waits in that shard. If it does not read, whoever claims to wait there is looked at once more, and then
/// it is said.
async fn shard(deployment: &Deployment, number: u8) -> Result<Option<Waiting>, Failure> {
    match waiting_in(deployment, number).await {
        Err(ReadFailure::Unreadable(_)) => Ok(None),
        waiting => Ok(waiting?),
    }
}

#[cfg(test)]
mod tests {
    use rps_game::{Claim, Seat};
    use rps_handlers::ports::{EnterLobby, OpenConnection};

    use super::*;

    /// The lobby is read once, and players go on.
    #[tokio::test]
    async fn who_has_begun_to_wait_since_the_lobby_was_read() {
        let local = rps_local::start(rps_local::Options::default())
            .await
            .unwrap();
        let deployment = Deployment::at(&local.urls().endpoint).await;
        let look = Look::begin(&deployment, Filter::All).await.unwrap();
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
        assert_eq!(store.enter_lobby(&waiting, now_ms()).await, Ok(true));
        let found: Vec<_> = look.connections().try_collect().await.unwrap();
        let places: Vec<_> = found.into_iter().map(|found| found.seen.place).collect();
        assert_eq!(places, [Position::Waiting(waiting)]);
    }
}
