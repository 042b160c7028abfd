use rps_contract::names::{CONNECTION_LIFETIME_S, TTL_SLACK_S};
use rps_game::words::seconds;
use rps_game::{ConnectionId, Game, LEASE_MS, Position, Waiting};
use rps_handlers::service::position::ConnectionSnapshot;

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
    match &snapshot.place {
        Position::Idle => "its player may join".to_owned(),
        Position::Joining => {
            let lease = seconds(LEASE_MS);
            format!("its game is starting, or a join has failed; after {lease} it may join again")
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
    if let Some(room) = &waiting.room {
        return format!("it plays against the next player who joins room {room}");
    }
    let others = if outlook.is_paused() {
        let resume = outlook.command("queue resume");
        format!("the mapping is paused: if others wait too, no message pairs them until {resume}")
    } else {
        "if others wait too, a message pairs them within seconds".to_owned()
    };
    format!("it plays against the next player who joins; {others}")
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
        Position::Waiting(_) => "a player who joins removes it".to_owned(),
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

    use rps_game::{Connection, Rules, Seat, Waiting};

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

    fn snapshot(place: Position) -> ConnectionSnapshot {
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: AGO,
            claim: None,
        };
        ConnectionSnapshot { connection, place }
    }

    #[test]
    fn the_next_step_depends_on_the_position() {
        let joining =
            "its game is starting, or a join has failed; after 5 seconds it may join again";
        let waits = |others| format!("it plays against the next player who joins; {others}");
        let paired = "if others wait too, a message pairs them within seconds";
        let paused = "the mapping is paused: if others wait too, no message pairs them until \
            `rpsctl queue resume --local`";
        let waiting_in = |room: Option<&str>| {
            Position::Waiting(Waiting {
                connection: "x".into(),
                game: "g".into(),
                room: room.map(|code| code.parse().unwrap()),
            })
        };
        let (waiting, in_room) = (|| waiting_in(None), waiting_in(Some("r")));
        let game = Game::start("g".into(), ["x".into(), "y".into()], Rules::default(), AGO);
        let playing = |state| {
            format!(
                "it closes when its game ends (round 1 of 5, {state}; see `rpsctl games show g --local`)"
            )
        };
        let in_game = || Position::Playing(game.clone(), Seat::First);
        for (place, is_paused, expected) in [
            (Position::Joining, false, joining.to_owned()),
            (waiting(), false, waits(paired)),
            (waiting(), true, waits(paused)),
            (
                in_room,
                true,
                "it plays against the next player who joins room r".to_owned(),
            ),
            (in_game(), false, playing("overdue 55 s")),
            (in_game(), true, playing("paused, overdue 55 s")),
        ] {
            let (snapshot, outlook) = (snapshot(place), outlook(is_paused));
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
        let stale = next(&snapshot(Position::Idle), &gone, &outlook(false));
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
