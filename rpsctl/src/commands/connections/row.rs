use comfy_table::Table;
use rps_game::{ConnectionId, GameId, Position, Room};
use rps_handlers::service::position::ConnectionSnapshot;
use serde::Serialize;

use crate::aws::{OpenSocket, SocketStatus};
use crate::commands::connections::lookup::ConnectionEntry;
use crate::output;
use crate::words::{position_game, position_name, position_room, rfc_3339, time_span};

/// A connection in a list, as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct ConnectionRow<'a> {
    /// Connection id.
    #[cfg_attr(test, schemars(with = "String"))]
    connection: &'a ConnectionId,
    /// Time at which the player connected.
    connected_at: Option<String>,
    /// State of the connection: `idle`, `joining`, `waiting` or `playing`. Null if it is not in the table.
    place: Option<&'static str>,
    /// Game that the player plays or waits for.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    game: Option<&'a GameId>,
    /// Room in which the player plays or waits. Null without a room.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    room: Option<&'a Room>,
    /// Whether API Gateway has the connection. Null if API Gateway was not queried or did not answer. `connections
    /// list` queries it only with `--idle-for` or `--stale`.
    open: Option<bool>,
    /// Time of the last message in either direction. Null if API Gateway was not queried or did not report it.
    last_active_at: Option<String>,
}

impl<'a> ConnectionRow<'a> {
    pub(super) fn new(snapshot: &'a ConnectionSnapshot, socket: &SocketStatus) -> Self {
        Self {
            connection: &snapshot.connection.id,
            connected_at: rfc_3339(snapshot.connection.connected_at_ms),
            place: Some(position_name(&snapshot.place)),
            game: position_game(&snapshot.place),
            room: position_room(&snapshot.place),
            open: socket.is_open(),
            last_active_at: socket.open().and_then(last_active_at),
        }
    }

    /// The row of an open connection that is not in the table.
    pub(super) fn only_open(id: &'a ConnectionId, open: &OpenSocket) -> Self {
        Self {
            connection: id,
            connected_at: open.connected_at_ms.and_then(rfc_3339),
            place: None,
            game: None,
            room: None,
            open: Some(true),
            last_active_at: last_active_at(open),
        }
    }
}

fn last_active_at(open: &OpenSocket) -> Option<String> {
    open.last_active_at_ms.and_then(rfc_3339)
}

/// The table for people. Without sockets, it has no column for the last activity.
pub(super) fn table(connections: &[ConnectionEntry], has_sockets: bool, now_ms: u64) -> Table {
    let mut table = output::table();
    // With the longest ids, the last column has at most six characters.
    let header = ["connection", "age", "state", "last\nactive"];
    let columns = if has_sockets { 4 } else { 3 };
    table.set_header(header.into_iter().take(columns));
    for ConnectionEntry { snapshot, socket } in connections {
        let age = time_span(now_ms.saturating_sub(snapshot.connection.connected_at_ms));
        let cells = [
            snapshot.connection.id.to_string(),
            age,
            state(&snapshot.place),
            last_active(socket, now_ms),
        ];
        table.add_row(cells.into_iter().take(columns));
    }
    table
}

fn state(position: &Position) -> String {
    match position {
        Position::Playing(game, _) => format!("game {}", game.id),
        other => position_name(other).to_owned(),
    }
}

fn last_active(socket: &SocketStatus, now_ms: u64) -> String {
    match socket {
        SocketStatus::Unknown => String::new(),
        SocketStatus::Closed { .. } => "closed".to_owned(),
        SocketStatus::Open(open) => open
            .last_active_at_ms
            .map_or(String::new(), |at| time_span(now_ms.saturating_sub(at))),
    }
}
