//! Players with real sockets, and ghosts without.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_game::{Claim, Connection, ConnectionId, Game as Match, GameId, Rules, Seat, Waiting};
use rps_handlers::ports::{EnterLobby, OpenConnection, RemoveConnection, StartGame};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::aws::Table;
use crate::rpsctl::Game;

/// Long enough for a loaded machine; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A player of a `rpsctl local`.
pub(crate) struct Player {
    runtime: Runtime,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The connection's id.
    pub(crate) id: String,
}

impl Player {
    /// Connects; one after the other, so that it is known who is who.
    pub(crate) fn connect(game: &Game) -> Self {
        Self::connect_with(game, "a test")
    }

    /// With this user agent.
    pub(crate) fn connect_with(game: &Game, user_agent: &str) -> Self {
        let table = Table::at(game.endpoint(), "rps");
        let before = table.keys();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let mut request = game.url().into_client_request().expect("a URL");
        let agent = HeaderValue::from_bytes(user_agent.as_bytes()).expect("a header");
        request.headers_mut().insert("user-agent", agent);
        let connecting = connect_async(request);
        let (socket, _) = runtime.block_on(connecting).expect("connected");
        let keys = table.keys();
        let new = |key: &&String| key.starts_with("C#") && !before.contains(key);
        let key = keys.iter().find(new).expect("a new connection");
        let id = key["C#".len()..].to_owned();
        Self {
            runtime,
            socket,
            id,
        }
    }

    /// Sends a frame.
    pub(crate) fn send(&mut self, frame: &str) {
        let sending = self.socket.send(Message::text(frame));
        self.runtime.block_on(sending).expect("sent");
    }

    /// Joins, and gives the answer's type.
    pub(crate) fn join(&mut self) -> String {
        self.send(r#"{"action":"join-game"}"#);
        let answer = self.hear();
        answer["type"].as_str().expect("a type").to_owned()
    }

    /// The next message.
    pub(crate) fn hear(&mut self) -> Value {
        match self.next() {
            Some(Message::Text(text)) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("not a message: {other:?}"),
        }
    }

    /// The next message; none at the end of the connection.
    pub(crate) fn hear_or_end(&mut self) -> Option<Value> {
        match self.next() {
            Some(Message::Text(text)) => Some(serde_json::from_str(&text).expect("JSON")),
            _ => None,
        }
    }

    /// All messages until the connection ends.
    pub(crate) fn rest(mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.hear_or_end()).collect()
    }

    /// The next message is that the game is over: its outcome, and why.
    pub(crate) fn hears_the_end(&mut self) -> (String, String) {
        let over = self.hear();
        assert_eq!(over["type"], "game-over", "{over}");
        let text = |name: &str| over[name].as_str().expect("text").to_owned();
        (text("outcome"), text("reason"))
    }

    /// The server closes the socket, and says nothing before.
    pub(crate) fn is_closed(&mut self) {
        match self.next() {
            Some(Message::Close(Some(why))) => assert_eq!(u16::from(why.code), 1000, "{why}"),
            other => panic!("not closed: {other:?}"),
        }
    }

    fn next(&mut self) -> Option<Message> {
        let next = async { tokio::time::timeout(PATIENCE, self.socket.next()).await };
        let next = self.runtime.block_on(next).expect("something happens");
        next.map(|message| message.expect("a message"))
    }
}

/// Two players in a game, and its id.
pub(crate) fn pair(game: &Game) -> ([Player; 2], String) {
    let mut first = Player::connect(game);
    assert_eq!(first.join(), "waiting");
    let mut second = Player::connect(game);
    assert_eq!(second.join(), "game-started");
    let started = first.hear();
    let id = started["game"].as_str().expect("an id").to_owned();
    ([first, second], id)
}

impl Table {
    /// Stores a connection that has been there since then, and claims the first seat of that game, if any.
    pub(crate) fn haunt(&self, id: &str, connected_at_ms: u64, game: Option<&str>) {
        let connection = Connection {
            id: id.into(),
            connected_at_ms,
            claim: game.map(|game| Claim {
                game: game.into(),
                seat: Seat::First,
                by: "0123456789abcdef0123456789abcdef".into(),
                at_ms: connected_at_ms,
            }),
        };
        self.wait(self.store().open_connection(&connection));
    }

    /// Removes a connection.
    pub(crate) fn forget(&self, id: &str) {
        let id = ConnectionId::from(id);
        let removed = self.wait(self.store().remove_connection(&id, None));
        assert!(removed.is_some(), "{id}");
    }

    /// Lets a connection wait for that game.
    pub(crate) fn queue(&self, id: &str, game: &str) {
        let waiting = Waiting {
            connection: id.into(),
            game: game.into(),
            taken: None,
        };
        assert!(
            self.wait(
                self.store()
                    .enter_lobby(&waiting, rps_handlers::time::now_ms())
            )
        );
    }

    /// Starts a game that lasts for as long as a test.
    pub(crate) fn play(&self, game: &str, players: [&str; 2], now_ms: u64) {
        let players = players.map(ConnectionId::from);
        let rules = Rules::new(60, 5).expect("rules");
        let (game, _) = Match::start(GameId::from(game), players, rules, now_ms);
        assert!(self.wait(self.store().start_game(&game)));
    }
}
