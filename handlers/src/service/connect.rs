//! Stores a new connection.
//!
//! It does not join the player: until `$connect` returns, API Gateway answers 410 to messages for the
//! connection.

use rps_game::{Connection, ConnectionId};

use crate::ports::{OpenConnection, PortError};

pub async fn connect(
    store: &impl OpenConnection,
    id: ConnectionId,
    connected_at_ms: u64,
) -> Result<(), PortError> {
    store
        .open_connection(&Connection {
            id,
            connected_at_ms,
            claim: None,
        })
        .await
}
