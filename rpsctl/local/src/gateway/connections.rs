//! The open connections and their queues of outgoing messages.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{clock, lock};

/// The most messages that wait for a client that does not read. One more message cuts the connection.
const MAX_QUEUED_MESSAGES: usize = 64;

/// The code (RFC 6455, 7.4) and reason with which a connection closes. No close frame contains 1005 or 1006.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
}

impl Close {
    /// `DELETE @connections` closed the connection.
    pub(super) const DELETED: Self = Self::new(1000, "Connection Closed Normally");
    /// The connection is too old or idle for too long, or the local AWS stops.
    pub(super) const GOING_AWAY: Self = Self::new(1001, "Going away");
    pub(super) const PROTOCOL: Self = Self::new(1002, "Protocol error");
    pub(super) const BINARY: Self = Self::new(1003, "Binary messages are not supported");
    /// The client's close frame has no code.
    pub(super) const NO_STATUS: Self = Self::new(1005, "Client-side close frame status not set");
    /// The socket failed, or the local AWS cut it.
    pub(super) const ABNORMAL: Self = Self::new(1006, "Connection closed abnormally");
    pub(super) const NOT_UTF_8: Self = Self::new(1007, "Invalid UTF-8");
    pub(super) const TOO_LONG: Self = Self::new(1009, "Message Too Long");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(reason),
        }
    }

    fn frame(&self) -> Message {
        Message::Close(Some(CloseFrame {
            code: self.code,
            reason: self.reason.as_ref().into(),
        }))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    Open,
    /// The queued messages are still sent.
    Closing(Close),
    /// Nothing is sent any more.
    Cut,
}

/// The connection is closed or closing.
#[derive(Debug)]
pub(super) struct ConnectionClosed;

pub(super) struct ClientConnection {
    pub(super) id: String,
    pub(super) connected_at_ms: u64,
    pub(super) source_ip: String,
    pub(super) user_agent: Option<String>,
    opened_at: Instant,
    /// The time of the last message in or out, in milliseconds since `opened_at`.
    active_ms: AtomicU64,
    /// `None` after the close.
    outgoing: Mutex<Option<mpsc::Sender<Message>>>,
    phase: watch::Sender<Phase>,
}

impl ClientConnection {
    /// Creates a connection. The socket reads the returned queue.
    pub(super) fn new(
        source_ip: String,
        user_agent: Option<String>,
    ) -> (Self, mpsc::Receiver<Message>) {
        let (outgoing, queue) = mpsc::channel(MAX_QUEUED_MESSAGES);
        let connection = Self {
            id: new_id(),
            connected_at_ms: clock::now_ms(),
            source_ip,
            user_agent,
            opened_at: Instant::now(),
            active_ms: AtomicU64::new(0),
            outgoing: Mutex::new(Some(outgoing)),
            phase: watch::Sender::new(Phase::Open),
        };
        (connection, queue)
    }

    pub(super) fn send(&self, text: String) -> Result<(), ConnectionClosed> {
        let mut outgoing = lock(&self.outgoing);
        let queue = outgoing.as_ref().ok_or(ConnectionClosed)?;
        if queue.try_send(Message::Text(text.into())).is_err() {
            // The client does not read its messages. AWS would not wait for ever either.
            *outgoing = None;
            self.phase.send_replace(Phase::Cut);
            return Err(ConnectionClosed);
        }
        self.touch();
        Ok(())
    }

    /// Closes the connection after the queued messages are sent, and accepts no more.
    pub(super) fn close(&self, close: Close) -> Result<(), ConnectionClosed> {
        let mut outgoing = lock(&self.outgoing);
        let queue = outgoing.take().ok_or(ConnectionClosed)?;
        let phase = match queue.try_send(close.frame()) {
            Ok(()) => Phase::Closing(close),
            Err(_) => Phase::Cut,
        };
        self.phase.send_replace(phase);
        Ok(())
    }

