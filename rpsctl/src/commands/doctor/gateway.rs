//! The stage of the WebSocket API.

use super::finding::CheckResult;
use crate::aws::Deployment;
use crate::exit::Failure;

/// An id that no connection has.
const NO_CONNECTION: &str = "doctor";

/// Checks that the stage exists, by a request for a connection that does not exist. A handshake would show more, but
/// opens a connection, which a check must not do.
pub(super) async fn stage(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let parts = deployment.parts().await?;
    let sockets = deployment.sockets().await?;
    sockets.open_as_typed(&NO_CONNECTION.into()).await?;
    let (stage, api) = (&parts.stage, &parts.api);
    Ok(CheckResult::ok(format!("{stage} of API {api} answers")))
}
