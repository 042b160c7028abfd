//! What API Gateway says of a player's connection.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::error::ProvideErrorMetadata;
use aws_sdk_apigatewaymanagement::operation::get_connection::GetConnectionError;
use aws_smithy_types::DateTime;
use rps_game::{Connection, ConnectionId, LEASE_MS};
use rps_handlers::time::now_ms;

use crate::aws::Deployment;
use crate::exit::Failure;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OpenSocket {
    pub(crate) connected_at_ms: Option<u64>,
    /// When a message last went either way, milliseconds since 1970.
    pub(crate) last_active_at_ms: Option<u64>,
    pub(crate) source_ip: Option<String>,
    pub(crate) user_agent: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Socket {
    /// Nothing, or it was not asked.
    Unknown,
    /// That it is gone (410).
    Gone {
        /// When that was asked, milliseconds since 1970.
        asked_at_ms: u64,
    },
    Open(OpenSocket),
}

impl Socket {
    pub(crate) fn is_open(&self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Gone { .. } => Some(false),
            Self::Open(_) => Some(true),
        }
    }

    pub(crate) fn open(&self) -> Option<&OpenSocket> {
        match self {
            Self::Open(open) => Some(open),
            Self::Unknown | Self::Gone { .. } => None,
        }
    }

    /// Whether a connection of that age is closed for good. Until `$connect` has returned API Gateway calls one gone
    /// that is about to open.
    pub(crate) fn is_stale(&self, connection: &Connection) -> bool {
        match self {
            Self::Gone { asked_at_ms } => {
                connection.connected_at_ms.saturating_add(LEASE_MS) <= *asked_at_ms
            }
            Self::Unknown | Self::Open(_) => false,
        }
    }
}

pub(crate) struct Sockets<'a> {
    deployment: &'a Deployment,
    client: Client,
}

impl Deployment {
    pub(crate) async fn sockets(&self) -> Result<Sockets<'_>, Failure> {
        let url = self.management_url().await?;
        let config = Builder::from(self.config()).endpoint_url(url).build();
        Ok(Sockets {
            deployment: self,
            client: Client::from_conf(config),
        })
    }
}

impl Sockets<'_> {
    pub(crate) async fn find(&self, id: &ConnectionId) -> Result<Socket, Failure> {
        // Before it is asked: the answer may take its time, and was true in between.
        let asked_at_ms = now_ms();
        let open = self.ask(id, GetConnectionError::is_gone_exception).await?;
        Ok(open.map_or(Socket::Gone { asked_at_ms }, Socket::Open))
    }

    /// The connection, if it is open, by an id that somebody typed: one that AWS does not take (400) is no
    /// connection's.
    pub(crate) async fn open_as_typed(
        &self,
        id: &ConnectionId,
    ) -> Result<Option<OpenSocket>, Failure> {
        let is_none = |error: &GetConnectionError| {
            error.is_gone_exception() || error.code() == Some("BadRequestException")
        };
        self.ask(id, is_none).await
    }

    async fn ask(
        &self,
        id: &ConnectionId,
        is_none: impl Fn(&GetConnectionError) -> bool,
    ) -> Result<Option<OpenSocket>, Failure> {
        let asked = self.client.get_connection().connection_id(id.as_str());
        let found = match asked.send().await {
            Ok(found) => found,
            Err(error) if error.as_service_error().is_some_and(is_none) => return Ok(None),
            Err(error) => {
                let action = "execute-api:ManageConnections";
                return Err(self.deployment.explain(action, "the connections", &error));
            }
        };
        let ms = |time: Option<DateTime>| time?.to_millis().ok()?.try_into().ok();
        let identity = found.identity;
        Ok(Some(OpenSocket {
            connected_at_ms: ms(found.connected_at),
            last_active_at_ms: ms(found.last_active_at),
            source_ip: identity.as_ref().and_then(|it| it.source_ip.clone()),
            user_agent: identity.and_then(|it| it.user_agent),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;

    use rps_testkit::http::{Answer, serve};

    use super::*;

    /// Of a connection that is about to open API Gateway says what it says of one that is closed.
    #[test]
    fn stale_is_what_is_gone_and_has_been_there_for_long_enough() {
        let connected_at_ms = 1_000_000;
        let connection = Connection {
            id: "x".into(),
            connected_at_ms,
            claim: None,
        };
        let gone = |asked_at_ms| Socket::Gone { asked_at_ms };
        let long_after = connected_at_ms + LEASE_MS;
        for (socket, is_stale) in [
            (gone(connected_at_ms), false),
            (gone(long_after - 1), false),
            (gone(long_after), true),
            (Socket::Unknown, false),
            (Socket::Open(OpenSocket::default()), false),
        ] {
            assert_eq!(socket.is_stale(&connection), is_stale, "{socket:?}");
        }
    }

    /// A slow answer makes no connection older than it was when that was true.
    #[tokio::test]
    async fn the_time_is_that_of_the_question() {
        let (came_in, came) = channel();
        let endpoint = serve(move |_| {
            let asked_at_ms = now_ms();
            came_in.send(asked_at_ms).unwrap();
            while now_ms() == asked_at_ms {
                thread::yield_now();
            }
            Some(Answer::new(410, r#"{"__type":"GoneException"}"#))
        });
        let deployment = Deployment::at(&endpoint).await;
        let sockets = deployment.sockets().await.unwrap();
        let Ok(Socket::Gone { asked_at_ms }) = sockets.find(&"x".into()).await else {
            panic!("not gone")
        };
        assert!(asked_at_ms <= came.recv().unwrap());
    }
}
