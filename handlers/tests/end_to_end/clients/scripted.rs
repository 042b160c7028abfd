//! A server that does what a client must survive.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_testkit::{PATIENCE, frames};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::{Client, Ended, IMPATIENT};

/// The server's side of a connection.
struct Server(WebSocketStream<TcpStream>);

/// Where the client knocks.
struct Door(TcpListener);

impl Door {
    async fn opens(&self) -> Server {
        let knock = timeout(PATIENCE, self.0.accept()).await.expect("in time");
        let (stream, _) = knock.expect("a client");
        Server(accept_async(stream).await.expect("a WebSocket"))
    }
}

impl Server {
    async fn hears(&mut self, expected: &Value) {
        let heard = self.next().await;
        assert_eq!(heard.as_ref(), Some(expected));
    }

    /// A play of that round, and nothing else before it.
    async fn hears_a_play(&mut self, round: u32) -> Value {
        let heard = self.next().await.expect("a play");
        assert_eq!(heard["round"], round, "{heard}");
        heard
    }

    /// The next message of the protocol; none if the client leaves.
    async fn next(&mut self) -> Option<Value> {
        // A close is answered by asking for what comes after it.
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

    async fn says(&mut self, messages: &[&Value]) {
        for message in messages {
            let sent = self.0.send(Message::text(message.to_string()));
            sent.await.expect("sent");
        }
    }
}

/// How a client ends with a server like that.
async fn with(client: Client, script: impl AsyncFnOnce(&Door)) -> Ended {
    let door = Door(TcpListener::bind("127.0.0.1:0").await.expect("a port"));
    let url = format!("ws://{}/ws", door.0.local_addr().expect("an address"));
    let playing = tokio::spawn(client.play(url));
    script(&door).await;
    tokio::select! {
        ended = playing => ended.expect("ended"),
        _ = door.0.accept() => panic!("the client connects once more"),
    }
}

/// Twice each, what the server may say twice; and all that means nothing, or nothing any more.
async fn everything_that_may_happen(door: &Door) {
    let mut server = door.opens().await;
    let join = json!({"action": "join-game"});
    let gateway =
        json!({"message": "Internal server error", "connectionId": "c", "requestId": "r"});
    let again = json!({"type": "error", "code": "try-again", "message": "Again."});
    let waits = json!({"type": "error", "code": "already-waiting", "message": "You wait."});
    let unknown = json!({"type": "spectators", "count": 3});
    let waiting = json!({"type": "waiting"});
    let started = json!({
        "type": "game-started", "game": "g", "round": 1, "play_within_ms": 5000, "new": [1],
    });
    server.hears(&join).await;
    server.says(&[&gateway]).await;
    server.hears(&join).await;
    server.says(&[&again]).await;
    server.hears(&join).await;
    server.says(&[&waits, &unknown, &started]).await;
    let played = server.hears_a_play(1).await;
    server.says(&[&waiting, &started, &again]).await;
    server.hears(&played).await;
    let play = &played["play"];
    let received = json!({"type": "play-received", "game": "g", "round": 1, "play": play});
    let drawn = json!({
        "type": "round-drawn", "game": "g", "round": 1, "you": play, "opponent": play,
        "next_round": 2, "play_within_ms": 5000,
    });
    server.says(&[&received, &received, &drawn]).await;
    let played = server.hears_a_play(2).await;
    server.says(&[&drawn, &started, &unknown, &gateway]).await;
    server.hears(&played).await;
    let over = json!({
        "type": "game-over", "game": "g", "rounds": 2, "outcome": "won", "reason": "opponent-left",
        "you": played["play"], "opponent": null,
    });
    server.says(&[&over, &over]).await;
    let more = server.next().await;
    assert_eq!(more, None, "the client has nothing more to say");
}

async fn survives(client: Client) {
    let printed = with(client, everything_that_may_happen).await.with(0);
    let lines: Vec<_> = printed.lines().collect();
    let [refused, first, second, over] = lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(refused, "You wait.");
    assert!(first.starts_with("Round 1: you play "), "{first}");
    let play = second.strip_prefix("Round 2: you play ").expect(second);
    let play = play.trim_end_matches('.');
    assert_eq!(over, format!("won, opponent-left: {play} against nothing."));
}

async fn ends_without_an_end(client: Client) {
    let left_alone = async |door: &Door| {
        let mut server = door.opens().await;
        server.hears(&json!({"action": "join-game"})).await;
        server.says(&[&json!({"type": "waiting"})]).await;
        server.0.close(None).await.expect("closed");
        assert_eq!(server.next().await, None);
    };
    with(client.clone(), left_alone).await.says_closed();
    // Nobody's any more.
    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("ws://{}/ws", nobody.local_addr().expect("an address"));
    drop(nobody);
    client.play(url).await.says_closed();
}

/// Who has waited for long leaves, and then waits anew.
async fn waits_anew(client: Client) {
    let nobody_comes = async |door: &Door| {
        let join = json!({"action": "join-game"});
        let mut first = door.opens().await;
        first.hears(&join).await;
        first.says(&[&json!({"type": "waiting"})]).await;
        assert_eq!(first.next().await, None);
        // It is for the server to end what is below the WebSocket.
        drop(first);
        let mut second = door.opens().await;
        second.hears(&join).await;
        let over = json!({
            "type": "game-over", "game": "g", "rounds": 1, "outcome": "abandoned",
            "reason": "nobody-played", "you": null, "opponent": null,
        });
        second.says(&[&over]).await;
    };
    let printed = with(client.impatient(), nobody_comes).await.with(0);
    let over = "You wait for an opponent.\nabandoned, nobody-played: nothing against nothing.\n";
    assert_eq!(printed, over);
}

/// Who is in a game does not leave it, however long nothing is said.
async fn stays_in_a_game(client: Client) {
    let says_nothing = async |door: &Door| {
        let mut server = door.opens().await;
        server.hears(&json!({"action": "join-game"})).await;
        let started =
            json!({"type": "game-started", "game": "g", "round": 1, "play_within_ms": 5000});
        server.says(&[&started]).await;
        server.hears_a_play(1).await;
        let longer = IMPATIENT + Duration::from_secs(1);
        let more = timeout(longer, server.next()).await;
        assert!(more.is_err(), "{more:?}");
        let over = json!({
            "type": "game-over", "game": "g", "rounds": 1, "outcome": "won",
            "reason": "opponent-left", "you": "rock", "opponent": null,
        });
        server.says(&[&over]).await;
    };
    let printed = with(client.impatient(), says_nothing).await.with(0);
    assert!(
        printed.ends_with("won, opponent-left: rock against nothing.\n"),
        "{printed}"
    );
}

async fn survives_what_may_happen(client: Client) {
    survives(client.clone()).await;
    ends_without_an_end(client.clone()).await;
    waits_anew(client.clone()).await;
    stays_in_a_game(client).await;
}

#[tokio::test]
#[ignore = "needs Node"]
async fn javascript_survives_what_may_happen() {
    survives_what_may_happen(Client::javascript().await).await;
}

#[tokio::test]
#[ignore = "needs Python and its package websockets"]
async fn python_survives_what_may_happen() {
    survives_what_may_happen(Client::python().await).await;
}
