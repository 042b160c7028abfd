//! The bytes of a player's WebSocket, sent to the local AWS with the real functions.

use std::io::Cursor;
use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;

use futures_util::StreamExt;
use rps_local::{Local, Options};
use rps_testkit::{frames, soon};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket};

/// A text frame. Its mask is zero, so that its payload is readable.
const HELLO: &[u8] = b"\x81\x92\0\0\0\0{\"action\":\"hello\"}";
/// A close frame with the code 1000.
const CLOSE: &[u8] = b"\x88\x82\0\0\0\0\x03\xe8";

/// The local AWS handles at most this many messages of a connection at a time, and may refuse more.
const MAX_MESSAGES: usize = 32;

/// The test that becomes a function. Other programs ignore these arguments.
const FUNCTION: [&str; 4] = ["function_process", "--exact", "--ignored", "--nocapture"];

/// Runs the function for which the local AWS has started this process. Other processes return at once. A program that
/// starts the target `socket` must call this first.
pub fn become_function() {
    let name = std::env::var("AWS_LAMBDA_FUNCTION_NAME");
    if let Some(function) = name.ok().and_then(|name| name.parse().ok()) {
        rps_handlers::functions::run(function);
        // Nothing of this program may run after the function.
        std::process::exit(0);
    }
}

pub(crate) struct Socket {
    /// As for the target `http`: one thread for players and server. The functions are processes.
    runtime: Runtime,
    // Kept, because its drop ends the server and the functions.
    _local: Local,
    address: String,
    /// A connected player, who sends the next input.
    next: Option<Player>,
}

type Player = WebSocketStream<TcpStream>;

impl Socket {
    pub(crate) fn start() -> Self {
        let runtime = super::runtime();
        let program = std::env::current_exe().expect("a program");
        let arguments = FUNCTION.map(str::to_owned);
        let options = Options {
            // A busy machine must not end a function.
            function_timeout: Duration::from_secs(30),
            ..Options::default()
        };
        let options = options.functions(&program, |_| arguments.to_vec());
        let options = options.on_log(|function, line| {
            assert!(!line.contains("panicked"), "{}: {line}", function.name());
        });
        let local = runtime.block_on(rps_local::start(options));
        let local = local.expect("a local AWS");
        let address = local.urls().endpoint.replace("http://", "");
        Self {
            runtime,
            _local: local,
            address,
            next: None,
        }
    }

    /// Every message gets an answer, unless the connection ends before; the connection ends when the player closes it;
    /// the server's frames are valid, and it closes an invalid stream with the right code. Another player can still connect and get an answer.
    pub(crate) fn send(&mut self, data: &[u8]) -> bool {
        self.runtime.block_on(soon(async {
            let player = match self.next.take() {
                Some(player) => player,
                None => connect(&self.address).await,
            };
            let (messages, violation) = read(data);
            let close_code = send(player, data, messages).await;
            // 1000 is also the code at the end of a game.
            let is_told = violation.is_none() || [violation, Some(1000)].contains(&close_code);
            assert!(
                is_told,
                "the close code is {close_code:?}, not {violation:?}"
            );
            self.next = Some(connect(&self.address).await);
            messages > 0 && close_code == Some(1000)
        }))
    }
}

/// Connects a player who sends a message and gets its answer.
async fn connect(address: &str) -> Player {
    let stream = loop {
        let (stream, head) = upgrade(address).await;
        if head.starts_with("HTTP/1.1 101 ") {
            break stream;
        }
        // On a busy machine, the function may run out of time.
        assert!(
            head.starts_with("HTTP/1.1 503 "),
            "a player cannot connect: {head}"
        );
    };
    let mut player = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    let sent = player.get_mut().write_all(HELLO).await;
    sent.expect("sent");
    let Some(Ok(Message::Text(text))) = player.next().await else {
        panic!("a message gets no answer");
    };
    assert_eq!(frames::from_server(&text)["code"], "unknown-action");
    player
}

/// Asks for a WebSocket. Returns the head of the response.
async fn upgrade(address: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let request = format!(
        "GET /ws HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut head = Vec::new();
    // After a 101, the server waits for the player's first message.
    while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        let bytes = stream.read_buf(&mut head).await.expect("a response");
        assert_ne!(bytes, 0, "the server closed a new connection");
    }
    (stream, String::from_utf8_lossy(&head).into_owned())
}

/// The number of messages before the first violation of the protocol, and the violation's close code.
fn read(data: &[u8]) -> (usize, Option<u16>) {
    let mut config = WebSocketConfig::default();
    config.max_frame_size = Some(32 * 1024);
    config.max_message_size = Some(128 * 1024);
    // The server's library too. It reads all bytes at once, and writes its answers to pings behind them.
    let stream = Cursor::new(data.to_vec());
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, Some(config));
    let mut messages = 0;
    let violation = loop {
        match socket.read() {
            Ok(Message::Text(_)) => messages += 1,
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Binary(_)) => break Some(1003),
            Err(Error::Capacity(_)) => break Some(1009),
            Err(Error::Utf8(_)) => break Some(1007),
            // The end of the input.
            Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => break None,
            Err(Error::Protocol(_)) => break Some(1002),
            _ => break None,
        }
    };
    (messages, violation)
}

/// Sends the bytes, waits for the messages' answers, and closes. Returns the server's close code.
async fn send(mut player: Player, data: &[u8], messages: usize) -> Option<u16> {
    // An error means that the server has closed the connection.
    let mut is_open = player.get_mut().write_all(data).await.is_ok();
    for _ in 0..messages.min(MAX_MESSAGES) {
        if let Break(code) = next(&mut player).await {
            return code;
        }
    }
    is_open &= player.get_mut().write_all(CLOSE).await.is_ok();
    if is_open {
        drop(player.get_mut().shutdown().await);
    }
    loop {
        if let Break(code) = next(&mut player).await {
            return code;
        }
    }
}

/// Reads a frame of the server, and checks it. Breaks at the end of the connection, with the server's close code.
async fn next(player: &mut Player) -> ControlFlow<Option<u16>> {
    match player.next().await {
        Some(Ok(Message::Text(text))) => {
            check(&text);
            Continue(())
        }
        Some(Ok(Message::Pong(_))) => Continue(()),
        Some(Ok(Message::Close(frame))) => Break(frame.map(|frame| frame.code.into())),
        None | Some(Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => {
            Break(None)
        }
        other => panic!("the server sent {other:?}"),
    }
}

/// The text is a message of the game, or API Gateway's error for too many messages.
fn check(text: &str) {
    let message: Value = serde_json::from_str(text).expect("JSON");
    if message["type"].is_string() {
        frames::from_server(text);
    } else {
        assert_eq!(message["message"], "Too Many Requests", "{text}");
    }
}
