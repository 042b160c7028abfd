//! Sends to and closes the players' connections by API Gateway's `@connections`.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_types::SdkConfig;
use rps_game::{ConnectionId, ServerMessage};

use crate::ports::{Delivery, Disconnect, Notify, PortError};

#[derive(Debug, Clone)]
pub struct Gateway {
    client: Client,
}

impl Gateway {
    #[must_use]
    pub fn new(config: &SdkConfig, management_url: String) -> Self {
        let config = Builder::from(config).endpoint_url(management_url).build();
        Self {
            client: Client::from_conf(config),
        }
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
            .client
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
            .client
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
