use comfy_table::Table;
use rps_game::{ConnectionId, GameId, Position};
use rps_handlers::service::operate::Seen;
use serde::Serialize;

use crate::aws::{OpenSocket, Socket};
use crate::commands::connections::look::Found;
use crate::output;
use crate::words::{place_game, place_name, rfc_3339, time_span};

/// A connection in a list. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    connection: &'a ConnectionId,
    connected_at: Option<String>,
    place: Option<&'static str>,
    game: Option<&'a GameId>,
    open: Option<bool>,
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
