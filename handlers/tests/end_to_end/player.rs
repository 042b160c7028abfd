//! A player: says what a client says, and accepts nothing but the protocol.

// In here, and by its path, because the tests of the deployed game have this file by its path.
#[path = "frames.rs"]
pub(crate) mod frames;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_game::{ErrorCode, Play};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::Error as WebSocketError;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longer than anything here takes on a machine that is busy with other tests.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Two new players in a game, the one who waited first, and the game's id.
pub(crate) async fn pair(url: &str, play_within_ms: u32) -> (Player, Player, String) {
    let connect = async || Player::connect(url, None).await.expect("connected");
    let (mut first, mut second) = (connect().await, connect().await);
    first.join().await;
    first.expect(json!({"type": "waiting"})).await;
    second.join().await;
    let started = second.next().await;
    let game = started["game"].as_str().expect("an id").to_owned();
    let expected = json!({
        "type": "game-started", "game": game, "round": 1, "play_within_ms": play_within_ms,
    });
    assert_eq!(started, expected);
    first.expect(expected).await;
    (first, second, game)
}

pub(crate) struct Player {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Player {
    /// A connection, with that Origin header.
    pub(crate) async fn connect(url: &str, origin: Option<&str>) -> Result<Self, WebSocketError> {
        let mut request = url.into_client_request()?;
        if let Some(origin) = origin {
            let origin = HeaderValue::from_str(origin).expect("a header");
            request.headers_mut().insert("origin", origin);
        }
        let (socket, _) = connect_async(request).await?;
        Ok(Self { socket })
    }

    /// Sends a message of the protocol.
    pub(crate) async fn say(&mut self, message: Value) {
        let frame = message.to_string();
        assert!(frames::is_from_player(&frame), "not published: {frame}");
        self.send(frame).await;
    }

    /// Sends what is none.
    pub(crate) async fn say_nonsense(&mut self, frame: impl Into<String>) {
        let frame = frame.into();
        assert!(!frames::is_from_player(&frame), "published: {frame}");
        self.send(frame).await;
    }

    async fn send(&mut self, frame: String) {
        let sent = self.socket.send(Message::text(frame));
        sent.await.expect("sent");
    }

    pub(crate) async fn join(&mut self) {
        self.say(json!({"action": "join-game"})).await;
    }

    pub(crate) async fn play(&mut self, play: Play, round: u32) {
        self.say(json!({"action": "receive-play", "play": play, "round": round}))
            .await;
    }

    /// Plays, and is told that the play counts.
    pub(crate) async fn plays(&mut self, game: &str, play: Play, round: u32) {
        self.play(play, round).await;
        let received = json!({"type": "play-received", "game": game, "round": round, "play": play});
        self.expect(received).await;
    }

    async fn frame(&mut self) -> Option<Message> {
        let frame = timeout(PATIENCE, self.socket.next())
            .await
            .expect("a frame in time");
        frame.map(|frame| frame.expect("no broken socket"))
    }

    pub(crate) async fn next(&mut self) -> Value {
        self.next_or_close().await.expect("a message, not the end")
    }

    /// The next message, or `None` at the end of the connection.
    pub(crate) async fn next_or_close(&mut self) -> Option<Value> {
        match self.frame().await {
            Some(Message::Text(text)) => Some(frames::from_server(&text)),
            Some(Message::Close(_)) | None => None,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn expect(&mut self, expected: Value) {
        assert_eq!(self.next().await, expected);
    }

    pub(crate) async fn expect_error(&mut self, code: ErrorCode) {
        let message = self.next().await;
        assert_eq!(
            (&message["type"], &message["code"]),
            (&json!("error"), &json!(code))
        );
        assert!(
            message["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{message}"
        );
    }

    /// The game is over, with these words and plays, and the connection closes.
    pub(crate) async fn expect_over(
        mut self,
        game: &str,
        rounds: u32,
        [outcome, reason]: [&str; 2],
        [you, opponent]: [Option<Play>; 2],
    ) {
        self.expect(json!({
            "type": "game-over", "game": game, "rounds": rounds, "outcome": outcome,
            "reason": reason, "you": you, "opponent": opponent,
        }))
        .await;
        assert_eq!(self.close_code().await, 1000);
    }

    /// Nothing more comes but the end of the connection, with this code.
    pub(crate) async fn close_code(&mut self) -> u16 {
        match self.frame().await {
            Some(Message::Close(Some(frame))) => frame.code.into(),
            other => panic!("{other:?}"),
        }
    }
}
