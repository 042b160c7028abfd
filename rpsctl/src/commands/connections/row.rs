use comfy_table::Table;
use rps_game::{ConnectionId, GameId, Position};
use rps_handlers::service::operate::Seen;
use serde::Serialize;

use crate::aws::{OpenSocket, Socket};
use crate::commands::connections::look::Found;
use crate::output;
use crate::words::{place_game, place_name, rfc_3339, time_span};

/// A connection as programs read it in a list.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    connection: &'a ConnectionId,
    /// When it connected, RFC 3339.
    connected_at: Option<String>,
    /// Where it is: `idle`, `joining`, `waiting`, `playing`; null if the table does not have it.
    place: Option<&'static str>,
    /// The game it plays in, or waits for; else null.
    game: Option<&'a GameId>,
    /// Whether API Gateway has it; null if it was not asked, or did not say.
    open: Option<bool>,
    /// When a message last went either way, as API Gateway says, RFC 3339; null if it does not.
    last_active_at: Option<String>,
}

impl<'a> Row<'a> {
    pub(super) fn new(seen: &'a Seen, socket: &Socket) -> Self {
        Self {
            connection: &seen.connection.id,
            connected_at: rfc_3339(seen.connection.connected_at_ms),
            place: Some(place_name(&seen.place)),
            game: place_game(&seen.place),
            open: socket.is_open(),
            last_active_at: socket.open().and_then(last_active_at),
        }
    }

    /// The row of a connection that is open and not in the table.
    pub(super) fn only_open(id: &'a ConnectionId, open: &OpenSocket) -> Self {
        Self {
            connection: id,
            connected_at: open.connected_at_ms.and_then(rfc_3339),
            place: None,
            game: None,
            open: Some(true),
            last_active_at: last_active_at(open),
        }
    }
}

fn last_active_at(open: &OpenSocket) -> Option<String> {
    open.last_active_at_ms.and_then(rfc_3339)
}

/// The connections for people; `asked` is whether API Gateway was asked about them.
pub(super) fn table(connections: &[Found], asked: bool, now_ms: u64) -> Table {
    let mut table = output::table();
    // Together with the longest ids this leaves no more than six characters for the last one.
    let header = ["connection", "age", "where", "last\nactive"];
    let columns = if asked { 4 } else { 3 };
    table.set_header(header.into_iter().take(columns));
    for Found { seen, socket } in connections {
        let age = time_span(now_ms.saturating_sub(seen.connection.connected_at_ms));
        let cells = [
            seen.connection.id.to_string(),
            age,
            place(&seen.place),
            last_active(socket, now_ms),
        ];
        table.add_row(cells.into_iter().take(columns));
    }
    table
}

fn place(place: &Position) -> String {
    match place {
        Position::Playing(game, _) => format!("game {}", game.id),
        other => place_name(other).to_owned(),
    }
}

fn last_active(socket: &Socket, now_ms: u64) -> String {
    match socket {
        Socket::Unknown => String::new(),
        Socket::Gone { .. } => "closed".to_owned(),
        Socket::Open(open) => open
            .last_active_at_ms
            .map_or(String::new(), |at| time_span(now_ms.saturating_sub(at))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rps_game::{Connection, Game, Rules, Seat};

    const NOW: u64 = 100_000_000;

    /// With ids and times as long as they get.
    fn found(socket: Socket) -> Found {
        let id = ConnectionId::from("ABCDEFGHIJKLMNO=");
        let players = [id.clone(), "y".into()];
        let game = "0123456789abcdef0123456789abcdef";
        let (game, _) = Game::start(game.into(), players, Rules::default(), NOW);
        let connection = Connection {
            id,
            connected_at_ms: NOW - 7_199_000,
            claim: None,
        };
        let place = Position::Playing(game, Seat::First);
        Found {
            seen: Seen { connection, place },
            socket,
        }
    }

    fn widest(table: &Table) -> usize {
        let lines = table.to_string();
        let widths = lines.lines().map(|line| line.chars().count());
        widths.max().unwrap_or_default()
    }

    #[test]
    fn rows_fit_80_columns() {
        let open = Socket::Open(OpenSocket {
            connected_at_ms: None,
            last_active_at_ms: Some(NOW - 7_199_000),
            source_ip: None,
            user_agent: None,
        });
        for (socket, asked) in [(Socket::Unknown, false), (open, true)] {
            let table = table(&[found(socket)], asked, NOW);
            assert!(widest(&table) <= 80, "{table}");
            assert_eq!(table.to_string().lines().count(), if asked { 6 } else { 5 });
        }
    }

    #[test]
    fn a_narrow_terminal_gets_more_lines_and_the_whole_ids() {
        let gone = Socket::Gone { asked_at_ms: NOW };
        let mut table = table(&[found(gone)], true, NOW);
        table.set_width(40);
        assert_eq!(widest(&table), 40, "{table}");
        let text = table.to_string();
        let cells = |column: usize| {
            let rows = text.lines().filter(|line| line.starts_with('│'));
            let cells = rows.filter_map(|row| row.split(['│', '┆']).nth(column));
            cells.map(str::trim).collect::<String>()
        };
        assert_eq!(cells(1), "connectionABCDEFGHIJKLMNO=");
        let game = "0123456789abcdef0123456789abcdef";
        assert_eq!(cells(3), format!("wheregame{game}"));
    }
}
