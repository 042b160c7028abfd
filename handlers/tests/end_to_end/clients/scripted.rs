//! A scripted server, whose rare sequences of messages a client must handle.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_testkit::{PATIENCE, frames};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::{Client, ClientResult, IMPATIENT};

/// The server's side of a connection.
pub(super) struct ClientConnection(WebSocketStream<TcpStream>);

pub(super) struct ScriptedServer(TcpListener);

impl ScriptedServer {
    pub(super) async fn accept(&self) -> ClientConnection {
        let stream = self.accept_tcp().await;
        ClientConnection(accept_async(stream).await.expect("a WebSocket"))
    }

    /// Accepts a connection before its WebSocket handshake.
    pub(super) async fn accept_tcp(&self) -> TcpStream {
        let accepted = timeout(PATIENCE, self.0.accept()).await.expect("in time");
        accepted.expect("a client").0
    }
}

impl ClientConnection {
    pub(super) async fn expect(&mut self, expected: &Value) {
        let message = self.next().await;
        assert_eq!(message.as_ref(), Some(expected));
    }

    /// Expects a play of this round as the next message.
    pub(super) async fn expect_play(&mut self, round: u32) -> Value {
        let message = self.next().await.expect("a play");
        assert_eq!(message["round"], round, "{message}");
        message
    }

    /// The next message of the protocol. `None`: the client closes the connection.
    pub(super) async fn next(&mut self) -> Option<Value> {
        // Reading past a close frame answers it.
        let frame = async {
            while let Some(Ok(message)) = self.0.next().await {
                if let Message::Text(frame) = message {
                    return Some(frame);
                }
            }
            None
        };
        let frame = timeout(PATIENCE, frame).await.expect("in time")?;
        assert!(frames::is_from_player(&frame), "not published: {frame}");
        serde_json::from_str(&frame).ok()
    }

    pub(super) async fn send(&mut self, messages: &[&Value]) {
        for message in messages {
            let sending = self.0.send(Message::text(message.to_string()));
            sending.await.expect("sent");
        }
    }

    /// Closes the connection with this code, or without one, and waits for the client's close frame.
    pub(super) async fn close(mut self, code: Option<CloseCode>) {
        let frame = code.map(|code| CloseFrame {
            code,
            reason: "".into(),
        });
        self.0.close(frame).await.expect("closed");
        assert_eq!(self.next().await, None);
    }
}

/// Runs the client against a server with this script.
pub(super) async fn run(client: Client, script: impl AsyncFnOnce(&ScriptedServer)) -> ClientResult {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let server = ScriptedServer(listener.expect("a port"));
    let url = format!("ws://{}/ws", server.0.local_addr().expect("an address"));
    let client = tokio::spawn(client.play(url));
    script(&server).await;
    tokio::select! {
        result = client => result.expect("a result"),
        _ = server.0.accept() => panic!("the client connects again"),
    }
}

/// Repeats messages, and sends unknown and outdated messages.
async fn send_rare_sequences(server: &ScriptedServer) {
    let mut connection = server.accept().await;
    let join = json!({"action": "join-game"});
    let gateway =
        json!({"message": "Internal server error", "connectionId": "c", "requestId": "r"});
    let again = json!({"type": "error", "code": "try-again", "message": "Again."});
    let already = json!({"type": "error", "code": "already-waiting", "message": "You wait."});
    let unknown = json!({"type": "spectators", "count": 3});
    let waiting = json!({"type": "waiting"});
    let started = json!({
        "type": "game-started", "game": "g", "round": 1, "play_within_ms": 5000, "new": [1],
    });
    connection.expect(&join).await;
    connection.send(&[&gateway]).await;
    connection.expect(&join).await;
    connection.send(&[&again]).await;
    connection.expect(&join).await;
    connection.send(&[&already, &unknown, &started]).await;
    let first_play = connection.expect_play(1).await;
    connection.send(&[&waiting, &started, &again]).await;
    connection.expect(&first_play).await;
    let play = &first_play["play"];
    let received = json!({"type": "play-received", "game": "g", "round": 1, "play": play});
    let drawn = json!({
        "type": "round-drawn", "game": "g", "round": 1, "you": play, "opponent": play,
        "next_round": 2, "play_within_ms": 5000,
    });
    connection.send(&[&received, &received, &drawn]).await;
    let second_play = connection.expect_play(2).await;
    let repeats = [&drawn, &started, &unknown, &gateway];
    connection.send(&repeats).await;
    connection.expect(&second_play).await;
    let over = json!({
        "type": "game-over", "game": "g", "rounds": 2, "outcome": "won", "reason": "opponent-left",
        "you": second_play["play"], "opponent": null,
    });
    connection.send(&[&over, &over]).await;
    let next = connection.next().await;
    assert_eq!(next, None, "the client leaves after game-over");
}

