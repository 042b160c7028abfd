//! Opens a function's connections to AWS before its first invocation.
//!
//! Lambda initializes a function with a full CPU. In the first invocation, at the CPU share of a 128 MB
//! function, each TLS handshake would take many times as long.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use futures_util::future::join_all;
use tokio::time::timeout;
use tracing::warn;

use crate::outbound::SLOWDOWN;
use crate::outbound::dynamo::DynamoStore;
use crate::ports::PortError;

/// Open connections only save time, so a silent host must not delay the start for longer.
const MAX_DELAY: Duration = Duration::from_millis(200 * SLOWDOWN);

/// Opens this number of connections to DynamoDB, and one to the host of each URL, all at the same time. The
/// connector keeps them for the SDK clients. An invocation that finds a connection missing or closed opens
/// another.
pub async fn warm_up(
    connector: &SharedHttpConnector,
    store: &DynamoStore,
    to_dynamo: usize,
    urls: &[&str],
) {
    let reads = (0..to_dynamo).map(|_| in_time("DynamoDB", store.warm_up()));
    let pings = urls.iter().map(|url| in_time(url, ping(connector, url)));
    let (reads, pings) = tokio::join!(join_all(reads), join_all(pings));
    let all: Result<(), String> = reads.into_iter().chain(pings).collect();
    if let Err(failure) = all {
        warn!(%failure, "cannot open all connections to AWS; the first invocation will be slower");
    }
}

async fn in_time(
    host: &str,
    opening: impl Future<Output = Result<(), PortError>>,
) -> Result<(), String> {
    match timeout(MAX_DELAY, opening).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(failure)) => Err(format!("{host}: {failure}")),
        Err(_) => Err(format!("{host}: no answer within {MAX_DELAY:?}")),
    }
}

/// Sends an unsigned request to the host of the URL, and ignores the answer. AWS reserves `/ping` for health
/// checks, so the request reaches neither the queue nor the API's stage.
async fn ping(connector: &SharedHttpConnector, url: &str) -> Result<(), PortError> {
    const OPERATION: &str = "GET /ping";
    let path = url.match_indices('/').nth(2);
    let host = path.map_or(url, |(start, _)| &url[..start]);
    let request = HttpRequest::get(format!("{host}/ping"));
    let request = request.map_err(|error| PortError::new(OPERATION, error))?;
    let answer = connector.call(request).await;
    let answer = answer.map_err(|error| PortError::new(OPERATION, error))?;
    // The connector keeps a connection only after the end of the answer.
    let body = ByteStream::new(answer.into_body()).collect().await;
    body.map(drop)
        .map_err(|error| PortError::new(OPERATION, error))
}
