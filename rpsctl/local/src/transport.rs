//! The listener. Its connections deliver their last bytes before they close.
//!
//! If a socket closes while it has unread bytes, TCP resets the connection. The reset can overtake the last bytes:
//! a close frame with its reason (1009 for a message that is too large), or a 413 response. A dropped stream
//! therefore shuts down its sending side first and discards incoming bytes for a short time.
//!
//! Other processes cannot use up this process's open files. At the limit, new connections wait until another one closes.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use rustix::process::{Resource, getrlimit};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::StartError;

/// How long a dropped stream discards incoming bytes.
const LINGER: Duration = Duration::from_secs(2);

/// A listener.
pub(crate) struct Port {
    listener: TcpListener,
    free_connections: Arc<Semaphore>,
}

/// Three quarters of the files that this process may open. The functions' pipes and the table need some too.
pub(crate) fn max_connections() -> usize {
    let max_files = getrlimit(Resource::Nofile).current.map(usize::try_from);
    // No limit on files means no limit on connections.
    let max_files = max_files.and_then(Result::ok).unwrap_or(usize::MAX);
    (max_files / 4 * 3).min(Semaphore::MAX_PERMITS)
}

impl Port {
    pub(crate) async fn bind(
        address: SocketAddr,
        free_connections: Arc<Semaphore>,
    ) -> Result<Self, StartError> {
        TcpListener::bind(address)
            .await
            .map(|listener| Self {
                listener,
                free_connections,
            })
            .map_err(|error| match error.kind() {
                io::ErrorKind::AddrInUse => StartError::PortInUse(address.port()),
                _ => StartError::Port(address, error),
            })
    }

    pub(crate) fn address(&self) -> Result<SocketAddr, StartError> {
        let any = SocketAddr::from(([0; 4], 0));
        let address = self.listener.local_addr();
        address.map_err(|error| StartError::Port(any, error))
    }

    pub(crate) async fn accept(&mut self) -> (LingeringStream, SocketAddr) {
        // The error means a closed semaphore; nothing closes it.
        let slot = Arc::clone(&self.free_connections)
            .acquire_owned()
            .await
            .ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Nagle's algorithm can delay small frames by 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let socket = LingeringStream {
            stream: Some(stream),
            peer_finished: false,
            slot,
        };
        (socket, address)
    }
}

/// A TCP stream that discards incoming bytes for [`LINGER`] when it is dropped.
pub(crate) struct LingeringStream {
    /// `None` only during the drop.
    stream: Option<TcpStream>,
    peer_finished: bool,
    /// Counts this connection until it closes.
    slot: Option<OwnedSemaphorePermit>,
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
            let slot = self.slot.take();
            runtime.spawn(async move {
                // The error means that the peer did not finish in time, or that the socket failed.
                drop(tokio::time::timeout(LINGER, discard_input(stream)).await);
                drop(slot);
            });
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn at_the_limit_a_new_connection_waits_until_another_one_closes() {
        let mut port = Port::bind((Ipv4Addr::LOCALHOST, 0).into(), Arc::new(Semaphore::new(1)))
            .await
            .unwrap();
        port.free_connections = Arc::new(Semaphore::new(2));
        let address = port.listener.local_addr().unwrap();
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(TcpStream::connect(address).await.unwrap());
        }
        let (first, _) = port.accept().await;
        let (_second, _) = port.accept().await;
        assert!(port.accept().now_or_never().is_none());
        // The dropped stream still waits for its client.
        drop(first);
        assert!(port.accept().now_or_never().is_none());
        clients.remove(0);
        let (_third, client) = port.accept().await;
        assert_eq!(client, clients[1].local_addr().unwrap());
    }
}
