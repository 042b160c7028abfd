//! DynamoDB: dynoxide in this process, the game's table, and the metering of calls.
//!
//! Only dynoxide's HTTP server validates requests like AWS, and it cannot be mounted in this package's server. This
//! module therefore forwards calls to it. The module adds parameters that make dynoxide report the consumed
//! capacity, and removes the report from the response.

mod call;
mod connection;
mod table;
mod units;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dynoxide::Database;

use crate::dynamo::call::MeteredCall;
use crate::dynamo::connection::Connections;
use crate::dynamo::units::LATENCY;
use crate::error::{AwsError, StartError};
use crate::faults::FaultInjector;
use crate::metrics::Metrics;

/// The headers that dynoxide reads. SDKs send many more.
const FORWARDED_HEADERS: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::DATE,
    header::ORIGIN,
    HeaderName::from_static("x-amz-date"),
    HeaderName::from_static("x-amz-target"),
];

pub(crate) struct Dynamo {
    connections: Connections,
    metrics: Arc<Metrics>,
    faults: Arc<FaultInjector>,
}

impl Dynamo {
    /// Opens the data file or an in-memory database, and creates the table if it is missing. Also returns round
    /// timers for the stored games.
    pub(crate) fn open(
        data: Option<&Path>,
        metrics: &Arc<Metrics>,
        faults: &Arc<FaultInjector>,
    ) -> Result<(Self, Vec<String>), StartError> {
        let database = open(data)?;
        let to_data_error = |reason| data_error(data, reason);
        table::ensure(&database).map_err(to_data_error)?;
        let round_timers = table::round_timers(&database).map_err(to_data_error)?;
        let dynamo = Self {
            connections: Connections::new(database),
            metrics: Arc::clone(metrics),
            faults: Arc::clone(faults),
        };
        Ok((dynamo, round_timers))
    }

    /// Forwards a call and counts the units it consumes.
    pub(crate) async fn call(&self, operation: &str, headers: &HeaderMap, body: Bytes) -> Response {
        if self.faults.throttles(operation) {
            return throttling_error();
        }
        let (call, body) = MeteredCall::prepare(operation, body);
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = Method::POST;
        for name in FORWARDED_HEADERS {
            if let Some(value) = headers.get(&name) {
                request.headers_mut().insert(name, value.clone());
            }
        }
        let sent = Instant::now();
        let (mut head, mut body) = match self.connections.send(request).await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(%error, "dynoxide did not respond");
                return internal_error("DynamoDB did not respond.");
            }
        };
        if let Some(call) = call {
            let consumed;
            (body, consumed) = call.finish(body);
            for units in consumed {
                units.count(&self.metrics);
                if head.status.is_success() {
                    let ms = sent.elapsed().as_secs_f64() * 1000.0;
                    let dimensions = [&*units.table, operation];
                    self.metrics.count(LATENCY, &dimensions, ms);
                }
            }
            update_headers(&mut head, &body);
        }
        Response::from_parts(head, Body::from(body))
    }
}

fn internal_error(message: &str) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    AwsError::new(status, "InternalServerError", message).into_response()
}

fn throttling_error() -> Response {
    let kind = "ProvisionedThroughputExceededException";
    let message = "The level of configured provisioned throughput for the table was exceeded.";
    AwsError::bad_request(kind, message).into_response()
}

/// Updates the length and the checksum for the edited body. SDKs verify the checksum.
fn update_headers(head: &mut Parts, body: &[u8]) {
    head.headers.remove(header::CONTENT_LENGTH);
    let checksum = crc32fast::hash(body);
    head.headers
        .insert("x-amz-crc32", HeaderValue::from(checksum));
}

fn open(data: Option<&Path>) -> Result<Database, StartError> {
    let Some(file) = data else {
        return Database::memory().map_err(|error| data_error(data, error.to_string()));
    };
    let name = file
        .to_str()
        .ok_or_else(|| data_error(data, "the path is not UTF-8".to_owned()))?;
    Database::new(name).map_err(|error| data_error(data, error.to_string()))
}

fn data_error(data: Option<&Path>, reason: String) -> StartError {
    let file = data.unwrap_or(Path::new(":memory:"));
    // Keep only the first sentence: dynoxide's next sentences are advice for programmers.
    let first = reason.split(". ").next().map(str::to_owned);
    StartError::Data(file.to_owned(), first.unwrap_or(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_names_a_file_that_is_no_database_and_the_file_stays_unchanged() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("letter.txt");
        let letter = "Dear reader, this is no database. ".repeat(200);
        std::fs::write(&file, &letter).unwrap();
        let result = Dynamo::open(Some(&file), &Arc::default(), &Arc::default());
        let error = result.err().unwrap();
        assert!(matches!(&error, StartError::Data(path, _) if *path == file));
        assert!(!error.to_string().contains('\n'), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), letter);
    }
}
