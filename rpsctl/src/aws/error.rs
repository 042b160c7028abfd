//! Classify an SDK error by its remedy.

use std::error::Error;
use std::fmt::Debug;
use std::iter::successors;

use aws_config::imds::client::error::ImdsError;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::get_item::GetItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use rps_handlers::ports::PortError;

#[derive(Debug)]
pub(crate) enum CallError {
    NoCredentials,
    /// Credentials are configured but cannot be loaded, for this reason.
    BadCredentials(String),
    ExpiredCredentials,
    /// AWS does not know the credentials. The text is AWS's message.
    RejectedCredentials(String),
    /// AWS knows the credentials, but they lack the permission. The text is AWS's message.
    Forbidden(String),
    NotFound,
    /// No connection, for this reason.
    Unreachable(String),
    /// The server's answer is not AWS's.
    NotAws,
    Other(String),
}

impl<E, R> From<&SdkError<E, R>> for CallError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: Debug + 'static,
{
    fn from(error: &SdkError<E, R>) -> Self {
        if let Some(why) = chain(error).find_map(<dyn Error>::downcast_ref) {
            return Self::of_credentials(why);
        }
        let Some(code) = error.code() else {
            return match error {
                SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => {
                    Self::Unreachable(root(error))
                }
                // AWS names each of its errors.
                SdkError::ServiceError(_) | SdkError::ResponseError(_) => Self::NotAws,
                _ => Self::Other(root(error)),
            };
        };
        let message = error.message().unwrap_or("AWS gives no reason").to_owned();
        match code {
            "ResourceNotFoundException"
            | "QueueDoesNotExist"
            | "AWS.SimpleQueueService.NonExistentQueue" => Self::NotFound,
            "AccessDeniedException" | "AccessDenied" | "ForbiddenException" => {
                Self::Forbidden(message)
            }
            "ExpiredTokenException" | "ExpiredToken" => Self::ExpiredCredentials,
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "InvalidClientTokenId"
            | "IncompleteSignatureException"
            | "MissingAuthenticationTokenException" => Self::RejectedCredentials(message),
            code => Self::Other(format!("{code}: {message}")),
        }
    }
}

/// The calls of the game's store and gateway that rpsctl uses.
impl From<&PortError> for CallError {
    fn from(error: &PortError) -> Self {
        sdk_error::<GetItemError>(error)
            .or_else(|| sdk_error::<UpdateItemError>(error))
            .or_else(|| sdk_error::<DeleteItemError>(error))
            .or_else(|| sdk_error::<PostToConnectionError>(error))
            .or_else(|| sdk_error::<DeleteConnectionError>(error))
            .unwrap_or_else(|| Self::Other(error.causes()))
    }
}

fn sdk_error<E: ProvideErrorMetadata + Error + 'static>(error: &PortError) -> Option<CallError> {
    let error: &SdkError<E> = error.source()?.downcast_ref()?;
    Some(error.into())
}

impl CallError {
    fn of_credentials(why: &CredentialsError) -> Self {
        // The instance metadata service is the last resort if nothing is configured. Outside EC2 another server may
        // answer at its address, with an error.
        let is_last_resort = chain(why).any(<dyn Error>::is::<ImdsError>);
        match why {
            CredentialsError::CredentialsNotLoaded(_) => Self::NoCredentials,
            _ if is_last_resort => Self::NoCredentials,
            why => Self::BadCredentials(root(why)),
        }
    }
}

/// Iterates over an error and its causes, down to the root.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source())
}

/// The message of the root cause, which is the most specific one.
fn root(error: &(dyn Error + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}
