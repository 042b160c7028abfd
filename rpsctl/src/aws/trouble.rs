//! What came instead of an answer from AWS.

use std::error::Error;
use std::fmt::Debug;
use std::iter::successors;

use aws_config::imds::client::error::ImdsError;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

#[derive(Debug)]
pub(crate) enum Trouble {
    NoCredentials,
    /// There should be credentials, and this is why there are none.
    NotLoaded(String),
    /// The credentials were good once.
    Expired,
    /// AWS does not know the credentials, and says so.
    NotAccepted(String),
    /// AWS knows the credentials, and forbids.
    Forbidden(String),
    NotThere,
    /// Nobody answers, because of this.
    Unreachable(String),
    /// Somebody answers, but not as AWS does.
    NotAws,
    Other(String),
}

impl<E, R> From<&SdkError<E, R>> for Trouble
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
        let said = error.message().unwrap_or("it does not say why").to_owned();
        match code {
            "ResourceNotFoundException"
            | "QueueDoesNotExist"
            | "AWS.SimpleQueueService.NonExistentQueue" => Self::NotThere,
            "AccessDeniedException" | "AccessDenied" | "ForbiddenException" => {
                Self::Forbidden(said)
            }
            "ExpiredTokenException" | "ExpiredToken" => Self::Expired,
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "InvalidClientTokenId"
            | "IncompleteSignatureException"
            | "MissingAuthenticationTokenException" => Self::NotAccepted(said),
            code => Self::Other(format!("{code}: {said}")),
        }
    }
}

impl Trouble {
    fn of_credentials(why: &CredentialsError) -> Self {
        // The EC2 instance is asked last, when nothing else is configured. Where there is none somebody else
        // may answer, with a refusal.
        let nobody_asked_for_it = chain(why).any(<dyn Error>::is::<ImdsError>);
        match why {
            CredentialsError::CredentialsNotLoaded(_) => Self::NoCredentials,
            _ if nobody_asked_for_it => Self::NoCredentials,
            why => Self::NotLoaded(root(why)),
        }
    }
}

/// An error and what caused it, down to the root.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source())
}

/// The root of an error: what is above it says in general what this says in particular.
fn root(error: &(dyn Error + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}
