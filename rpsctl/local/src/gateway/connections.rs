//! Who is connected, and what waits to be sent to them.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::new_id;
use crate::{clock, lock};

/// Messages that may wait for a client that does not read; with the next one the connection is cut.
pub(super) const LONGEST_QUEUE: usize = 64;

/// How a connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    /// The code of the close frame (RFC 6455, 7.4); 1005 and 1006 are never sent.
    pub(super) code: u16,
    pub(super) reason: String,
}

impl Close {
    /// By `DELETE @connections`.
    pub(super) const DELETED: (u16, &str) = (1000, "Connection Closed Normally");
    /// Too old, idle for too long, or everything stops.
    pub(super) const GOING_AWAY: (u16, &str) = (1001, "Going away");
    /// A binary message.
    pub(super) const BINARY: (u16, &str) = (1003, "Binary messages are not supported");
    /// The client closed without saying why.
    pub(super) const UNSAID: (u16, &str) = (1005, "Client-side close frame status not set");
    /// The socket broke, or was cut.
    pub(super) const ABNORMAL: (u16, &str) = (1006, "Connection closed abnormally");

    pub(super) fn with((code, reason): (u16, &str)) -> Self {
        Self {
            code,
            reason: reason.to_owned(),
        }
    }
}

/// What goes out to a client.
#[derive(Debug)]
pub(super) enum Outgoing {
    Text(String),
    /// The last.
    Close(Close),
}

/// How far a connection is.
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

/// One connection.
pub(super) struct Connection {
    pub(super) id: String,
    pub(super) connected_at_ms: u64,
    pub(super) source_ip: String,
    pub(super) user_agent: Option<String>,
    since: Instant,
    /// When a message last went in or out, ms since `since`.
    active_ms: AtomicU64,
    /// `None` once nothing may be sent any more.
    outgoing: Mutex<Option<mpsc::Sender<Outgoing>>>,
    phase: watch::Sender<Phase>,
}

impl Connection {
    /// A connection, and the end of its queue for the socket.
    pub(super) fn new(
        source_ip: String,
        user_agent: Option<String>,
    ) -> (Self, mpsc::Receiver<Outgoing>) {
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

    /// Puts a message into the queue.
    pub(super) fn send(&self, text: String) -> Result<(), Gone> {
        let mut outgoing = lock(&self.outgoing);
        let queue = outgoing.as_ref().ok_or(Gone)?;
        if queue.try_send(Outgoing::Text(text)).is_err() {
            // The client does not read. AWS would not wait for it for ever either.
            *outgoing = None;
            self.phase.send_replace(Phase::Cut);
            return Err(Gone);
        }
        self.touch();
        Ok(())
    }

    /// Closes after all that is queued; nothing more is taken.
    pub(super) fn close(&self, close: (u16, &str)) -> Result<(), Gone> {
        let mut outgoing = lock(&self.outgoing);
        let queue = outgoing.take().ok_or(Gone)?;
        let close = Close::with(close);
        self.phase
            .send_replace(match queue.try_send(Outgoing::Close(close.clone())) {
                Ok(()) => Phase::Closing(close),
                Err(_) => Phase::Cut,
            });
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

    /// A message went in or out.
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

/// All connections by their ids.
#[derive(Default)]
pub(super) struct Connections(Mutex<HashMap<String, Arc<Connection>>>);

impl Connections {
    pub(super) fn enter(&self, connection: Arc<Connection>) {
        lock(&self.0).insert(connection.id.clone(), connection);
    }

    pub(super) fn leave(&self, id: &str) {
        lock(&self.0).remove(id);
    }

    /// The connection, while something can be sent to it.
    pub(super) fn open(&self, id: &str) -> Result<Arc<Connection>, Gone> {
        let connection = lock(&self.0).get(id).cloned();
        connection.filter(|it| it.is_open()).ok_or(Gone)
    }

    pub(super) fn close_all(&self, close: &(u16, &str)) {
        for connection in lock(&self.0).values() {
            // One that is closing already needs no second close.
            drop(connection.close(*close));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Close, Connection, LONGEST_QUEUE, Outgoing, Phase};

    fn connection() -> (Connection, tokio::sync::mpsc::Receiver<Outgoing>) {
        Connection::new("127.0.0.1".to_owned(), None)
    }

    #[test]
    fn what_was_sent_before_the_close_goes_out_first_and_nothing_after() {
        let (connection, mut queue) = connection();
        connection.send("one".to_owned()).unwrap();
        connection.send("two".to_owned()).unwrap();
        connection.close(Close::DELETED).unwrap();
        assert!(connection.send("three".to_owned()).is_err());
        assert!(connection.close(Close::DELETED).is_err());
        assert!(matches!(queue.try_recv(), Ok(Outgoing::Text(text)) if text == "one"));
        assert!(matches!(queue.try_recv(), Ok(Outgoing::Text(text)) if text == "two"));
        assert!(matches!(queue.try_recv(), Ok(Outgoing::Close(close)) if close.code == 1000));
        assert!(queue.try_recv().is_err());
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

    #[test]
    fn a_client_that_does_not_read_is_cut() {
        let (connection, _queue) = connection();
        for _ in 0..LONGEST_QUEUE {
            connection.send("hello".to_owned()).unwrap();
        }
        assert!(connection.is_open());
        assert!(connection.send("hello".to_owned()).is_err());
        assert_eq!(*connection.phase().borrow(), Phase::Cut);
    }
}
