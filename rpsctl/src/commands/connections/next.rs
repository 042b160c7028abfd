use rps_contract::names::{CONNECTION_LIFETIME_S, TTL_SLACK_S};
use rps_game::words::seconds;
use rps_game::{ConnectionId, LEASE_MS, Position, Waiting};
use rps_handlers::service::operate::ConnectionSnapshot;

use crate::aws::{OpenSocket, SocketStatus};
use crate::words::{progress, time_span};

/// API Gateway closes a connection after this time without a message, milliseconds.
const IDLE_TIMEOUT_MS: u64 = 10 * 60 * 1000;
/// API Gateway closes a connection after this time, milliseconds.
const LIFETIME_MS: u64 = CONNECTION_LIFETIME_S * 1000;
/// DynamoDB may delete a connection's item this long after it connected, milliseconds.
const TIME_TO_LIVE_MS: u64 = LIFETIME_MS + TTL_SLACK_S * 1000;

/// The next step of a connection in the table.
pub(super) fn next(snapshot: &ConnectionSnapshot, socket: &SocketStatus, now_ms: u64) -> String {
    match socket {
        SocketStatus::Open(open) => format!(
            "{}; {}",
            next_move(&snapshot.place, now_ms),
            closing(open, now_ms)
        ),
        SocketStatus::Unknown => next_move(&snapshot.place, now_ms),
        SocketStatus::Closed { .. } if !socket.is_stale(&snapshot.connection) => {
            "it is opening or has just closed; check again in 5 s".to_owned()
        }
        SocketStatus::Closed { .. } => stale(snapshot, now_ms),
    }
}

/// The next step of an open connection that is not in the table.
pub(super) fn next_without_item(open: &OpenSocket, now_ms: u64) -> String {
    let closing = closing(open, now_ms);
    format!("it cannot join, because it is not in the table; {closing}")
}

fn next_move(position: &Position, now_ms: u64) -> String {
    match position {
        Position::Idle => "its player may join".to_owned(),
        Position::Joining => {
            let lease = seconds(LEASE_MS);
            format!("its join is running, or has failed; after {lease} it may join again")
        }
        Position::Waiting(waiting) => waiting_move(waiting, now_ms),
        Position::Playing(game, _) => format!(
            "it closes when its game ends ({}; see `rpsctl games show {}`)",
            progress(game, now_ms),
            game.id
        ),
    }
}

fn waiting_move(waiting: &Waiting, now_ms: u64) -> String {
    if waiting.is_reserved(now_ms) {
        return "its game is starting".to_owned();
    }
    let alone = match waiting.game.shard() {
        0 => String::new(),
        shard => format!(" in shard {shard}; if no one joins, a message moves it to shard 0"),
    };
    format!("it plays against the next player who joins{alone}")
}

fn closing(open: &OpenSocket, now_ms: u64) -> String {
    let left = |since_ms: Option<u64>, time_ms, since| match since_ms {
        Some(since_ms) => {
            let until_ms = since_ms.saturating_add(time_ms);
            format!("in {}", time_span(until_ms.saturating_sub(now_ms)))
        }
        None => format!("{} after {since}", time_span(time_ms)),
    };
    let idle = left(open.last_active_at_ms, IDLE_TIMEOUT_MS, "its last message");
    let life = left(open.connected_at_ms, LIFETIME_MS, "it connected");
    format!("API Gateway closes it {idle} unless a message is sent, and {life} at the latest")
}

/// How a stale connection is removed.
fn stale(snapshot: &ConnectionSnapshot, now_ms: u64) -> String {
    let cleanup = match &snapshot.place {
        Position::Idle => {
            let connected_at_ms = snapshot.connection.connected_at_ms;
            let expires_ms = connected_at_ms.saturating_add(TIME_TO_LIVE_MS);
            match expires_ms.saturating_sub(now_ms) {
                0 => "its time to live is over, so DynamoDB deletes it within days".to_owned(),
                left => format!(
                    "its time to live is over in {}, and DynamoDB deletes it within days after that",
                    time_span(left)
                ),
            }
        }
        Position::Joining => "its join ends within 5 s; check again then".to_owned(),
        Position::Waiting(_) => "the next player who joins removes it".to_owned(),
        Position::Playing(game, _) => format!(
            "it is removed when its game ends ({}; see `rpsctl games show {}`)",
            progress(game, now_ms),
            game.id
        ),
    };
    format!(
        "stale: it is closed, but its $disconnect was lost or failed; {cleanup}; to remove it now, run {}",
        disconnect_command(&snapshot.connection.id)
    )
}

fn disconnect_command(id: &ConnectionId) -> String {
    // An id that begins with a dash looks like an option.
    let dashes = if id.as_str().starts_with('-') {
        "-- "
    } else {
        ""
    };
    format!("`rpsctl connections disconnect {dashes}{id}`")
}

#[cfg(test)]
mod tests {
    use rps_game::{Connection, Reservation};

    use super::*;

    const NOW: u64 = 1_700_000_000_000;
    const AGO: u64 = NOW - 60_000;

    fn snapshot(place: Position) -> ConnectionSnapshot {
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: AGO,
            claim: None,
        };
        ConnectionSnapshot { connection, place }
    }

    fn waiting(game: &str, reserved_at_ms: Option<u64>) -> Position {
        Position::Waiting(Waiting {
            connection: "x".into(),
            game: game.into(),
            reservation: reserved_at_ms.map(|at_ms| Reservation {
                by: "j".into(),
                at_ms,
            }),
        })
    }

    #[test]
    fn the_next_step_depends_on_the_position() {
        let alone = "it plays against the next player who joins";
        let joining = "its join is running, or has failed; after 5 seconds it may join again";
        let to_shard_0 = " in shard 3; if no one joins, a message moves it to shard 0";
        for (place, expected) in [
            (Position::Joining, joining.to_owned()),
            (waiting("g", Some(NOW)), "its game is starting".to_owned()),
            (waiting("g", Some(NOW - LEASE_MS)), alone.to_owned()),
            (waiting("g-3", None), format!("{alone}{to_shard_0}")),
        ] {
            assert_eq!(
                next(&snapshot(place), &SocketStatus::Unknown, NOW),
                expected
            );
        }
    }

    #[test]
    fn times_may_be_over_or_unknown() {
        let never = closing(&OpenSocket::default(), NOW);
        assert!(
            never.contains("it 10 min after its last message unless a"),
            "{never}"
        );
        assert!(
            never.ends_with(", and 2 h after it connected at the latest"),
            "{never}"
        );
        let open = OpenSocket {
            connected_at_ms: Some(0),
            last_active_at_ms: Some(0),
            ..OpenSocket::default()
        };
        let over =
            "API Gateway closes it in 0 s unless a message is sent, and in 0 s at the latest";
        assert_eq!(closing(&open, NOW), over);
        let gone = SocketStatus::Closed { checked_at_ms: NOW };
        let stale = next(&snapshot(Position::Idle), &gone, NOW);
        assert!(
            stale.contains("; its time to live is over in 2 h, and"),
            "{stale}"
        );
    }

    #[test]
    fn an_id_that_looks_like_an_option_goes_after_dashes() {
        let ids = [("x-", "x-"), ("-x", "-- -x")];
        for (id, argument) in ids {
            let command = disconnect_command(&id.into());
            assert_eq!(
                command,
                format!("`rpsctl connections disconnect {argument}`")
            );
        }
    }
}
