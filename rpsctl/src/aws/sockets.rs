//! What API Gateway says of a player's connection.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::error::ProvideErrorMetadata;
use aws_sdk_apigatewaymanagement::operation::get_connection::GetConnectionError;
use aws_smithy_types::DateTime;
use rps_game::ConnectionId;

use super::Deployment;
use crate::exit::Failure;

/// A connection that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenSocket {
    /// When it was opened, milliseconds since 1970.
    pub(crate) connected_at_ms: Option<u64>,
    /// When a message last went either way, milliseconds since 1970.
    pub(crate) last_active_at_ms: Option<u64>,
    /// The player's address.
    pub(crate) source_ip: Option<String>,
    /// The player's browser or program.
    pub(crate) user_agent: Option<String>,
}

/// API Gateway, to be asked about connections.
pub(crate) struct Sockets<'a> {
    deployment: &'a Deployment,
    client: Client,
}

impl Deployment {
    /// The way to ask about connections.
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
    /// The connection, if it is open: none is what AWS calls gone (410).
    pub(crate) async fn open(&self, id: &ConnectionId) -> Result<Option<OpenSocket>, Failure> {
        self.ask(id, GetConnectionError::is_gone_exception).await
    }

    /// The same with an id that somebody typed: one that AWS does not take (400) is no connection's.
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
