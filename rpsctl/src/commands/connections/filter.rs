use std::time::Duration;

use rps_game::Connection;

use crate::aws::SocketStatus;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    All,
    /// Closed connections that are still in the table.
    Stale,
    /// Connections without a message in either direction for at least this long.
    IdleFor(Duration),
}

impl Filter {
    pub(super) fn matches(
        self,
        connection: &Connection,
        socket: &SocketStatus,
        now_ms: u64,
    ) -> bool {
        match (self, socket) {
            (Self::All, _) => true,
            (Self::Stale, socket) => socket.is_stale(connection),
            (Self::IdleFor(time), SocketStatus::Open(open)) => open
                .last_active_at_ms
                .is_some_and(|at| u128::from(now_ms.saturating_sub(at)) >= time.as_millis()),
            (Self::IdleFor(_), SocketStatus::Unknown | SocketStatus::Closed { .. }) => false,
        }
    }

    /// The note that replaces an empty list.
    pub(super) fn empty_note(self) -> &'static str {
        match self {
            Self::All => "no players are connected",
            Self::Stale => "no stale connections",
            Self::IdleFor(_) => "no connections have been idle that long",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::OpenSocket;

    #[test]
    fn a_connection_is_idle_after_the_time_of_the_filter() {
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: 0,
            claim: None,
        };
        let minute = Filter::IdleFor(Duration::from_mins(1));
        let now = 1_000_000;
        for (last_active_at_ms, is_idle) in [
            (Some(now - 60_000), true),
            (Some(now), false),
            (None, false),
        ] {
            let socket = SocketStatus::Open(OpenSocket {
                last_active_at_ms,
                ..OpenSocket::default()
            });
            assert_eq!(
                minute.matches(&connection, &socket, now),
                is_idle,
                "{socket:?}"
            );
        }
    }
}
