use rps_contract::names::{CONNECTION_LIFETIME_S, TTL_SLACK_S};
use rps_game::words::seconds;
use rps_game::{ConnectionId, Game, LEASE_MS, Position, Waiting};
use rps_handlers::service::operate::ConnectionSnapshot;

use crate::aws::{OpenSocket, SocketStatus};
use crate::commands::Outlook;
use crate::target::Target;
use crate::words::{progress, time_span};

/// API Gateway closes a connection after this time without a message, milliseconds.
const IDLE_TIMEOUT_MS: u64 = 10 * 60 * 1000;
/// API Gateway closes a connection after this time, milliseconds.
const LIFETIME_MS: u64 = CONNECTION_LIFETIME_S * 1000;
/// DynamoDB may delete a connection's item this long after it connected, milliseconds.
const TIME_TO_LIVE_MS: u64 = LIFETIME_MS + TTL_SLACK_S * 1000;

/// The next step of a connection in the table.
pub(super) fn next(
    snapshot: &ConnectionSnapshot,
    socket: &SocketStatus,
    outlook: &Outlook<'_>,
) -> String {
    match socket {
        SocketStatus::Open(open) => format!(
            "{}; {}",
            next_move(snapshot, outlook),
            closing(open, outlook.now_ms)
        ),
        SocketStatus::Unknown => next_move(snapshot, outlook),
        SocketStatus::Closed { .. } if !socket.is_stale(&snapshot.connection) => {
            "it is opening or has just closed; check again in 5 s".to_owned()
        }
        SocketStatus::Closed { .. } => stale(snapshot, outlook),
    }
}

/// The next step of an open connection that is not in the table.
pub(super) fn next_without_item(open: &OpenSocket, now_ms: u64) -> String {
    let closing = closing(open, now_ms);
    format!("it cannot join, because it is not in the table; {closing}")
}

fn next_move(snapshot: &ConnectionSnapshot, outlook: &Outlook<'_>) -> String {
    let claim = snapshot.connection.claim.as_ref();
    match &snapshot.place {
        Position::Idle => "its player may join".to_owned(),
        Position::Joining => {
            let lease = seconds(LEASE_MS);
            format!("its join is running, or has failed; after {lease} it may join again")
        }
        Position::Waiting(_) if claim.is_some_and(|it| it.is_reserved(outlook.now_ms)) => {
            "its game is starting".to_owned()
        }
        Position::Waiting(waiting) => waiting_move(waiting, outlook),
        Position::Playing(game, _) => {
            format!("it closes when its game ends ({})", of_game(game, outlook))
        }
    }
}

fn of_game(game: &Game, outlook: &Outlook<'_>) -> String {
    let progress = progress(game, outlook.is_paused(), outlook.now_ms);
    let show = outlook.command(&format!("games show {}", game.id));
    format!("{progress}; see {show}")
}