    /// Accepts no more messages, because the client has closed the connection.
    pub(super) fn closed_by_client(&self, close: Close) {
        if lock(&self.outgoing).take().is_some() {
            self.phase.send_replace(Phase::Closing(close));
        }
    }

    pub(super) fn is_open(&self) -> bool {
        *self.phase.borrow() == Phase::Open
    }

    pub(super) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Ends the connection with its socket. Returns the reason.
    pub(super) fn end(&self) -> Close {
        lock(&self.outgoing).take();
        match self.phase.send_replace(Phase::Cut) {
            Phase::Closing(close) => close,
            Phase::Open | Phase::Cut => Close::ABNORMAL,
        }
    }

    pub(super) fn touch(&self) {
        let active_ms = u64::try_from(self.opened_at.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.active_ms.fetch_max(active_ms, Ordering::Relaxed);
    }

    pub(super) fn last_active_at_ms(&self) -> u64 {
        self.connected_at_ms + self.active_ms.load(Ordering::Relaxed)
    }

    /// The time at which the connection expires if it stays idle; `None` if the clock cannot represent it.
    pub(super) fn deadline(&self, idle_timeout: Duration, lifetime: Duration) -> Option<Instant> {
        let active = Duration::from_millis(self.active_ms.load(Ordering::Relaxed));
        let idle = active.saturating_add(idle_timeout);
        self.opened_at.checked_add(lifetime.min(idle))
    }
}

/// An id in API Gateway's format: 11 random bytes in URL-safe base64, with `=` at the end.
pub(super) fn new_id() -> String {
    BASE64_URL_SAFE.encode(&Uuid::new_v4().as_bytes()[..11])
}

#[derive(Default)]
pub(super) struct OpenConnections(Mutex<HashMap<String, Arc<ClientConnection>>>);

impl OpenConnections {
    pub(super) fn insert(&self, connection: Arc<ClientConnection>) {
        lock(&self.0).insert(connection.id.clone(), connection);
    }

    pub(super) fn remove(&self, id: &str) {
        lock(&self.0).remove(id);
    }

    pub(super) fn open(&self, id: &str) -> Result<Arc<ClientConnection>, ConnectionClosed> {
        let connection = lock(&self.0).get(id).cloned();
        connection
            .filter(|connection| connection.is_open())
            .ok_or(ConnectionClosed)
    }

    pub(super) fn close_all(&self, close: &Close) {
        for connection in lock(&self.0).values() {
            // The error means that the connection is already closing.
            drop(connection.close(close.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> (ClientConnection, mpsc::Receiver<Message>) {
        ClientConnection::new("127.0.0.1".to_owned(), None)
    }

    #[test]
    fn ids_have_the_format_of_aws() {
        let id = new_id();
        assert_eq!((id.len(), id.ends_with('=')), (16, true), "{id}");
        assert_ne!(id, new_id());
    }

    #[test]
    fn the_longest_timeouts_give_no_deadline() {
        let (connection, _queue) = connection();
        let minute = Duration::from_mins(1);
        let deadline = |idle, lifetime| connection.deadline(idle, lifetime);
        assert_eq!(deadline(Duration::MAX, Duration::MAX), None);
        assert!(deadline(minute, Duration::MAX).is_some());
        assert!(deadline(Duration::MAX, minute).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn messages_extend_the_idle_timeout_but_not_the_lifetime() {
        let (connection, _queue) = connection();
        let (start, s) = (connection.opened_at, Duration::from_secs);
        let end = || connection.deadline(s(3), s(8)).unwrap() - start;
        assert_eq!(end(), s(3));
        tokio::time::advance(s(2)).await;
        connection.touch();
        assert_eq!(end(), s(5));
        tokio::time::advance(s(2)).await;
        connection.send("hello".to_owned()).unwrap();
        assert_eq!(end(), s(7));
        tokio::time::advance(s(2)).await;
        connection.touch();
        assert_eq!(end(), s(8));
    }
}
