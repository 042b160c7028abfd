use std::collections::HashMap;
use std::rc::Rc;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use rps_contract::names::CONNECTION_KEY_PREFIX;
use rps_game::{Connection, ConnectionId, Game, GameId, Lobby, Position};
use rps_handlers::outbound::dynamo::StoredItem;
use rps_handlers::service::position::ConnectionSnapshot;

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
    /// The lobby before the scan.
    lobby: Lobby,
    /// Only for filters that need it.
    sockets: Option<SocketApi<'a>>,
}

impl<'a> ConnectionScan<'a> {
    pub(super) async fn begin(deployment: &'a Deployment, filter: Filter) -> Result<Self, Failure> {
        Ok(Self {
            deployment,
            filter,
            lobby: deployment.lobby(None).await?,
            sockets: match filter {
                Filter::All => None,
                Filter::Stale | Filter::IdleFor(_) => Some(deployment.sockets().await?),
            },
        })
    }

    /// Streams the matching connections, unsorted. Reports unreadable items and skips them. Dropping the stream ends
    /// the scan.
    pub(super) fn connections(
        self,
    ) -> impl Stream<Item = Result<ConnectionEntry, Failure>> + use<'a> {
        let items = self.deployment.stored_items();
        self.connections_in(items)
    }

    fn connections_in<S>(
        self,
        items: S,
    ) -> impl Stream<Item = Result<ConnectionEntry, Failure>> + use<'a, S>
    where
        S: Stream<Item = Result<Entry<StoredItem>, Failure>>,
    {
        let scan = Rc::new(self);
        let (mut join, reader) = (Join::default(), Rc::clone(&scan));
        let end = stream::once(async { Ok(None) });
        let snapshots = items.map_ok(Some).chain(end).map_ok(move |entry| {
            let connections = match entry {
                Some(entry) => join.add(entry),
                None => join.rest(),
            };
            let now_ms = reader.deployment.now_ms();
            let snapshots = connections
                .into_iter()
                .map(|it| Ok(join.snapshot(it, &reader.lobby, now_ms)));
            stream::iter(snapshots.collect::<Vec<Result<_, Failure>>>())
        });
        snapshots
            .try_flatten()
            .map(move |snapshot| {
                let scan = Rc::clone(&scan);
                Box::pin(async move { scan.read(snapshot?).await })
            })
            .buffer_unordered(AT_A_TIME)
            .try_filter_map(async |entry| Ok(entry))
    }

    async fn read(&self, snapshot: ConnectionSnapshot) -> Result<Option<ConnectionEntry>, Failure> {
        let id = snapshot.connection.id.clone();
        let socket = match &self.sockets {
            Some(sockets) => sockets.find(&id).await?,
            None => SocketStatus::Unknown,
        };
        if !self
            .filter
            .matches(&snapshot.connection, &socket, self.deployment.now_ms())
        {
            return Ok(None);
        }
        match self.confirm(snapshot).await {
            Ok(snapshot) => Ok(snapshot.map(|snapshot| ConnectionEntry { snapshot, socket })),
            Err(ReadFailure::Unreadable(why)) => {
                output::note(format_args!("skipped connection {id}: {why}"));
                Ok(None)
            }
            Err(ReadFailure::Failed(failure)) => Err(failure),
        }
    }

    /// Reads a connection again if the scan has not read the game that it claims: the game may have started during the
    /// scan. A connection without a claim needs no more reads: it was idle or waiting when the scan began or when it
    /// connected. Returns none if the connection no longer exists.
    async fn confirm(
        &self,
        snapshot: ConnectionSnapshot,
    ) -> Result<Option<ConnectionSnapshot>, ReadFailure> {
        let is_playing = matches!(snapshot.place, Position::Playing(..));
        if is_playing || snapshot.connection.claim.is_none() {
            return Ok(Some(snapshot));
        }
        let lobby = self.deployment.lobby(None).await?;
        let id = &snapshot.connection.id;
        self.deployment.snapshot(&lobby, id).await
    }
}

/// Joins the connections with the games that they claim. A scan reads the items in any order.
#[derive(Default)]
struct Join {
    games: HashMap<GameId, Game>,
    /// The connections that claim a game that has not been read yet.
    pending: HashMap<GameId, Vec<Connection>>,
}

impl Join {
    /// Adds an item, and returns the connections whose positions are known now.
    fn add(&mut self, entry: Entry<StoredItem>) -> Vec<Connection> {
        // `confirm` reports an unreadable game if a connection claims it.
        if matches!(&entry, Entry::Unreadable(item) if !item.key().starts_with(CONNECTION_KEY_PREFIX))
        {
            return Vec::new();
        }
        match readable(entry) {
            Some(StoredItem::Connection(connection)) => match &connection.claim {
                Some(claim) if !self.games.contains_key(&claim.game) => {
                    let pending = self.pending.entry(claim.game.clone());
                    pending.or_default().push(connection);
                    Vec::new()
                }
                _ => vec![connection],
            },
            Some(StoredItem::Game(game)) => {
                let connections = self.pending.remove(&game.id);
                self.games.insert(game.id.clone(), game);
                connections.unwrap_or_default()
            }
            Some(StoredItem::Lobby(_) | StoredItem::Other(_)) | None => Vec::new(),
        }
    }

