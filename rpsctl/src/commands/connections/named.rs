//! A connection that somebody named.

use rps_game::ConnectionId;
use rps_handlers::service::operate::Seen;

use super::look::locate;
use crate::aws::{Deployment, OpenSocket};
use crate::exit::{Exit, Failure};

/// A connection that somebody named.
#[derive(Debug)]
pub(super) enum Named {
    /// It is in the table.
    Stored(Seen),
    /// It is not in the table, and open.
    OnlyOpen(ConnectionId, OpenSocket),
}

impl Named {
    /// Finds the connection with that id, or the only one in the table whose id begins so.
    pub(super) async fn find(deployment: &Deployment, id: &str) -> Result<Self, Failure> {
        if let Some(connection) = deployment.connection(id).await? {
            return Ok(Self::Stored(locate(deployment, connection).await?));
        }
        let typed = ConnectionId::from(id);
        let sockets = deployment.sockets().await?;
        match sockets.open_as_typed(&typed).await? {
            Some(open) => Ok(Self::OnlyOpen(typed, open)),
            None => Err(Failure::new(
                Exit::NoSuchThing,
                format!(
                    "there is no connection {id}: it is closed, or never was; `rpsctl connections list` \
                     shows those that are there"
                ),
            )),
        }
    }

    /// Its id.
    pub(super) fn id(&self) -> &ConnectionId {
        match self {
            Self::Stored(seen) => &seen.connection.id,
            Self::OnlyOpen(id, _) => id,
        }
    }
}
