//! A connection opens.
//!
//! It is stored, and nothing else: until `$connect` has returned, API Gateway answers 410 to a post to
//! it, so no player is matched here.

use rps_game::{Connection, ConnectionId};

use crate::ports::{Failure, OpenConnection};

pub async fn connect(
    store: &impl OpenConnection,
    id: ConnectionId,
    connected_at_ms: u64,
) -> Result<(), Failure> {
    store
        .open_connection(&Connection {
            id,
            connected_at_ms,
            claim: None,
        })
        .await
}