    /// Returns the other connections at the end of the scan.
    fn rest(&mut self) -> Vec<Connection> {
        self.pending
            .drain()
            .flat_map(|(_, connections)| connections)
            .collect()
    }

    fn snapshot(&self, connection: Connection, lobby: &Lobby, now_ms: u64) -> ConnectionSnapshot {
        let claim = connection.claim.as_ref();
        let game = claim.and_then(|claim| self.games.get(&claim.game));
        let place = Position::of(&connection, lobby, game, now_ms);
        ConnectionSnapshot { connection, place }
    }
}

/// The connection that matches an id on the command line.
#[derive(Debug)]
pub(super) enum ConnectionMatch {
    Stored(Box<ConnectionSnapshot>),
    /// An open connection that is not in the table.
    OnlyOpen(ConnectionId, OpenSocket),
}

impl ConnectionMatch {
    /// Finds the connection with this id, or the only connection in the table whose id has this prefix.
    pub(super) async fn find(deployment: &Deployment, id: &str) -> Result<Self, Failure> {
        let lobby = deployment.lobby(None).await?;
        if let Some(connection) = deployment.connection(id).await? {
            let snapshot = deployment.locate(&lobby, connection).await?;
            return Ok(Self::Stored(Box::new(snapshot)));
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

#[cfg(test)]
mod tests {
    use rps_game::{Claim, Rules, Seat, Waiting};
    use rps_handlers::ports::{OpenConnection, StartGame};

    use super::*;

    fn player(id: &str) -> Connection {
        Connection {
            id: id.into(),
            connected_at_ms: 1,
            claim: Some(Claim {
                game: "g".into(),
                seat: Seat::First,
                by: "j".into(),
                at_ms: 1,
                room: None,
            }),
        }
    }

    fn game() -> Game {
        Game::start("g".into(), ["x".into(), "y".into()], Rules::default(), 1)
    }

    async fn positions(
        deployment: &Deployment,
        lobby: Lobby,
        items: Vec<StoredItem>,
    ) -> Vec<Position> {
        let scan = ConnectionScan {
            deployment,
            filter: Filter::All,
            lobby,
            sockets: None,
        };
        let items = items.into_iter().map(|item| Ok(Entry::Readable(item)));
        let entries = scan.connections_in(stream::iter(items));
        let entries: Vec<_> = entries.try_collect().await.unwrap();
        let positions = entries.into_iter().map(|entry| entry.snapshot.place);
        positions.collect()
    }

    #[tokio::test]
    async fn items_of_a_scan_are_joined_in_any_order_without_another_request() {
        // No server listens at this address.
        let deployment = Deployment::at("http://127.0.0.1:1").await;
        let connection = || StoredItem::Connection(player("x"));
        let playing = [Position::Playing(game(), Seat::First)];
        for items in [
            vec![connection(), StoredItem::Game(game())],
            vec![StoredItem::Game(game()), connection()],
        ] {
            assert_eq!(
                positions(&deployment, Lobby::default(), items).await,
                playing
            );
        }
        let unclaimed = Connection {
            claim: None,
            ..player("x")
        };
        let lobby = Lobby::from([("x".into(), "g".into())]);
        let waiting = Waiting::find(&lobby, &unclaimed.id).unwrap();
        for (lobby, position) in [
            (lobby, Position::Waiting(waiting)),
            (Lobby::default(), Position::Idle),
        ] {
            let items = vec![StoredItem::Connection(unclaimed.clone())];
            assert_eq!(positions(&deployment, lobby, items).await, [position]);
        }
    }

    /// A game that starts during the scan may be in a part of the table that has already been read.
    #[tokio::test]
    async fn a_player_whose_game_the_scan_missed_is_located() {
        let local = rps_local::start(rps_local::Options::default())
            .await
            .unwrap();
        let deployment = Deployment::at(&local.urls().endpoint).await;
        let store = deployment.store();
        store.open_connection(&player("x")).await.unwrap();
        assert_eq!(store.start_game(&game()).await, Ok(true));
        let gone = StoredItem::Connection(player("gone"));
        let items = vec![StoredItem::Connection(player("x")), gone];
        // The place of a player who plays is a leftover.
        let lobby = Lobby::from([("x".into(), "g".into())]);
        let playing = Position::Playing(game(), Seat::First);
        assert_eq!(positions(&deployment, lobby, items).await, [playing]);
    }
}
