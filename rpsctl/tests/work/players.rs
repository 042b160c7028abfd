//! Players who pair off one after the other, and play many games at a time.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Long enough for a loaded machine; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Pairs that are connected before they can join.
const AHEAD: usize = 4;

/// Games that are begun and not over. There is no need for more: they wait for their end.
const AT_A_TIME: usize = 256;

/// Plays so many games, rock against scissors; the bytes that all players were sent.
pub(crate) async fn play(url: &str, games: u32) -> f64 {
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    let (url, (ready, mut pairs)) = (url.to_owned(), mpsc::channel(AHEAD));
    let connecting = tokio::spawn(async move {
        for _ in 0..games {
            let pair = (Player::connect(&url).await, Player::connect(&url).await);
            ready.send(pair).await.expect("somebody who plays");
        }
    });
    let (mut playing, mut heard_bytes) = (JoinSet::new(), 0.0);
    for _ in 0..games {
        let place = Arc::clone(&places).acquire_owned().await.expect("open");
        let (mut first, mut second) = pairs.recv().await.expect("a pair");
        first.join("waiting").await;
        // The next pair comes when this one has met: nobody loses a race for the lobby.
        second.join("game-started").await;
        playing.spawn(async move {
            let heard = tokio::join!(first.win(), second.lose());
            drop(place);
            f64::from(heard.0 + heard.1)
        });
        while let Some(done) = playing.try_join_next() {
            heard_bytes += done.expect("a game as it should be");
        }
    }
    connecting.await.expect("all are connected");
    while let Some(done) = playing.join_next().await {
        heard_bytes += done.expect("a game as it should be");
    }
    heard_bytes
}

/// A player, and how many bytes it was sent.
struct Player {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    heard_bytes: u32,
}

impl Player {
    async fn connect(url: &str) -> Self {
        let (socket, _) = connect_async(url).await.expect("connected");
        Self {
            socket,
            heard_bytes: 0,
        }
    }

    async fn join(&mut self, answer: &str) {
        self.say(&json!({ "action": "join-game" })).await;
        self.expect(answer).await;
    }

    /// The one who waited: is told of the game, and wins it.
    async fn win(mut self) -> u32 {
        self.expect("game-started").await;
        self.finish("rock", "won").await
    }

    async fn lose(self) -> u32 {
        self.finish("scissors", "lost").await
    }

    /// Plays, and stays until AWS closes the connection.
    async fn finish(mut self, play: &str, outcome: &str) -> u32 {
        self.say(&json!({ "action": "receive-play", "play": play, "round": 1 }))
            .await;
        // An answer that is late by the whole window would be another game than the one that is measured.
        self.expect("play-received").await;
        let over = self.expect("game-over").await;
        assert_eq!(
            (&over["outcome"], &over["reason"]),
            (&json!(outcome), &json!("plays"))
        );
        match self.frame().await {
            Some(Message::Close(_)) => self.heard_bytes,
            other => panic!("not a close frame: {other:?}"),
        }
    }

    async fn say(&mut self, frame: &Value) {
        let frame = Message::text(frame.to_string());
        self.socket.send(frame).await.expect("sent");
    }

    async fn expect(&mut self, kind: &str) -> Value {
        let Some(Message::Text(text)) = self.frame().await else {
            panic!("the connection ended instead of {kind}");
        };
        self.heard_bytes += u32::try_from(text.len()).expect("a short message");
        let message: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    async fn frame(&mut self) -> Option<Message> {
        let frame = timeout(PATIENCE, self.socket.next()).await;
        frame
            .expect("a frame in time")
            .map(|it| it.expect("no broken socket"))
    }
}
