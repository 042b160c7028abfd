//! DynamoDB: dynoxide in process, its table, and the way to it.
//!
//! dynoxide checks what AWS checks on the wire only in its HTTP server, and that server cannot be part
//! of ours. So it listens on a port of its own, and calls are passed on to it. They are edited only to make it
//! tell what they consume; the caller sees nothing of that.

mod call;
mod table;
mod units;

use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use dynoxide::Database;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

use crate::dynamo::call::Call;
use crate::error::{AwsError, StartError};
use crate::metrics::Metrics;

/// Headers that speak of one connection, not of the call, and the length of a body that is edited.
const NOT_PASSED_ON: [HeaderName; 5] = [
    header::CONTENT_LENGTH,
    header::HOST,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::EXPECT,
];

pub(crate) struct Dynamo {
    client: Client<HttpConnector, Body>,
    uri: Uri,
    server: tokio::task::JoinHandle<()>,
    metrics: Arc<Metrics>,
}

impl Dynamo {
    /// Opens the data (in memory without a file), creates the table if needed, and listens. Also returns the timer
    /// messages of the games in the data.
    pub(crate) async fn start(
        data: Option<&Path>,
        metrics: &Arc<Metrics>,
    ) -> Result<(Self, Vec<String>), StartError> {
        let database = open(data)?;
        table::ensure(&database).map_err(|why| data_error(data, why))?;
        let unfinished = table::timer_messages(&database).map_err(|why| data_error(data, why))?;
        let cannot = |error| StartError::Port(0, error);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(cannot)?;
        let port = listener.local_addr().map_err(cannot)?.port();
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let dynamo = Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            uri: Uri::try_from(format!("http://127.0.0.1:{port}/"))
                .map_err(|error| StartError::Port(port, std::io::Error::other(error)))?,
            server: tokio::spawn(dynoxide::server::serve_on(listener, database)),
            metrics: Arc::clone(metrics),
        };
        Ok((dynamo, unfinished))
    }

    /// Passes one call on, and counts the units it consumes.
    pub(crate) async fn call(
        &self,
        operation: &str,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        for name in NOT_PASSED_ON {
            headers.remove(name);
        }
        let (call, body) = Call::read(operation, body);
        let answered = self.pass_on(headers, body).await;
        let Some(call) = call else {
            return answered;
        };
        let (mut head, body) = answered.into_parts();
        let Ok(body) = to_bytes(Body::new(body), usize::MAX).await else {
            return internal_error("DynamoDB broke off.");
        };
        let (body, consumed) = call.settle(body);
        for units in consumed {
            units.count(&self.metrics);
        }
        seal(&mut head, &body);
        Response::from_parts(head, Body::from(body))
    }

    async fn pass_on(&self, headers: HeaderMap, body: Bytes) -> Response {
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        match self.client.request(request).await {
            Ok(answer) => answer.map(Body::new),
            Err(error) => {
                tracing::error!(%error, "dynoxide did not answer");
                internal_error("DynamoDB did not answer.")
            }
        }
    }
}

fn internal_error(message: &str) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    AwsError::new(status, "InternalServerError", message).into_response()
}

/// Makes the headers those of this body. SDKs hold the checksum to it.
fn seal(head: &mut Parts, body: &[u8]) {
    head.headers.remove(header::CONTENT_LENGTH);
    let checksum = crc32fast::hash(body);
    head.headers
        .insert("x-amz-crc32", HeaderValue::from(checksum));
}

impl Drop for Dynamo {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn open(data: Option<&Path>) -> Result<Database, StartError> {
    let Some(file) = data else {
        return Database::memory().map_err(|error| data_error(data, error.to_string()));
    };
    let name = file
        .to_str()
        .ok_or_else(|| data_error(data, "its name is not UTF-8".to_owned()))?;
    Database::new(name).map_err(|error| data_error(data, error.to_string()))
}

fn data_error(data: Option<&Path>, why: String) -> StartError {
    let file = data.unwrap_or(Path::new(":memory:"));
    // What follows the first sentence is advice to programmers.
    let why = why.split(". ").next().map(str::to_owned).unwrap_or(why);
    StartError::Data(file.to_owned(), why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_not_a_database_is_named_and_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("letter.txt");
        let letter = "Dear reader, this is no database. ".repeat(200);
        std::fs::write(&file, &letter).unwrap();
        let started = Dynamo::start(Some(&file), &Arc::default()).await;
        let refused = started.err().unwrap();
        assert!(matches!(&refused, StartError::Data(named, _) if *named == file));
        assert!(!refused.to_string().contains('\n'), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), letter);
    }
}
