use std::rc::Rc;

use futures_util::future::try_join_all;
use futures_util::{Stream, StreamExt, TryStreamExt};
use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, LOBBY_KEY_PREFIX};
use rps_game::lobby::SHARDS;
use rps_game::{Connection, ConnectionId, Position, Waiting};
use rps_handlers::outbound::dynamo::StoredItem;
use rps_handlers::service::operate::ConnectionSnapshot;
use rps_handlers::time::now_ms;

use crate::aws::{Deployment, Entry, OpenSocket, ReadFailure, SocketApi, SocketStatus};
use crate::commands::connections::filter::Filter;
use crate::commands::list::readable;
use crate::exit::{Exit, Failure};
use crate::output;

const AT_A_TIME: usize = 16;

/// A connection in the table, and its socket in API Gateway.
#[derive(Debug)]
pub(super) struct ConnectionEntry {
    pub(super) snapshot: ConnectionSnapshot,
    pub(super) socket: SocketStatus,
}

/// A scan of the connections in the table.
pub(super) struct ConnectionScan<'a> {
    deployment: &'a Deployment,
    filter: Filter,
    /// Only for filters that need it.
    sockets: Option<SocketApi<'a>>,
    /// The waiting player of each shard when the scan began.
    lobby: Vec<Option<Waiting>>,
}

impl<'a> ConnectionScan<'a> {
    pub(super) async fn begin(deployment: &'a Deployment, filter: Filter) -> Result<Self, Failure> {
        // One request goes first, so that a missing permission causes one error.
        let first = read_shard(deployment, 0).await?;
        let others = (1..*SHARDS.end()).map(|number| read_shard(deployment, number));
        let others = try_join_all(others).await?;
        Ok(Self {
            deployment,
            filter,
            sockets: match filter {
                Filter::All => None,
                Filter::Stale | Filter::IdleFor(_) => Some(deployment.sockets().await?),
            },
            lobby: std::iter::once(first).chain(others).collect(),
        })
    }

    /// Streams the matching connections, unsorted. Reports unreadable items and skips them. Dropping the stream ends
    /// the scan.
    pub(super) fn connections(
        self,
    ) -> impl Stream<Item = Result<ConnectionEntry, Failure>> + use<'a> {
        let scan = Rc::new(self);
        scan.deployment
            .connections()
            .map(move |entry| {
                let scan = Rc::clone(&scan);
                Box::pin(async move { scan.read(entry?).await })
            })
            .buffer_unordered(AT_A_TIME)
            .try_filter_map(async |entry| Ok(entry))
    }

    async fn read(&self, entry: Entry<Connection>) -> Result<Option<ConnectionEntry>, Failure> {
        let Some(connection) = readable(entry) else {
            return Ok(None);
        };
        let socket = match &self.sockets {
            Some(sockets) => sockets.find(&connection.id).await?,
            None => SocketStatus::Unknown,
        };
        if !self.filter.matches(&connection, &socket) {
            return Ok(None);
        }
        let id = connection.id.clone();
        match self.locate(connection).await {
            Ok(snapshot) => Ok(snapshot.map(|snapshot| ConnectionEntry { snapshot, socket })),
            Err(ReadFailure::Unreadable(why)) => {
                output::note(format_args!(
                    "skipped the unreadable connection {id}: {why}"
                ));
                Ok(None)
            }
            Err(ReadFailure::Failed(failure)) => Err(failure),
        }
    }

    /// Locates the connection. Returns none if it no longer exists.
    async fn locate(
        &self,
        connection: Connection,
    ) -> Result<Option<ConnectionSnapshot>, ReadFailure> {
        let snapshot = locate(self.deployment, connection, Some(&self.lobby)).await?;
        let may_have_moved = matches!(snapshot.place, Position::Idle | Position::Joining);
        if snapshot.connection.claim.is_none() || !may_have_moved {
            return Ok(Some(snapshot));
        }
        // The lobby or the connection may have changed since the scan read it.
        let key = format!("{CONNECTION_KEY_PREFIX}{}", snapshot.connection.id);
        let item = self.deployment.item(&key).await?;
        match item.and_then(StoredItem::try_as_connection) {
            Some(connection) => locate(self.deployment, connection, None).await.map(Some),
            None => Ok(None),
        }
    }
}

/// The connection that matches an id on the command line.
#[derive(Debug)]
pub(super) enum ConnectionMatch {
    Stored(ConnectionSnapshot),
    /// An open connection that is not in the table.
    OnlyOpen(ConnectionId, OpenSocket),
}

impl ConnectionMatch {
    /// Finds the connection with this id, or the only connection in the table whose id has this prefix.
    pub(super) async fn find(deployment: &Deployment, id: &str) -> Result<Self, Failure> {
        if let Some(connection) = deployment.connection(id).await? {
            return Ok(Self::Stored(locate(deployment, connection, None).await?));
        }
        let exact_id = ConnectionId::from(id);
        let sockets = deployment.sockets().await?;
        match sockets.open_as_typed(&exact_id).await? {
            Some(open) => Ok(Self::OnlyOpen(exact_id, open)),
            None => Err(Failure::new(
                Exit::NoSuchThing,
                format!(
                    "connection {id} not found: it is closed or never existed; list connections with \
                     `rpsctl connections list`"
                ),
            )),
        }
    }

    pub(super) fn id(&self) -> &ConnectionId {
        match self {
            Self::Stored(snapshot) => &snapshot.connection.id,
            Self::OnlyOpen(id, _) => id,
        }
    }
}

/// Locates a connection in its game or in the lobby. Reads the claimed shard, unless the caller has read the `lobby`.
async fn locate(
    deployment: &Deployment,
    connection: Connection,
    lobby: Option<&[Option<Waiting>]>,
) -> Result<ConnectionSnapshot, ReadFailure> {
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
        game = item.and_then(StoredItem::try_as_game);
    }
    Ok(ConnectionSnapshot::new(
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
    Ok(item.and_then(StoredItem::try_as_waiting))
}

/// Reads the waiting player of a shard. An unreadable item counts as none: `locate` reads it again for a connection
/// that claims it, and reports the error.
async fn read_shard(deployment: &Deployment, number: u8) -> Result<Option<Waiting>, Failure> {
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

    /// The scan reads the lobby once, and the lobby changes meanwhile.
    #[tokio::test]
    async fn a_player_who_waits_after_the_lobby_was_read_is_located() {
        let local = rps_local::start(rps_local::Options::default())
            .await
            .unwrap();
        let deployment = Deployment::at(&local.urls().endpoint).await;
        let scan = ConnectionScan::begin(&deployment, Filter::All)
            .await
            .unwrap();
        let claim = Claim {
            game: "g-3".into(),
            seat: Seat::First,
            by: "j".into(),
            at_ms: 1,
        };
        let waiting = Waiting {
            connection: "x".into(),
            game: claim.game.clone(),
            reservation: None,
        };
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: 1,
            claim: Some(claim),
        };
        let store = deployment.store();
        store.open_connection(&connection).await.unwrap();
        assert_eq!(store.enter_lobby(&waiting, now_ms()).await, Ok(true));
        let entries: Vec<_> = scan.connections().try_collect().await.unwrap();
        let positions: Vec<_> = entries
            .into_iter()
            .map(|entry| entry.snapshot.place)
            .collect();
        assert_eq!(positions, [Position::Waiting(waiting)]);
    }
}
