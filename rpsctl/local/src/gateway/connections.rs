//! All connections, and the messages that wait to be sent to them.

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

/// Messages that may wait for a client that does not read; with the next one the connection is cut.
const LONGEST_QUEUE: usize = 64;

/// How a connection ends: the code of the close frame (RFC 6455, 7.4) and the reason. 1005 and 1006 are never sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
}

impl Close {
    /// By `DELETE @connections`.
    pub(super) const DELETED: Self = Self::new(1000, "Connection Closed Normally");
    /// Too old, idle for too long, or everything stops.
    pub(super) const GOING_AWAY: Self = Self::new(1001, "Going away");
    pub(super) const PROTOCOL: Self = Self::new(1002, "Protocol error");
    pub(super) const BINARY: Self = Self::new(1003, "Binary messages are not supported");
    /// The client closed without saying why.
    pub(super) const UNSAID: Self = Self::new(1005, "Client-side close frame status not set");
    /// The socket broke, or was cut.
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
    /// What is queued still goes out.
    Closing(Close),
    /// Nothing goes out any more.
    Cut,
}

/// The connection is closed, or about to be.
#[derive(Debug)]
pub(super) struct Gone;

pub(super) struct Connection {
    pub(super) id: String,
    pub(super) connected_at_ms: u64,
    pub(super) source_ip: String,
    pub(super) user_agent: Option<String>,
    since: Instant,
    /// When a message last went in or out, ms since `since`.
    active_ms: AtomicU64,
    /// `None` once nothing may be sent any more.
    outgoing: Mutex<Option<mpsc::Sender<Message>>>,
    phase: watch::Sender<Phase>,
}

impl Connection {
    /// A connection, and the end of its queue for the socket.
    pub(super) fn new(
        source_ip: String,
        user_agent: Option<String>,
    ) -> (Self, mpsc::Receiver<Message>) {
        let (outgoing, queue) = mpsc::channel(LONGEST_QUEUE);
        let connection = Self {
            id: new_id(),
            connected_at_ms: clock::now_ms(),
            source_ip,
            user_agent,
            since: Instant::now(),
            active_ms: AtomicU64::new(0),
            outgoing: Mutex::new(Some(outgoing)),
            phase: watch::Sender::new(Phase::Open),
        };
        (connection, queue)
    }

    pub(super) fn send(&self, text: String) -> Result<(), Gone> {
        let mut outgoing = lock(&self.outgoing);
        let queue = outgoing.as_ref().ok_or(Gone)?;
        if queue.try_send(Message::Text(text.into())).is_err() {
            // The client does not read. AWS would not wait for it for ever either.
            *outgoing = None;
            self.phase.send_replace(Phase::Cut);
            return Err(Gone);
        }
        self.touch();
        Ok(())
    }

    /// Closes after all that is queued; nothing more is taken.
    pub(super) fn close(&self, close: Close) -> Result<(), Gone> {
        let mut outgoing = lock(&self.outgoing);
        let queue = outgoing.take().ok_or(Gone)?;
        let phase = match queue.try_send(close.frame()) {
            Ok(()) => Phase::Closing(close),
            Err(_) => Phase::Cut,
        };
        self.phase.send_replace(phase);
        Ok(())
    }

    /// The client has closed: nothing more is taken.
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

    /// The socket has ended: nothing more is taken. Returns how the connection ended.
    pub(super) fn end(&self) -> Close {
        lock(&self.outgoing).take();
        match self.phase.send_replace(Phase::Cut) {
            Phase::Closing(close) => close,
            Phase::Open | Phase::Cut => Close::ABNORMAL,
        }
    }

    pub(super) fn touch(&self) {
        let active_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.active_ms.fetch_max(active_ms, Ordering::Relaxed);
    }

    pub(super) fn last_active_at_ms(&self) -> u64 {
        self.connected_at_ms + self.active_ms.load(Ordering::Relaxed)
    }

    /// When the connection has to end if nothing more happens; `None` when that is too far away for the
    /// clock.
    pub(super) fn deadline(&self, idle_timeout: Duration, lifetime: Duration) -> Option<Instant> {
        let active = Duration::from_millis(self.active_ms.load(Ordering::Relaxed));
        let idle = active.saturating_add(idle_timeout);
        self.since.checked_add(lifetime.min(idle))
    }
}

/// An id as API Gateway makes them: 11 random bytes in URL-safe base64, which end in `=`.
pub(super) fn new_id() -> String {
    BASE64_URL_SAFE.encode(&Uuid::new_v4().as_bytes()[..11])
}

#[derive(Default)]
pub(super) struct Connections(Mutex<HashMap<String, Arc<Connection>>>);

impl Connections {
    pub(super) fn insert(&self, connection: Arc<Connection>) {
        lock(&self.0).insert(connection.id.clone(), connection);
    }

    pub(super) fn remove(&self, id: &str) {
        lock(&self.0).remove(id);
    }

    /// The connection, while something can be sent to it.
    pub(super) fn open(&self, id: &str) -> Result<Arc<Connection>, Gone> {
        let connection = lock(&self.0).get(id).cloned();
        connection.filter(|it| it.is_open()).ok_or(Gone)
    }

    pub(super) fn close_all(&self, close: &Close) {
        for connection in lock(&self.0).values() {
            // One that is closing already needs no second close.
            drop(connection.close(close.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> (Connection, mpsc::Receiver<Message>) {
        Connection::new("127.0.0.1".to_owned(), None)
    }

    #[test]
    fn ids_look_like_those_of_aws() {
        let id = new_id();
        assert_eq!((id.len(), id.ends_with('=')), (16, true), "{id}");
        assert_ne!(id, new_id());
    }

    #[test]
    fn the_longest_times_are_no_deadline() {
        let (connection, _queue) = connection();
        let minute = Duration::from_mins(1);
        let deadline = |idle, lifetime| connection.deadline(idle, lifetime);
        assert_eq!(deadline(Duration::MAX, Duration::MAX), None);
        assert!(deadline(minute, Duration::MAX).is_some());
        assert!(deadline(Duration::MAX, minute).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn messages_put_off_the_end_of_an_idle_connection_but_not_that_of_its_lifetime() {
        let (connection, _queue) = connection();
        let (start, s) = (connection.since, Duration::from_secs);
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
