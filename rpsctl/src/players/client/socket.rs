//! A player's WebSocket: text frames, with or without TLS.

use std::io;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_game::ClientMessage;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message, http};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::target::Address;

/// Longer than a cold start of `$connect` on a slow network.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// More than the longest message of the server. The library's default of 128 KB costs a system call per connection,
/// and its memory per bot.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// How long to wait for the server's close frame.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("cannot reach the game at {0}: {1}")]
    Unreachable(Address, io::Error),
    #[error("no answer from the game at {0} within {within} s", within = CONNECT_WITHIN.as_secs())]
    Timeout(Address),
    /// The server answers with an HTTP error.
    #[error("{0} refused the connection: HTTP {1}")]
    Refused(Address, http::StatusCode),
    /// Any other error, such as of TLS or an answer without HTTP.
    #[error("no WebSocket server at {0}: {1}")]
    Other(Address, tungstenite::Error),
}

impl ConnectError {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Unreachable(..) => "unreachable",
            Self::Timeout(_) => "timeout",
            Self::Refused(..) => "refused",
            Self::Other(..) => "no-websocket",
        }
    }

    /// Whether the server is busy or fails, so that a later try may succeed.
    pub(super) fn is_temporary(&self) -> bool {
        matches!(self, Self::Refused(_, status) if *status == 429 || status.is_server_error())
    }
}

/// Why a connection ended.
#[derive(Debug)]
pub(super) enum ConnectionEnd {
    /// The server sent a close frame with code 1000: it expects the player no more.
    Finished(String),
    /// The server closed the connection in another way.
    Closed(String),
    /// It broke.
    Broken(String),
}

pub(super) struct PlayerSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl PlayerSocket {
    /// Connects within [`CONNECT_WITHIN`].
    pub(super) async fn connect(address: &Address) -> Result<Self, ConnectError> {
        // Disable Nagle's algorithm, because it only delays small frames.
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let connecting = connect_async_with_config(address.uri(), Some(config), true);
        match timeout(CONNECT_WITHIN, connecting).await {
            Ok(Ok((stream, _))) => Ok(Self(stream)),
            Ok(Err(tungstenite::Error::Io(error))) => {
                Err(ConnectError::Unreachable(address.clone(), error))
            }
            Ok(Err(tungstenite::Error::Http(response))) => {
                Err(ConnectError::Refused(address.clone(), response.status()))
            }
            Ok(Err(error)) => Err(ConnectError::Other(address.clone(), error)),
            Err(_) => Err(ConnectError::Timeout(address.clone())),
        }
    }

    /// Sends a message. A closed connection shows only in [`PlayerSocket::receive`].
    pub(super) async fn send(&mut self, message: ClientMessage) {
        if let Ok(frame) = serde_json::to_string(&message) {
            let _ = self.0.send(Message::text(frame)).await;
        }
    }

    /// Receives the next text frame, or the end of the connection. Cancel safe.
    pub(super) async fn receive(&mut self) -> Result<String, ConnectionEnd> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(frame))) => return Ok(frame.as_str().to_owned()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    let code = u16::from(frame.code);
                    let mut why = format!("the server closed the connection with code {code}");
                    if !frame.reason.is_empty() {
                        why = format!("{why}: {}", frame.reason);
                    }
                    return Err(match frame.code {
                        CloseCode::Normal => ConnectionEnd::Finished(why),
                        _ => ConnectionEnd::Closed(why),
                    });
                }
                Some(Ok(Message::Close(None))) | None => {
                    let why = "the server closed the connection".to_owned();
                    return Err(ConnectionEnd::Closed(why));
                }
                Some(Ok(_)) => (),
                Some(Err(error)) => return Err(ConnectionEnd::Broken(error.to_string())),
            }
        }
    }

    /// Leaves: closes the connection with code 1000, and waits up to [`CLOSE_WITHIN`] for the server.
    pub(super) async fn close(&mut self) {
        let (code, reason) = (CloseCode::Normal, "".into());
        let closing = async {
            if self
                .0
                .close(Some(CloseFrame { code, reason }))
                .await
                .is_ok()
            {
                while let Some(Ok(_)) = self.0.next().await {}
            }
        };
        let _ = timeout(CLOSE_WITHIN, closing).await;
    }
}
