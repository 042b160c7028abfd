use std::time::Duration;

use rps_game::Connection;
use rps_handlers::time::now_ms;

use crate::aws::Socket;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    All,
    /// Those that are closed, and in the table all the same.
    Stale,
    /// Those with no message either way for at least so long.
    IdleFor(Duration),
}

impl Filter {
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

    /// That there are no such connections.
    pub(super) fn nobody(self) -> &'static str {
        match self {
            Self::All => "nobody is connected",
            Self::Stale => "no connection is stale",
            Self::IdleFor(_) => "no connection has been idle for so long",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::OpenSocket;

    #[test]
    fn who_has_been_idle_for_so_long() {
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: 0,
            claim: None,
        };
        let minute = Filter::IdleFor(Duration::from_mins(1));
        let now = now_ms();
        for (last_active_at_ms, is_idle) in [
            (Some(now - 60_000), true),
            (Some(now), false),
            (None, false),
        ] {
            let socket = Socket::Open(OpenSocket {
                last_active_at_ms,
                ..OpenSocket::default()
            });
            assert_eq!(minute.admits(&connection, &socket), is_idle, "{socket:?}");
        }
    }
}