fn waiting_move(waiting: &Waiting, outlook: &Outlook<'_>) -> String {
    let alone = match waiting.game.shard() {
        0 => String::new(),
        shard if outlook.is_paused() => format!(
            " in shard {shard}; the mapping is paused: no message moves it to shard 0 until {}",
            outlook.command("queue resume")
        ),
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
fn stale(snapshot: &ConnectionSnapshot, outlook: &Outlook<'_>) -> String {
    let cleanup = match &snapshot.place {
        Position::Idle => {
            let connected_at_ms = snapshot.connection.connected_at_ms;
            let expires_ms = connected_at_ms.saturating_add(TIME_TO_LIVE_MS);
            match expires_ms.saturating_sub(outlook.now_ms) {
                0 => "its time to live is over, so DynamoDB deletes it within days".to_owned(),
                left => format!(
                    "its time to live is over in {}, and DynamoDB deletes it within days after that",
                    time_span(left)
                ),
            }
        }
        Position::Joining => "its join ends within 5 s; check again then".to_owned(),
        Position::Waiting(_) => "the next player who joins removes it".to_owned(),
        Position::Playing(game, _) => {
            format!(
                "it is removed when its game ends ({})",
                of_game(game, outlook)
            )
        }
    };
    format!(
        "stale: it is closed, but its $disconnect was lost or failed; {cleanup}; to remove it now, run {}",
        disconnect_command(outlook.target, &snapshot.connection.id)
    )
}

fn disconnect_command(target: &Target, id: &ConnectionId) -> String {
    // An id that begins with a dash looks like an option.
    let dashes = if id.as_str().starts_with('-') {
        "-- "
    } else {
        ""
    };
    let disconnect = target.rpsctl("connections disconnect");
    format!("`{disconnect} {dashes}{id}`")
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use rps_game::{Claim, Connection, Reservation, Rules, Seat};

    use super::*;
    use crate::target::{Endpoint, Login};

    const NOW: u64 = 1_700_000_000_000;
    const AGO: u64 = NOW - 60_000;

    static LOCAL: LazyLock<Target> = LazyLock::new(|| Target::Local {
        endpoint: Endpoint::local(),
        login: Login::Local,
    });

    fn outlook(is_paused: bool) -> Outlook<'static> {
        Outlook {
            target: &LOCAL,
            paused: Some(is_paused),
            now_ms: NOW,
        }
    }

    fn snapshot(place: Position, reserved_at_ms: u64) -> ConnectionSnapshot {
        let claim = Claim {
            game: "g".into(),
            seat: Seat::First,
            by: "j".into(),
            at_ms: AGO,
            reservation: Some(Reservation {
                by: "k".into(),
                at_ms: reserved_at_ms,
            }),
        };
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: AGO,
            claim: Some(claim),
        };
        ConnectionSnapshot { connection, place }
    }

    fn waiting(game: &str) -> Position {
        Position::Waiting(Waiting {
            connection: "x".into(),
            game: game.into(),
        })
    }

    #[test]
    fn the_next_step_depends_on_the_position() {
        let alone = "it plays against the next player who joins";
        let joining = "its join is running, or has failed; after 5 seconds it may join again";
        let to_shard_0 = " in shard 3; if no one joins, a message moves it to shard 0";
        let paused = " in shard 3; the mapping is paused: no message moves it to shard 0 until \
            `rpsctl queue resume --local`";
        let (game, _) = Game::start("g".into(), ["x".into(), "y".into()], Rules::default(), AGO);
        let playing = |state| {
            format!(
                "it closes when its game ends (round 1 of 5, {state}; see `rpsctl games show g --local`)"
            )
        };
        let in_game = || Position::Playing(game.clone(), Seat::First);
        let starting = "its game is starting";
        let expired = NOW - LEASE_MS;
        for (place, reserved_at_ms, is_paused, expected) in [
            (Position::Joining, NOW, false, joining.to_owned()),
            (waiting("g"), NOW, false, starting.to_owned()),
            (waiting("g"), expired, true, alone.to_owned()),
            (waiting("g-3"), AGO, false, format!("{alone}{to_shard_0}")),
            (waiting("g-3"), AGO, true, format!("{alone}{paused}")),
            (in_game(), NOW, false, playing("overdue 55 s")),
            (in_game(), NOW, true, playing("paused, overdue 55 s")),
        ] {
            let (snapshot, outlook) = (snapshot(place, reserved_at_ms), outlook(is_paused));
            let next = next(&snapshot, &SocketStatus::Unknown, &outlook);
            assert_eq!(next, expected);
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
        let stale = next(&snapshot(Position::Idle, AGO), &gone, &outlook(false));
        assert!(
            stale.contains("; its time to live is over in 2 h, and"),
            "{stale}"
        );
    }

    #[test]
    fn an_id_that_looks_like_an_option_goes_after_dashes() {
        let ids = [("x-", "x-"), ("-x", "-- -x")];
        for (id, argument) in ids {
            let command = disconnect_command(&LOCAL, &id.into());
            assert_eq!(
                command,
                format!("`rpsctl connections disconnect --local {argument}`")
            );
        }
    }
}
