//! CloudWatch: the metrics, by both protocols in use. The Rust SDK speaks Smithy's RPC v2 in CBOR, the
//! `aws` CLI JSON.
//!
//! | module | holds |
//! |---|---|
//! | `statistics` | `GetMetricStatistics`; what else is answered, here |
//! | `queues` | the numbers of the queues, looked at now and then |
//! | `cbor` | CBOR as JSON values, and back |
//! | `refusal` | the errors |

mod cbor;
mod queues;
mod refusal;
mod statistics;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Response, StatusCode},
    response::IntoResponse,
};
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::interval};

use crate::{clock, metrics::Metrics, sqs::Sqs};
use refusal::Refusal;

/// The queues are looked at twice a minute, so that no minute is without.
const BETWEEN_LOOKS: Duration = Duration::from_secs(30);

/// CloudWatch's metrics.
pub(crate) struct CloudWatch {
    metrics: Arc<Metrics>,
    sqs: Sqs,
    looking: JoinHandle<()>,
}

impl CloudWatch {
    /// Shows these metrics, and from now on those of the queues.
    pub(crate) fn start(metrics: Arc<Metrics>, sqs: Sqs) -> Self {
        let looking = tokio::spawn(look_again_and_again(Arc::clone(&metrics), sqs.clone()));
        Self {
            metrics,
            sqs,
            looking,
        }
    }

    /// Answers a request in JSON.
    pub(crate) fn json(&self, operation: &str, body: &[u8]) -> Response<Body> {
        let request = serde_json::from_slice(body).map_err(|error| Refusal::unreadable(&error));
        let (status, code, body) = self.answer(operation, request);
        let headers = [("content-type", "application/x-amz-json-1.0")];
        (status, headers, code, body.to_string()).into_response()
    }

    /// Answers a request in CBOR.
    pub(crate) fn cbor(&self, operation: &str, body: &[u8]) -> Response<Body> {
        let request = cbor::read(body).map_err(|error| Refusal::unreadable(&error));
        let (status, code, body) = self.answer(operation, request);
        let headers = [
            ("content-type", "application/cbor"),
            ("smithy-protocol", "rpc-v2-cbor"),
        ];
        match cbor::write(&body) {
            Ok(body) => (status, headers, code, body).into_response(),
            Err(error) => {
                tracing::error!(%error, "cannot write CBOR");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// The status, the header of an error, and the body.
    fn answer(
        &self,
        operation: &str,
        request: Result<Value, Refusal>,
    ) -> (StatusCode, Option<[(&'static str, String); 1]>, Value) {
        let answered = request.and_then(|request| match operation {
            "GetMetricStatistics" => {
                // The value of now counts.
                queues::look(&self.sqs, &self.metrics, clock::now_ms());
                statistics::get(&self.metrics, request)
            }
            // Nobody is alarmed here.
            "DescribeAlarms" => Ok(json!({ "MetricAlarms": [], "CompositeAlarms": [] })),
            _ => Err(Refusal::unknown(operation)),
        });
        match answered {
            Ok(body) => (StatusCode::OK, None, body),
            Err(refusal) => {
                let query_error = ("x-amzn-query-error", refusal.query_error());
                (StatusCode::BAD_REQUEST, Some([query_error]), refusal.body())
            }
        }
    }
}

impl Drop for CloudWatch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

async fn look_again_and_again(metrics: Arc<Metrics>, sqs: Sqs) {
    let mut next = interval(BETWEEN_LOOKS);
    loop {
        next.tick().await;
        queues::look(&sqs, &metrics, clock::now_ms());
    }
}
