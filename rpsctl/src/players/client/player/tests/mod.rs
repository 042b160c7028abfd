//! A player against a scripted server, over real sockets.

mod recovery;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_testkit::soon;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::JoinKind::Anyone;
use super::{Address, Player, PlayerEvent, Timing};
use crate::players::client::ConnectError;

const JOIN: &str = r#"{"action":"join-game"}"#;
const WAITING: &str = r#"{"type":"waiting"}"#;
const STARTED: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":null}"#;
const OVER: &str = r#"{"type":"game-over","game":"g","rounds":1,"outcome":"abandoned","reason":"nobody-played","you":null,"opponent":null}"#;

/// Short delays for fast tests; the reconnect delay leaves room for a delayed TCP ACK.
const FAST: Timing = Timing {
    reconnect: Duration::from_millis(250),
    resend: Duration::from_millis(1),
    late: Duration::from_mins(1),
    hang_up: Duration::from_millis(1),
    outcome: Duration::from_millis(1),
    recover: Duration::ZERO,
};

struct Server(TcpListener);

impl Server {
    async fn start() -> (Self, Address) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("ws://{}/ws", listener.local_addr().unwrap());
        (Self(listener), address.parse().unwrap())
    }

    async fn accept(&self) -> WebSocketStream<TcpStream> {
        let (stream, _) = self.0.accept().await.unwrap();
        accept_async(stream).await.unwrap()
    }
}

/// Reads the next text frame; none when the player closed the connection.
async fn read(socket: &mut WebSocketStream<TcpStream>) -> Option<String> {
    match socket.next().await {
        Some(Ok(Message::Text(frame))) => Some(frame.as_str().to_owned()),
        _ => None,
    }
}

async fn write(socket: &mut WebSocketStream<TcpStream>, frame: &str) {
    socket.send(Message::text(frame)).await.unwrap();
}

