//! A player for tests. It checks that every message follows the published protocol.

use futures_util::{SinkExt, StreamExt};
use rps_game::{ErrorCode, Play};
use serde_json::{Value, json};
use tokio::net::TcpStream;
/// An error of a player's connection.
pub use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::{frames, soon};

/// Starts a game of two new players. Returns the first player, the second player and the game's id.
pub async fn pair(url: &str, play_within_ms: u32) -> (Player, Player, String) {
    let (mut first, mut second) = (Player::connect(url).await, Player::connect(url).await);
    first.join().await;
    first.expect(json!({"type": "waiting"})).await;
    second.join().await;
    let started = second.next().await;
    let game = started["game"].as_str().expect("an id").to_owned();
    let expected = |seat: &Value| {
        json!({
            "type": "game-started", "game": game, "round": 1, "play_within_ms": play_within_ms,
            "max_rounds": started["max_rounds"], "decide_early": started["decide_early"],
            "opponent": "player", "seat": seat,
        })
    };
    assert_eq!(started, expected(&second.seat));
    let other = first.next().await;
    assert_eq!(other, expected(&first.seat));
    assert_ne!(first.seat, second.seat, "each player has its own secret");
    (first, second, game)
}

pub struct Player {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The total size of all received messages.
    pub received_bytes: u32,
    /// The secret of the player's seat, from `game-started`.
    pub seat: Value,
}

impl Player {
    pub async fn connect(url: &str) -> Self {
        Self::connect_with(url, &[]).await.expect("connected")
    }

    /// Connects with these headers.
    pub async fn connect_with(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = url.into_client_request()?;
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
            request.headers_mut().insert(*name, value);
        }
        let (socket, _) = connect_async(request).await?;
        Ok(Self {
            socket,
            received_bytes: 0,
            seat: Value::Null,
        })
    }

    /// Sends a message of the protocol.
    pub async fn say(&mut self, message: Value) {
        let frame = message.to_string();
        assert!(frames::is_from_player(&frame), "not published: {frame}");
        self.send(frame).await;
    }

    /// Sends an invalid frame.
    pub async fn say_nonsense(&mut self, frame: impl Into<String>) {
        let frame = frame.into();
        assert!(!frames::is_from_player(&frame), "published: {frame}");
        self.send(frame).await;
    }

    /// Sends any frame.
    pub async fn send(&mut self, frame: impl Into<String>) {
        let sent = self.socket.send(Message::text(frame.into()));
        sent.await.expect("sent");
    }

    pub async fn join(&mut self) {
        self.say(json!({"action": "join-game"})).await;
    }

    pub async fn join_room(&mut self, room: &str) {
        self.say(json!({"action": "join-game", "room": room})).await;
    }

    pub async fn join_house(&mut self) {
        self.say(json!({"action": "join-game", "opponent": "bot"}))
            .await;
    }

    /// Asks for the seat with this secret.
    pub async fn resume(&mut self, game: &str, seat: &Value) {
        self.say(json!({"action": "resume-game", "game": game, "seat": seat}))
            .await;
    }

    pub async fn play(&mut self, play: Play, round: u32) {
        self.say(json!({"action": "receive-play", "play": play, "round": round}))
            .await;
    }

    /// Plays and expects `play-received`.
    pub async fn plays(&mut self, game: &str, play: Play, round: u32) {
        self.play(play, round).await;
        let received = json!({"type": "play-received", "game": game, "round": round, "play": play});
        self.expect(received).await;
    }

    async fn frame(&mut self) -> Option<Message> {
        let frame = soon(self.socket.next()).await;
        frame.map(|frame| frame.expect("no broken socket"))
    }

    /// The next text frame. `None`: the connection is closed.
    pub async fn text_or_close(&mut self) -> Option<String> {
        match self.frame().await {
            Some(Message::Text(text)) => {
                self.received_bytes += u32::try_from(text.len()).expect("a short text");
                Some(text.to_string())
            }
            Some(Message::Close(_)) | None => None,
            other => panic!("{other:?}"),
        }
    }

    pub async fn next(&mut self) -> Value {
        self.next_or_close().await.expect("a message, not a close")
    }

    /// The next message. `None`: the connection is closed.
    pub async fn next_or_close(&mut self) -> Option<Value> {
        let text = self.text_or_close().await?;
        let message = frames::from_server(&text);
        if let Some(seat) = message.get("seat") {
            self.seat = seat.clone();
        }
        Some(message)
    }

    pub async fn expect(&mut self, expected: Value) {
        assert_eq!(self.next().await, expected);
    }

    pub async fn expect_error(&mut self, code: ErrorCode) {
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

    /// Expects `game-over` with these values, then a closed connection.
    pub async fn expect_over(
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

    pub async fn close(self) {
        self.close_frame(None).await;
    }

    pub async fn close_with(self, code: u16) {
        let reason = "".into();
        let code = code.into();
        self.close_frame(Some(CloseFrame { code, reason })).await;
    }

    async fn close_frame(mut self, frame: Option<CloseFrame>) {
        self.socket.close(frame).await.expect("closed");
        // Waits for the server's close frame, so that no sent frame is lost.
        while let Some(Ok(_)) = soon(self.socket.next()).await {}
    }

    /// Expects a closed connection and returns its close code.
    pub async fn close_code(&mut self) -> u16 {
        match self.frame().await {
            Some(Message::Close(Some(frame))) => frame.code.into(),
            other => panic!("{other:?}"),
        }
    }
}
