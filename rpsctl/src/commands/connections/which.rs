//! Which connections, by what API Gateway says of them.

use std::time::Duration;

use rps_game::Connection;
use rps_game::lobby::LEASE_MS;
use rps_handlers::time::now_ms;

use crate::aws::{OpenSocket, Sockets};
use crate::exit::Failure;

/// Which connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// All that are in the table.
    All,
    /// Those that are closed, and in the table all the same.
    Stale,
    /// Those with no message either way for at least so long.
    IdleFor(Duration),
}

/// What API Gateway says of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Socket {
    /// Nothing, or it was not asked.
    Unknown,
    /// That it is gone (410).
    Gone {
        /// When that was asked, milliseconds since 1970.
        asked_at_ms: u64,
    },
    /// That it is open.
    Open(OpenSocket),
}

impl Socket {
    /// Asks API Gateway.
    pub(super) async fn ask(
        sockets: &Sockets<'_>,
        connection: &Connection,
    ) -> Result<Self, Failure> {
        // Before it is asked: the answer may take its time, and was true in between.
        let asked_at_ms = now_ms();
        let open = sockets.open(&connection.id).await?;
        Ok(open.map_or(Self::Gone { asked_at_ms }, Self::Open))
    }

    /// Whether a connection of that age is closed for good. Until `$connect` has returned API Gateway calls one gone
    /// that is about to open.
    pub(super) fn is_stale(&self, connection: &Connection) -> bool {
        match self {
            Self::Gone { asked_at_ms } => {
                connection.connected_at_ms.saturating_add(LEASE_MS) <= *asked_at_ms
            }
            Self::Unknown | Self::Open(_) => false,
        }
    }
}

impl Which {
    /// Whether that connection is one of them.
    pub(super) fn admits(self, connection: &Connection, socket: &Socket) -> bool {
        match (self, socket) {
            (Self::All, _) => true,
            (Self::Stale, socket) => socket.is_stale(connection),
            (Self::IdleFor(time), Socket::Open(open)) => open
                .last_active_at_ms
                .is_some_and(|at| u128::from(now_ms().saturating_sub(at)) >= time.as_millis()),
            (Self::IdleFor(_), Socket::Unknown | Socket::Gone { .. }) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;
    use crate::aws::Deployment;
    use crate::target::{Login, Target};

    /// Of a connection that is about to open API Gateway says what it says of one that is closed.
    #[test]
    fn stale_is_what_is_gone_and_has_been_there_for_long_enough() {
        let connected_at_ms = 1_000_000;
        let connection = Connection {
            id: "x".into(),
            connected_at_ms,
            claim: None,
        };
        let gone = |asked_at_ms| Socket::Gone { asked_at_ms };
        let open = OpenSocket {
            connected_at_ms: None,
            last_active_at_ms: Some(0),
            source_ip: None,
            user_agent: None,
        };
        let long_after = connected_at_ms + LEASE_MS;
        for (socket, is_stale) in [
            (gone(connected_at_ms), false),
            (gone(long_after - 1), false),
            (gone(long_after), true),
            (Socket::Unknown, false),
            (Socket::Open(open), false),
        ] {
            assert_eq!(socket.is_stale(&connection), is_stale, "{socket:?}");
            let admitted = Which::Stale.admits(&connection, &socket);
            assert_eq!(admitted, is_stale, "{socket:?}");
        }
    }

    /// A slow answer makes no connection older than it was when that was true.
    #[tokio::test]
    async fn the_time_is_that_of_the_question() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let gateway = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            let asked_at_ms = now_ms();
            while now_ms() == asked_at_ms {
                thread::yield_now();
            }
            let body = r#"{"__type":"GoneException"}"#;
            let length = body.len();
            let head = format!("HTTP/1.1 410 Gone\r\ncontent-length: {length}\r\n\r\n");
            write!(stream, "{head}{body}").unwrap();
            asked_at_ms
        });
        let (endpoint, login) = (endpoint.parse().unwrap(), Login::Local);
        let target = Target::Local { endpoint, login };
        let deployment = Deployment::reach(target).await.unwrap();
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: 0,
            claim: None,
        };
        let sockets = deployment.sockets().await.unwrap();
        let Ok(Socket::Gone { asked_at_ms }) = Socket::ask(&sockets, &connection).await else {
            panic!("not gone")
        };
        assert!(asked_at_ms <= gateway.join().unwrap());
    }

    #[test]
    fn idle_is_what_is_open_and_says_nothing() {
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: 0,
            claim: None,
        };
        let silent = |last_active_at_ms| {
            Socket::Open(OpenSocket {
                connected_at_ms: Some(0),
                last_active_at_ms,
                source_ip: None,
                user_agent: None,
            })
        };
        let minute = Which::IdleFor(Duration::from_mins(1));
        let now = now_ms();
        for (socket, is_idle) in [
            (silent(Some(now - 60_000)), true),
            (silent(Some(now)), false),
            (silent(None), false),
            (Socket::Gone { asked_at_ms: now }, false),
        ] {
            assert_eq!(minute.admits(&connection, &socket), is_idle, "{socket:?}");
        }
    }
}
