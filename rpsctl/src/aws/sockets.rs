//! Ask API Gateway whether a player's connection is open.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::error::ProvideErrorMetadata;
use aws_sdk_apigatewaymanagement::operation::get_connection::GetConnectionError;
use aws_smithy_types::DateTime;
use rps_game::{Connection, ConnectionId, LEASE_MS};
use rps_handlers::time::now_ms;

use crate::aws::Deployment;
use crate::aws::error::CallError;
use crate::exit::Failure;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OpenSocket {
    pub(crate) connected_at_ms: Option<u64>,
    /// When the last message was sent or received, in milliseconds since 1970.
    pub(crate) last_active_at_ms: Option<u64>,
    pub(crate) source_ip: Option<String>,
    pub(crate) user_agent: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SocketStatus {
    /// API Gateway was not asked, or did not answer.
    Unknown,
    /// API Gateway answered 410.
    Closed {
        /// When the request was sent, in milliseconds since 1970.
        checked_at_ms: u64,
    },
    Open(OpenSocket),
}

impl SocketStatus {
    pub(crate) fn is_open(&self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Closed { .. } => Some(false),
            Self::Open(_) => Some(true),
        }
    }

    pub(crate) fn open(&self) -> Option<&OpenSocket> {
        match self {
            Self::Open(open) => Some(open),
            Self::Unknown | Self::Closed { .. } => None,
        }
    }

    /// Whether the connection is closed and too old to open. While `$connect` runs, API Gateway answers 410 for a
    /// connection that is about to open.
    pub(crate) fn is_stale(&self, connection: &Connection) -> bool {
        match self {
            Self::Closed { checked_at_ms } => {
                connection.connected_at_ms.saturating_add(LEASE_MS) <= *checked_at_ms
            }
            Self::Unknown | Self::Open(_) => false,
        }
    }
}

pub(crate) struct SocketApi<'a> {
    deployment: &'a Deployment,
    client: Client,
}

impl Deployment {
    pub(crate) async fn sockets(&self) -> Result<SocketApi<'_>, Failure> {
        let url = self.management_url().await?;
        let config = Builder::from(self.config()).endpoint_url(url).build();
        Ok(SocketApi {
            deployment: self,
            client: Client::from_conf(config),
        })
    }
}

impl SocketApi<'_> {
    pub(crate) async fn find(&self, id: &ConnectionId) -> Result<SocketStatus, Failure> {
        // Take the time before the request: the answer was true at some point after it.
        let checked_at_ms = now_ms();
        let open = self.get(id, GetConnectionError::is_gone_exception).await?;
        Ok(open.map_or(SocketStatus::Closed { checked_at_ms }, SocketStatus::Open))
    }

    /// Finds an open connection by an id that a user typed. API Gateway answers 400 for an invalid id, which counts as
    /// not open.
    pub(crate) async fn open_as_typed(
        &self,
        id: &ConnectionId,
    ) -> Result<Option<OpenSocket>, Failure> {
        let is_none = |error: &GetConnectionError| {
            error.is_gone_exception() || error.code() == Some("BadRequestException")
        };
        self.get(id, is_none).await
    }

    async fn no_stage(&self) -> Result<Failure, Failure> {
        let parts = self.deployment.parts().await?;
        let stage = format!("the stage {} of API {}", parts.stage, parts.api);
        let action = "execute-api:ManageConnections";
        Ok(self.deployment.explain(action, &stage, CallError::NotFound))
    }

    async fn get(
        &self,
        id: &ConnectionId,
        is_none: impl Fn(&GetConnectionError) -> bool,
    ) -> Result<Option<OpenSocket>, Failure> {
        let request = self.client.get_connection().connection_id(id.as_str());
        let connection = match request.send().await {
            Ok(connection) => connection,
            Err(error) if error.as_service_error().is_some_and(is_none) => return Ok(None),
            // A caller without the permission gets a longer message.
            Err(error) if error.message() == Some("Forbidden") => {
                return Err(self.no_stage().await?);
            }
            Err(error) => {
                let action = "execute-api:ManageConnections";
                return Err(self.deployment.explain(action, "the connections", &error));
            }
        };
        let ms = |time: Option<DateTime>| time?.to_millis().ok()?.try_into().ok();
        let identity = connection.identity;
        Ok(Some(OpenSocket {
            connected_at_ms: ms(connection.connected_at),
            last_active_at_ms: ms(connection.last_active_at),
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

    /// API Gateway answers 410 both for a closed connection and for one that is about to open.
    #[test]
    fn a_closed_connection_is_stale_once_its_lease_is_over() {
        let connected_at_ms = 1_000_000;
        let connection = Connection {
            id: "x".into(),
            connected_at_ms,
            claim: None,
        };
        let closed = |checked_at_ms| SocketStatus::Closed { checked_at_ms };
        let long_after = connected_at_ms + LEASE_MS;
        for (socket, is_stale) in [
            (closed(connected_at_ms), false),
            (closed(long_after - 1), false),
            (closed(long_after), true),
            (SocketStatus::Unknown, false),
            (SocketStatus::Open(OpenSocket::default()), false),
        ] {
            assert_eq!(socket.is_stale(&connection), is_stale, "{socket:?}");
        }
    }

    /// A slow answer must not make a connection seem older than it was.
    #[tokio::test]
    async fn the_check_has_the_time_of_its_request() {
        let (sender, request_times) = channel();
        let endpoint = serve(move |_| {
            let checked_at_ms = now_ms();
            sender.send(checked_at_ms).unwrap();
            while now_ms() == checked_at_ms {
                thread::yield_now();
            }
            Some(Answer::new(410, r#"{"__type":"GoneException"}"#))
        });
        let deployment = Deployment::at(&endpoint).await;
        let sockets = deployment.sockets().await.unwrap();
        let Ok(SocketStatus::Closed { checked_at_ms }) = sockets.find(&"x".into()).await else {
            panic!("the connection should be closed")
        };
        assert!(checked_at_ms <= request_times.recv().unwrap());
    }
}
