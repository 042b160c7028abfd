use rps_contract::names::{CONNECTION_LIFETIME_S, TTL_SLACK_S};
use rps_game::words::seconds;
use rps_game::{ConnectionId, LEASE_MS, Position, Waiting};
use rps_handlers::service::operate::Seen;

use crate::aws::{OpenSocket, Socket};
use crate::words::{progress, time_span};

/// API Gateway closes a connection after this time without a message, milliseconds.
const IDLE_TIMEOUT_MS: u64 = 10 * 60 * 1000;
/// API Gateway closes a connection after this time, milliseconds.
const LIFETIME_MS: u64 = CONNECTION_LIFETIME_S * 1000;
/// DynamoDB may delete a connection's item this long after it connected, milliseconds.
const TIME_TO_LIVE_MS: u64 = LIFETIME_MS + TTL_SLACK_S * 1000;

/// What will happen to a connection in the table.
pub(super) fn next(seen: &Seen, socket: &Socket, now_ms: u64) -> String {
    match socket {
        Socket::Open(open) => format!("{}; {}", at(&seen.place, now_ms), closing(open, now_ms)),
        Socket::Unknown => at(&seen.place, now_ms),
        Socket::Gone { .. } if !socket.is_stale(&seen.connection) => {
            "it is opening, or has closed a moment ago: look again in 5 s".to_owned()
        }
        Socket::Gone { .. } => ghost(seen, now_ms),
    }
}

/// What will happen to one that is open and not in the table.
pub(super) fn next_without_item(open: &OpenSocket, now_ms: u64) -> String {
    let closing = closing(open, now_ms);
    format!("nothing but refusals, as it cannot join; {closing}")
}

fn at(place: &Position, now_ms: u64) -> String {
    match place {
        Position::Idle => "nothing until its player joins".to_owned(),
        Position::Joining => {
            let lease = seconds(LEASE_MS);
            format!("its join is running, or has failed: after {lease} it may join again")
        }
        Position::Waiting(waiting) => awaited(waiting, now_ms),
        Position::Playing(game, _) => format!(
            "it is closed when its game ends ({}; `rpsctl games show {}`)",
            progress(game, now_ms),
            game.id
        ),
    }
}

fn awaited(waiting: &Waiting, now_ms: u64) -> String {
    if waiting.is_being_taken(now_ms) {
        return "a game with it is being started".to_owned();
    }
    let alone = match waiting.game.shard() {
        0 => String::new(),
        shard => format!(" in shard {shard}; if nobody does, a message brings it to shard 0"),
    };
    format!("it plays with whoever joins next{alone}")
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
    format!("API Gateway closes it {idle} if no message goes either way, and {life} at the latest")
}

/// What removes what is left of a closed connection.
fn ghost(seen: &Seen, now_ms: u64) -> String {
    let by_itself = match &seen.place {
        Position::Idle => {
            let connected_at_ms = seen.connection.connected_at_ms;
            let expires_ms = connected_at_ms.saturating_add(TIME_TO_LIVE_MS);
            match expires_ms.saturating_sub(now_ms) {
                0 => "DynamoDB deletes it within days: its time to live is over".to_owned(),
                left => format!(
                    "nothing uses it; in {} its time to live is over, and within days of that DynamoDB deletes it",
                    time_span(left)
                ),
            }
        }
        Position::Joining => "its join ends within 5 s; look again then".to_owned(),
        Position::Waiting(_) => {
            "whoever joins next finds that out, removes it, and joins again".to_owned()
        }
        Position::Playing(game, _) => format!(
            "the end of its game removes it ({}; `rpsctl games show {}`)",
            progress(game, now_ms),
            game.id
        ),
    };
    format!(
        "it is a ghost: closed, and its $disconnect was lost or has failed; {by_itself}; {} removes it now",
        disconnect(&seen.connection.id)
    )
}

fn disconnect(id: &ConnectionId) -> String {
    // What begins with a dash looks like an option.
    let dashes = if id.as_str().starts_with('-') {
        "-- "
    } else {
        ""
    };
    format!("`rpsctl connections disconnect {dashes}{id}`")
}

#[cfg(test)]
mod tests {
    use rps_game::{Connection, Taken};

    use super::*;

    const NOW: u64 = 1_700_000_000_000;
    const AGO: u64 = NOW - 60_000;

    fn seen(place: Position) -> Seen {
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: AGO,
            claim: None,
        };
        Seen { connection, place }
    }

    fn waiting(game: &str, taken: Option<u64>) -> Position {
        Position::Waiting(Waiting {
            connection: "x".into(),
            game: game.into(),
            taken: taken.map(|at_ms| Taken {
                by: "j".into(),
                at_ms,
            }),
        })
    }

    #[test]
    fn by_where_it_is() {
        let alone = "it plays with whoever joins next";
        let joining = "its join is running, or has failed: after 5 seconds it may join again";
        let to_shard_0 = " in shard 3; if nobody does, a message brings it to shard 0";
        for (place, expected) in [
            (Position::Joining, joining.to_owned()),
            (
                waiting("g", Some(NOW)),
                "a game with it is being started".to_owned(),
            ),
            (waiting("g", Some(NOW - LEASE_MS)), alone.to_owned()),
            (waiting("g-3", None), format!("{alone}{to_shard_0}")),
        ] {
            assert_eq!(next(&seen(place), &Socket::Unknown, NOW), expected);
        }
    }

    #[test]
    fn times_that_are_over_or_not_known() {
        let never = closing(&OpenSocket::default(), NOW);
        assert!(
            never.contains("it 10 min after its last message if no"),
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
            "API Gateway closes it in 0 s if no message goes either way, and in 0 s at the latest";
        assert_eq!(closing(&open, NOW), over);
        let gone = Socket::Gone { asked_at_ms: NOW };
        let ghost = next(&seen(Position::Idle), &gone, NOW);
        assert!(
            ghost.contains("; nothing uses it; in 2 h its time to live is over"),
            "{ghost}"
        );
    }

    #[test]
    fn an_id_that_looks_like_an_option_goes_after_dashes() {
        let ids = [("x-", "x-"), ("-x", "-- -x")];
        for (id, argument) in ids {
            let told = disconnect(&id.into());
            assert_eq!(told, format!("`rpsctl connections disconnect {argument}`"));
        }
    }
}
