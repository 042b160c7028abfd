//! The players' open connections.

use rps_game::{ConnectionId, ServerMessage};

use crate::ports::Answer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// API Gateway accepted it.
    Told,
    /// The connection is closed (410).
    Gone,
}

pub trait Notify {
    const ACTION: &str = "execute-api:ManageConnections/POST";

    fn tell(&self, to: &ConnectionId, message: &ServerMessage) -> impl Answer<Delivery>;
}

pub trait Disconnect {
    const ACTION: &str = "execute-api:ManageConnections/DELETE";

    /// Closes a connection, or finds it closed.
    fn disconnect(&self, id: &ConnectionId) -> impl Answer<()>;
}

/// All that reaches players.
pub trait Players: Notify + Disconnect {}
impl<T: Notify + Disconnect> Players for T {}
