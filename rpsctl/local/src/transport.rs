//! The listener, and sockets that end so that the last frame arrives.
//!
//! A socket closed while bytes of the peer lie unread is reset, and a reset can overtake what was
//! sent just before: the close frame that says *why* (1009 for a message too large, say), or a 413.
//! So a socket whose peer may still be sending is not just dropped: this side says that it has
//! finished, and throws away what still comes, for a short time.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::error::StartError;

/// How long a peer may go on sending into a socket that has ended here.
const LINGER: Duration = Duration::from_secs(2);

/// The one port, on the loopback address only.
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
}

impl Listener for Port {
    type Io = Socket;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Socket, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let socket = Socket {
            stream: Some(stream),
            peer_finished: false,
        };
        (socket, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A TCP stream that lingers when dropped.
pub(crate) struct Socket {
    /// `None` only while being dropped.
    stream: Option<TcpStream>,
    peer_finished: bool,
}

impl Socket {
    /// Turns off Nagle's algorithm: a frame is small and waited for, and can be held up for 40 ms.
    pub(crate) fn send_at_once(&mut self) {
        let set = self.stream.as_ref().map(|stream| stream.set_nodelay(true));
        if let Some(Err(error)) = set {
            tracing::debug!(%error, "TCP_NODELAY");
        }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let stream = self.stream.as_mut();
        stream
            .map(Pin::new)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let Some(stream) = self.stream.take().filter(|_| !self.peer_finished) else {
            return;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(LINGER, throw_away(stream)));
        }
    }
}

/// Reads and forgets until the peer has finished too.
async fn throw_away(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).await? > 0 {}
    Ok(())
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let room = buffer.remaining() > 0;
        let outcome = ready!(this.stream()?.poll_read(cx, buffer));
        this.peer_finished |= outcome.is_err() || (room && buffer.filled().len() == before);
        Poll::Ready(outcome)
    }
}

impl AsyncWrite for Socket {
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