async fn handles_rare_sequences(client: Client) {
    let output = run(client, send_rare_sequences).await.expect_code(0);
    let lines: Vec<_> = output.lines().collect();
    let [refused, first, second, over] = lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(refused, "You wait.");
    assert!(first.starts_with("Round 1: you play "), "{first}");
    let play = second.strip_prefix("Round 2: you play ").expect(second);
    let play = play.trim_end_matches('.');
    assert_eq!(over, format!("won, opponent-left: {play} against nothing."));
}

async fn reports_a_closed_connection(client: Client) {
    let close = async |server: &ScriptedServer| {
        let mut connection = server.accept().await;
        connection.expect(&json!({"action": "join-game"})).await;
        connection.send(&[&json!({"type": "waiting"})]).await;
        connection.close(None).await;
    };
    run(client.clone(), close).await.expect_closed();
    // A free port: no server listens there.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("ws://{}/ws", listener.local_addr().expect("an address"));
    drop(listener);
    client.play(url).await.expect_closed();
}

/// A client that waits for long reconnects and waits again.
async fn reconnects_after_a_long_wait(client: Client) {
    let let_wait = async |server: &ScriptedServer| {
        let join = json!({"action": "join-game"});
        let mut first = server.accept().await;
        first.expect(&join).await;
        first.send(&[&json!({"type": "waiting"})]).await;
        assert_eq!(first.next().await, None);
        // The server closes the TCP connection.
        drop(first);
        let mut second = server.accept().await;
        second.expect(&join).await;
        let over = json!({
            "type": "game-over", "game": "g", "rounds": 1, "outcome": "abandoned",
            "reason": "nobody-played", "you": null, "opponent": null,
        });
        second.send(&[&over]).await;
    };
    let output = run(client.impatient(), let_wait).await.expect_code(0);
    let over = "You wait for an opponent.\nabandoned, nobody-played: nothing against nothing.\n";
    assert_eq!(output, over);
}

/// A client stays in its game, however long the server is silent.
async fn stays_in_a_game(client: Client) {
    let stay_silent = async |server: &ScriptedServer| {
        let mut connection = server.accept().await;
        connection.expect(&json!({"action": "join-game"})).await;
        let started =
            json!({"type": "game-started", "game": "g", "round": 1, "play_within_ms": 5000});
        connection.send(&[&started]).await;
        connection.expect_play(1).await;
        let longer = IMPATIENT + Duration::from_secs(1);
        let next = timeout(longer, connection.next()).await;
        assert!(next.is_err(), "{next:?}");
        let over = json!({
            "type": "game-over", "game": "g", "rounds": 1, "outcome": "won",
            "reason": "opponent-left", "you": "rock", "opponent": null,
        });
        connection.send(&[&over]).await;
    };
    let output = run(client.impatient(), stay_silent).await.expect_code(0);
    assert!(
        output.ends_with("won, opponent-left: rock against nothing.\n"),
        "{output}"
    );
}

async fn handles_rare_events(client: Client) {
    handles_rare_sequences(client.clone()).await;
    reports_a_closed_connection(client.clone()).await;
    reconnects_after_a_long_wait(client.clone()).await;
    stays_in_a_game(client).await;
}

#[tokio::test]
#[ignore = "needs Node"]
async fn the_javascript_client_handles_rare_events() {
    handles_rare_events(Client::javascript().await).await;
}

#[tokio::test]
#[ignore = "needs Python and its package websockets"]
async fn the_python_client_handles_rare_events() {
    handles_rare_events(Client::python().await).await;
}
