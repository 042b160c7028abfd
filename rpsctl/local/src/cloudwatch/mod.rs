//! CloudWatch: the metrics, by both protocols in use. The Rust SDK speaks Smithy's RPC v2 in CBOR, the
//! `aws` CLI JSON.
//!
//! | module | holds |
//! |---|---|
//! | `statistics` | `GetMetricStatistics`; what else is answered, here |
//! | `cbor` | CBOR as JSON values, and back |

mod cbor;
mod statistics;

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::interval;

use crate::clock;
use crate::error::{AwsError, JSON_1_0, respond};
use crate::metrics::{Metric, Metrics};
use crate::sqs::{QueueId, Sqs};

const AGE_OF_OLDEST: Metric = Metric::of_queue("ApproximateAgeOfOldestMessage", "Seconds");
const VISIBLE: Metric = Metric::of_queue("ApproximateNumberOfMessagesVisible", "Count");

/// The queues are looked at twice a minute, so that no minute is without.
const BETWEEN_LOOKS: Duration = Duration::from_secs(30);

pub(crate) struct CloudWatch {
    metrics: Arc<Metrics>,
    sqs: Arc<Sqs>,
    looking: JoinHandle<()>,
}

impl CloudWatch {
    pub(crate) fn start(metrics: Arc<Metrics>, sqs: Arc<Sqs>) -> Self {
        let (of_queues, queues) = (Arc::clone(&metrics), Arc::clone(&sqs));
        let looking = tokio::spawn(async move {
            let mut next = interval(BETWEEN_LOOKS);
            loop {
                next.tick().await;
                look(&queues, &of_queues);
            }
        });
        Self {
            metrics,
            sqs,
            looking,
        }
    }

    pub(crate) fn json(&self, operation: &str, body: &[u8]) -> Response {
        let request = serde_json::from_slice(body).map_err(|error| unreadable(&error));
        respond(JSON_1_0, self.answer(operation, request))
    }

    pub(crate) fn cbor(&self, operation: &str, body: &[u8]) -> Response {
        let request = cbor::read(body).map_err(|error| unreadable(&error));
        let (status, header, body) = match self.answer(operation, request) {
            Ok(body) => (StatusCode::OK, None, body),
            Err(error) => (error.status, Some(error.header()), error.body()),
        };
        let headers = [
            ("content-type", "application/cbor"),
            ("smithy-protocol", "rpc-v2-cbor"),
        ];
        match cbor::write(&body) {
            Ok(body) => (status, headers, header, body).into_response(),
            Err(error) => {
                tracing::error!(%error, "cannot write CBOR");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    fn answer(&self, operation: &str, request: Result<Value, AwsError>) -> Result<Value, AwsError> {
        match operation {
            "GetMetricStatistics" => {
                // The value of now counts.
                look(&self.sqs, &self.metrics);
                statistics::get(&self.metrics, request?)
            }
            // Nobody is alarmed here.
            "DescribeAlarms" => {
                request.map(|_| json!({ "MetricAlarms": [], "CompositeAlarms": [] }))
            }
            _ => {
                request?;
                let kind = "com.amazonaws.cloudwatch.v2010_08_01#UnknownOperationException";
                let message = format!("The local AWS does not do {operation}.");
                Err(AwsError::bad_request(kind, message).with_query_code("InvalidAction"))
            }
        }
    }
}

/// The request is not in the form of the operation.
fn unreadable(error: &impl ToString) -> AwsError {
    let kind = "com.amazonaws.cloudwatch.v2010_08_01#SerializationException";
    AwsError::bad_request(kind, error.to_string()).with_query_code("SerializationException")
}

impl Drop for CloudWatch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

/// Sets the metrics of the queues, which nothing else reports.
#[expect(
    clippy::cast_precision_loss,
    reason = "no queue here holds so many messages, or one so old"
)]
fn look(sqs: &Sqs, metrics: &Metrics) {
    let now_ms = clock::now_ms();
    for queue in QueueId::ALL {
        let backlog = sqs.backlog(queue);
        let age_s = backlog.oldest_age.unwrap_or_default().as_secs();
        metrics.set(AGE_OF_OLDEST, &[queue.name()], age_s as f64, now_ms);
        let visible = backlog.visible as f64;
        metrics.set(VISIBLE, &[queue.name()], visible, now_ms);
    }
}