async fn next_message(player: &mut Player) -> String {
    loop {
        match player.next().await.expect("not closed yet").event {
            PlayerEvent::Join(_) => (),
            PlayerEvent::Message(message) => return message.to_frame(),
            other => return format!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_waiting_player_reconnects_silently() {
    let (server, address) = Server::start().await;
    let serving = async {
        let mut first = server.accept().await;
        assert_eq!(read(&mut first).await.as_deref(), Some(JOIN));
        write(&mut first, WAITING).await;
        let again = async {
            let mut second = server.accept().await;
            assert_eq!(read(&mut second).await.as_deref(), Some(JOIN));
            write(&mut second, WAITING).await;
            write(&mut second, STARTED).await;
            second
        };
        // Reading on after the player's close frame answers it. Then the stream is dropped.
        let closing = async move { while first.next().await.is_some_and(|frame| frame.is_ok()) {} };
        tokio::join!(closing, again).1
    };
    let playing = async {
        let mut player = Player::join_with(&address, Anyone, FAST).await.unwrap();
        assert_eq!(next_message(&mut player).await, WAITING);
        assert_eq!(next_message(&mut player).await, STARTED);
        player
    };
    tokio::join!(serving, playing);
}

#[tokio::test]
async fn a_failed_message_is_sent_again() {
    let (server, address) = Server::start().await;
    let serving = async {
        let mut socket = server.accept().await;
        assert_eq!(read(&mut socket).await.as_deref(), Some(JOIN));
        write(&mut socket, r#"{"message":"Internal server error"}"#).await;
        assert_eq!(read(&mut socket).await.as_deref(), Some(JOIN));
        write(&mut socket, STARTED).await;
        socket
    };
    let playing = async {
        let mut player = Player::join_with(&address, Anyone, FAST).await.unwrap();
        assert!(next_message(&mut player).await.contains("try-again"));
        assert_eq!(next_message(&mut player).await, STARTED);
        player
    };
    tokio::join!(serving, playing);
}

/// A game may have lost its round timer.
#[tokio::test]
async fn a_player_joins_again_while_an_outcome_is_late() {
    let started = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":1,"max_rounds":5,"decide_early":false,"opponent":"player","seat":null}"#;
    let refused = r#"{"type":"error","code":"already-in-a-game","message":"You play."}"#;
    let late = Duration::from_millis(1);
    for answer in [started, refused] {
        let (server, address) = Server::start().await;
        let serving = async {
            let mut socket = server.accept().await;
            assert_eq!(read(&mut socket).await.as_deref(), Some(JOIN));
            write(&mut socket, answer).await;
            for _ in 0..2 {
                assert_eq!(read(&mut socket).await.as_deref(), Some(JOIN));
            }
            write(&mut socket, OVER).await;
            socket
        };
        let playing = async {
            let timing = Timing { late, ..FAST };
            let mut player = Player::join_with(&address, Anyone, timing).await.unwrap();
            assert_eq!(next_message(&mut player).await, answer);
            assert_eq!(next_message(&mut player).await, OVER);
            player
        };
        Box::pin(soon(async { tokio::join!(serving, playing) })).await;
    }
}

#[tokio::test]
async fn after_the_game_the_player_disconnects_if_the_server_does_not() {
    let (server, address) = Server::start().await;
    let serving = async {
        let mut socket = server.accept().await;
        assert_eq!(read(&mut socket).await.as_deref(), Some(JOIN));
        write(&mut socket, OVER).await;
        assert_eq!(read(&mut socket).await, None);
    };
    let playing = async {
        let mut player = Player::join_with(&address, Anyone, FAST).await.unwrap();
        assert_eq!(next_message(&mut player).await, OVER);
        assert!(next_message(&mut player).await.starts_with("End(Closed"));
        assert!(player.next().await.is_none());
    };
    tokio::join!(serving, playing);
}

#[tokio::test]
async fn a_broken_connection_is_not_a_closed_one() {
    let (server, address) = Server::start().await;
    let serving = async {
        let mut socket = server.accept().await;
        assert_eq!(read(&mut socket).await.as_deref(), Some(JOIN));
    };
    let playing = async {
        let mut player = Player::join_with(&address, Anyone, FAST).await.unwrap();
        assert!(next_message(&mut player).await.starts_with("End(Broken"));
        assert!(player.next().await.is_none());
    };
    tokio::join!(serving, playing);
}

#[tokio::test]
async fn a_check_tries_again_while_the_server_fails() {
    let (server, address) = Server::start().await;
    let serving = async {
        let mut open = Vec::new();
        for status in ["429 Too Many Requests", "502 Bad Gateway"] {
            let (mut refused, _) = server.0.accept().await.unwrap();
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            refused.write_all(answer.as_bytes()).await.unwrap();
            open.push(refused);
        }
        let mut socket = server.accept().await;
        assert_eq!(read(&mut socket).await, None);
        open
    };
    let checking = Box::pin(async { tokio::join!(serving, Player::check(&address)) });
    let (_open, checked) = soon(checking).await;
    checked.unwrap();
}

#[tokio::test]
async fn a_missing_server_is_unreachable() {
    let (server, address) = Server::start().await;
    drop(server);
    let error = Player::join(&address, Anyone).await.err();
    assert!(
        matches!(error, Some(ConnectError::Unreachable(..))),
        "{error:?}"
    );
}

/// Also proves that TLS has a crypto provider: without one, connecting would panic.
#[tokio::test]
async fn tls_to_a_server_without_it_is_an_error() {
    let (server, address) = Server::start().await;
    let serving = async {
        let (mut stream, _) = server.0.accept().await.unwrap();
        let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        stream
    };
    let address = address.to_string().replace("ws://", "wss://");
    let address = address.parse().unwrap();
    let (_open, joined) = tokio::join!(serving, Player::join(&address, Anyone));
    assert!(joined.is_err());
}
