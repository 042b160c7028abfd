//! CloudWatch: returns the metrics in two protocols. The Rust SDK uses Smithy's RPC v2 with CBOR, the `aws` CLI JSON.
//!
//! | module | contents |
//! |---|---|
//! | `statistics` | `GetMetricStatistics` |
//! | `cbor` | conversion between CBOR and JSON |

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
use crate::metrics::{LocalMetric, Metrics};
use crate::sqs::{QueueId, Sqs};

const AGE_OF_OLDEST: LocalMetric =
    LocalMetric::for_queue("ApproximateAgeOfOldestMessage", "Seconds");
const VISIBLE: LocalMetric = LocalMetric::for_queue("ApproximateNumberOfMessagesVisible", "Count");

/// How often to record the queues' metrics: twice per minute, so that every minute has a value.
const RECORD_INTERVAL: Duration = Duration::from_secs(30);

pub(crate) struct CloudWatch {
    metrics: Arc<Metrics>,
    sqs: Arc<Sqs>,
    recorder: JoinHandle<()>,
}

impl CloudWatch {
    pub(crate) fn start(metrics: Arc<Metrics>, sqs: Arc<Sqs>) -> Self {
        let (recorder_metrics, recorder_sqs) = (Arc::clone(&metrics), Arc::clone(&sqs));
        let recorder = tokio::spawn(async move {
            let mut timer = interval(RECORD_INTERVAL);
            loop {
                timer.tick().await;
                record_backlog(&recorder_sqs, &recorder_metrics);
            }
        });
        Self {
            metrics,
            sqs,
            recorder,
        }
    }

    pub(crate) fn json(&self, operation: &str, body: &[u8]) -> Response {
        let request = serde_json::from_slice(body).map_err(|error| unreadable(&error));
        respond(JSON_1_0, self.execute(operation, request))
    }

    pub(crate) fn cbor(&self, operation: &str, body: &[u8]) -> Response {
        let request = cbor::read(body).map_err(|error| unreadable(&error));
        let (status, header, body) = match self.execute(operation, request) {
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

    fn execute(
        &self,
        operation: &str,
        request: Result<Value, AwsError>,
    ) -> Result<Value, AwsError> {
        match operation {
            "GetMetricStatistics" => {
                // The statistics must include the current values.
                record_backlog(&self.sqs, &self.metrics);
                statistics::get(&self.metrics, request?)
            }
            // The local AWS has no alarms.
            "DescribeAlarms" => {
                request.map(|_| json!({ "MetricAlarms": [], "CompositeAlarms": [] }))
            }
            _ => {
                request?;
                let kind = "com.amazonaws.cloudwatch.v2010_08_01#UnknownOperationException";
                let message = format!("The local AWS does not support {operation}.");
                Err(AwsError::bad_request(kind, message).with_query_code("InvalidAction"))
            }
        }
    }
}

/// The request's format is invalid.
fn unreadable(error: &impl ToString) -> AwsError {
    let kind = "com.amazonaws.cloudwatch.v2010_08_01#SerializationException";
    AwsError::bad_request(kind, error.to_string()).with_query_code("SerializationException")
}

impl Drop for CloudWatch {
    fn drop(&mut self) {
        self.recorder.abort();
    }
}

/// Sets the metrics of the queues' current backlog.
#[expect(
    clippy::cast_precision_loss,
    reason = "no local queue has so many messages or a message so old"
)]
fn record_backlog(sqs: &Sqs, metrics: &Metrics) {
    let now_ms = clock::now_ms();
    for queue in QueueId::ALL {
        let backlog = sqs.backlog(queue);
        let age_s = backlog.oldest_age.unwrap_or_default().as_secs();
        metrics.set(AGE_OF_OLDEST, &[queue.name()], age_s as f64, now_ms);
        let visible = backlog.visible as f64;
        metrics.set(VISIBLE, &[queue.name()], visible, now_ms);
    }
}
