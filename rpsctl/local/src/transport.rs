//! The listener. Its connections deliver their last bytes before they close.
//!
//! If a socket closes while it has unread bytes, TCP resets the connection. The reset can overtake the last bytes:
//! a close frame with its reason (1009 for a message that is too large), or a 413 response. A dropped stream
//! therefore shuts down its sending side first and discards incoming bytes for a short time.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::error::StartError;

/// How long a dropped stream discards incoming bytes.
const LINGER: Duration = Duration::from_secs(2);

/// The listener on the loopback address.
pub(crate) struct Port(TcpListener);

impl Port {
    pub(crate) async fn bind(port: u16) -> Result<Self, StartError> {
        TcpListener::bind(("127.0.0.1", port))
            .await
            .map(Self)
            .map_err(|error| match error.kind() {
                io::ErrorKind::AddrInUse => StartError::PortInUse(port),
                _ => StartError::Port(port, error),
            })
    }

    pub(crate) fn number(&self) -> Result<u16, StartError> {
        let address = self.0.local_addr();
        address
            .map(|address| address.port())
            .map_err(|error| StartError::Port(0, error))
    }

    pub(crate) async fn accept(&mut self) -> (LingeringStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Nagle's algorithm can delay small frames by 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let socket = LingeringStream {
            stream: Some(stream),
            peer_finished: false,
        };
        (socket, address)
    }
}

/// A TCP stream that discards incoming bytes for [`LINGER`] when it is dropped.
pub(crate) struct LingeringStream {
    /// `None` only during the drop.
    stream: Option<TcpStream>,
    peer_finished: bool,
}

impl LingeringStream {
    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let stream = self.stream.as_mut();
        stream
            .map(Pin::new)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for LingeringStream {
    fn drop(&mut self) {
        let Some(stream) = self.stream.take().filter(|_| !self.peer_finished) else {
            return;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(LINGER, discard_input(stream)));
        }
    }
}

/// Discards incoming bytes until the peer has finished.
async fn discard_input(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).await? > 0 {}
    Ok(())
}

impl AsyncRead for LingeringStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let filled_before = buffer.filled().len();
        let has_room = buffer.remaining() > 0;
        let result = ready!(this.stream()?.poll_read(cx, buffer));
        let end_of_stream = has_room && buffer.filled().len() == filled_before;
        this.peer_finished |= result.is_err() || end_of_stream;
        Poll::Ready(result)
    }
}

impl AsyncWrite for LingeringStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().stream()?.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().stream()?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().stream()?.poll_shutdown(cx)
    }
}
