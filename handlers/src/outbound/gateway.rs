//! Sends to and closes the players' connections by API Gateway's `@connections`.

use std::sync::OnceLock;

use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_apigatewaymanagement::{Client, Config};
use aws_types::SdkConfig;
use rps_game::{ConnectionId, ServerMessage};

use crate::ports::{Delivery, Disconnect, Notify, PortError};

#[derive(Debug, Clone)]
pub struct Gateway {
    config: Config,
    client: OnceLock<Client>,
}

impl Gateway {
    #[must_use]
    pub fn new(config: &SdkConfig, management_url: String) -> Self {
        let gateway = Self::lazy(config, management_url);
        gateway.client();
        gateway
    }

    /// Builds the client at its first use, for a function that seldom sends: the SDK parses a list of all regions when
    /// it builds a client.
    #[must_use]
    pub fn lazy(config: &SdkConfig, management_url: String) -> Self {
        Self {
            config: Builder::from(config).endpoint_url(management_url).build(),
            client: OnceLock::new(),
        }
    }

    fn client(&self) -> &Client {
        self.client
            .get_or_init(|| Client::from_conf(self.config.clone()))
    }
}

impl Notify for Gateway {
    async fn notify(
        &self,
        to: &ConnectionId,
        message: &ServerMessage,
    ) -> Result<Delivery, PortError> {
        let frame = Blob::new(message.to_frame());
        let posted = self
            .client()
            .post_to_connection()
            .connection_id(to.as_str())
            .data(frame)
            .send()
            .await;
        match posted {
            Ok(_) => Ok(Delivery::Delivered),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PostToConnectionError::is_gone_exception) =>
            {
                Ok(Delivery::Closed)
            }
            Err(error) => Err(PortError::new("PostToConnection", error)),
        }
    }
}

impl Disconnect for Gateway {
    async fn disconnect(&self, id: &ConnectionId) -> Result<(), PortError> {
        let deleted = self
            .client()
            .delete_connection()
            .connection_id(id.as_str())
            .send()
            .await;
        match deleted {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteConnectionError::is_gone_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(PortError::new("DeleteConnection", error)),
        }
    }
}
