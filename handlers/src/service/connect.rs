//! Stores a new connection.
//!
//! It does not join the player: until `$connect` returns, API Gateway answers 410 to messages for the
//! connection.
//!
//! If the write gets no answer, `$connect` fails and API Gateway refuses the connection. A repetition could store the
//! connection again after its game has removed it, if AWS executes the first write late.

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
