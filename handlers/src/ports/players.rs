//! The players' open connections.

use rps_game::{ConnectionId, ServerMessage};

use crate::ports::PortCall;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// API Gateway accepted the message.
    Delivered,
    /// The connection is closed (410).
    Closed,
}

pub trait Notify {
    const ACTION: &str = "execute-api:ManageConnections/POST";

    fn notify(&self, to: &ConnectionId, message: &ServerMessage) -> impl PortCall<Delivery>;
}

pub trait Disconnect {
    const ACTION: &str = "execute-api:ManageConnections/DELETE";

    /// Closes a connection. Succeeds if it is closed already.
    fn disconnect(&self, id: &ConnectionId) -> impl PortCall<()>;
}

pub trait Players: Notify + Disconnect {}
impl<T: Notify + Disconnect> Players for T {}
