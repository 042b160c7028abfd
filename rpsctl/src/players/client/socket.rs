//! The WebSocket under a player: text frames, plain or over TLS.

use std::io;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_game::ClientMessage;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message, http};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::target::Address;

/// Longer than a cold function behind `$connect` and a slow network together.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// A peer that does not say goodbye in this time gets none from us.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// Nothing there, or no way to it.
    #[error("cannot reach the game at {0}: {1}")]
    Unreachable(Address, io::Error),
    #[error("no answer from the game at {0} within {within} s", within = CONNECT_WITHIN.as_secs())]
    Timeout(Address),
    /// Somebody answers, but not with a WebSocket.
    #[error("{0} refuses to talk: HTTP {1}")]
    Refused(Address, http::StatusCode),
    /// Anything else: TLS, or not HTTP at all.
    #[error("no WebSocket at {0}: {1}")]
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
}

pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects, or says why not, in bounded time.
    pub(super) async fn connect(address: &Address) -> Result<Self, ConnectError> {
        // One small frame at a time: holding it back to fill a packet only costs time.
        let connecting = connect_async_with_config(address.uri(), None, true);
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

    /// Sends a message. That the connection is gone shows in [`Socket::receive`].
    pub(super) async fn send(&mut self, message: ClientMessage) {
        if let Ok(frame) = serde_json::to_string(&message) {
            let _ = self.0.send(Message::text(frame)).await;
        }
    }

    /// The next text frame, or why there will be none. May be dropped before it is done.
    pub(super) async fn receive(&mut self) -> Result<String, String> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(frame))) => return Ok(frame.as_str().to_owned()),
                Some(Ok(Message::Close(Some(why)))) if why.reason.is_empty() => {
                    return Err(format!("closed with code {}", u16::from(why.code)));
                }
                Some(Ok(Message::Close(Some(why)))) => {
                    return Err(format!(
                        "closed with code {}, {}",
                        u16::from(why.code),
                        why.reason
                    ));
                }
                Some(Ok(Message::Close(None))) | None => return Err("closed".to_owned()),
                Some(Ok(_)) => (),
                Some(Err(error)) => return Err(error.to_string()),
            }
        }
    }

    /// Says goodbye and waits, not for ever, until the other side has too.
    pub(super) async fn close(&mut self) {
        let goodbye = async {
            if self.0.close(None).await.is_ok() {
                while let Some(Ok(_)) = self.0.next().await {}
            }
        };
        let _ = timeout(CLOSE_WITHIN, goodbye).await;
    }
}
