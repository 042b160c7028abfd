//! SQS in memory: the part of its JSON protocol that the SDKs and the `aws` CLI use on standard queues.
//!
//! Messages are delivered when they are due, not when somebody looks: nothing here polls. Layout:
//!
//! - `directory`: all queues by name; `queue`: one queue, its lock and who waits for it
//! - `messages`: what a queue holds, plain data; `message`, `content`, `receipt`, `checksum`: one message
//! - `attributes`, `redrive`: what can be set on a queue; `move_task`: bringing dead letters back
//! - `queue_operations`, `message_operations`, `batch`: the API; `protocol`, `error`: its JSON
//!
//! Where AWS says "approximate", the numbers here are exact. Where AWS's documentation leaves a choice, the
//! place says which was taken. Error texts are AWS's own where they are known.

mod attributes;
mod batch;
mod checksum;
mod content;
mod directory;
mod error;
mod message;
mod message_operations;
mod messages;
mod move_task;
mod protocol;
mod queue;
mod queue_operations;
mod receipt;
mod redrive;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use self::directory::Directory;
use self::{message_operations as on_message, queue_operations as on_queue};

use crate::metrics::{Metrics, billed};

pub use self::content::{AttributeValue, MessageAttribute, MessageAttributes};
pub use self::error::{Code, SqsError};
pub use self::message::Received;
pub use self::messages::Counts;
pub use self::queue::Queue;

/// The requests that are billed by their messages, where these are known.
const CARRIERS: [&str; 3] = ["SendMessage", "SendMessageBatch", "ReceiveMessage"];

/// The queue service. Cheap to clone; all clones are the same service.
#[derive(Debug, Clone)]
pub struct Sqs {
    directory: Arc<Directory>,
}

impl Sqs {
    /// A service without queues, whose queue URLs start with `endpoint`.
    #[must_use]
    pub fn new(endpoint: &str) -> Self {
        Self::metered(endpoint, Arc::default())
    }

    /// The same, and what is done is counted in these metrics.
    pub(crate) fn metered(endpoint: &str, metrics: Arc<Metrics>) -> Self {
        Self {
            directory: Arc::new(Directory::new(endpoint, metrics)),
        }
    }

    /// The queue of that name.
    #[must_use]
    pub fn queue(&self, name: &str) -> Option<Arc<Queue>> {
        self.directory.by_name(name)
    }

    /// Creates a queue as `CreateQueue` does: the same queue again for the same attributes.
    pub fn create_queue<'a>(
        &self,
        name: &str,
        attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Arc<Queue>, SqsError> {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let attributes = attributes.into_iter().map(owned).collect();
        self.directory.create(name, &attributes, BTreeMap::new())
    }

    /// Answers one request. `operation` is what stands behind `AmazonSQS.` in `X-Amz-Target`.
    ///
    /// Safe to drop at any time: a long poll ends, and what it had not received stays in the queue.
    pub async fn handle(&self, operation: &str, body: &[u8]) -> Response<Vec<u8>> {
        let answer = if operation == "ReceiveMessage" {
            match parse(body) {
                Ok(request) => on_message::receive(&self.directory, request).await,
                Err(error) => Err(error),
            }
        } else {
            self.answer(operation, body)
        };
        if answer.is_ok() && !CARRIERS.contains(&operation) {
            let metrics = &self.directory.metrics;
            metrics.count(billed::SQS_REQUESTS, &[], billed::sqs_requests(0));
        }
        respond(answer)
    }

    /// Every operation that does not wait.
    fn answer(&self, operation: &str, body: &[u8]) -> Result<Value, SqsError> {
        let queues = &self.directory;
        match operation {
            "CreateQueue" => on_queue::create(queues, parse(body)?),
            "DeleteQueue" => on_queue::delete(queues, &parse(body)?),
            "GetQueueUrl" => on_queue::url(queues, &parse(body)?),
            "ListQueues" => on_queue::list(queues, &parse(body)?),
            "ListDeadLetterSourceQueues" => on_queue::list_sources(queues, &parse(body)?),
            "GetQueueAttributes" => on_queue::attributes(queues, &parse(body)?),
            "SetQueueAttributes" => on_queue::set_attributes(queues, &parse(body)?),
            "PurgeQueue" => on_queue::purge(queues, &parse(body)?),
            "TagQueue" => on_queue::tag(queues, parse(body)?),
            "UntagQueue" => on_queue::untag(queues, &parse(body)?),
            "ListQueueTags" => on_queue::tags(queues, &parse(body)?),
            "StartMessageMoveTask" => on_queue::start_move(queues, parse(body)?),
            "ListMessageMoveTasks" => on_queue::list_moves(queues, &parse(body)?),
            "CancelMessageMoveTask" => on_queue::cancel_move(queues, &parse(body)?),
            "SendMessage" => on_message::send(queues, parse(body)?),
            "SendMessageBatch" => on_message::send_batch(queues, parse(body)?),
            "DeleteMessage" => on_message::delete(queues, &parse(body)?),
            "DeleteMessageBatch" => on_message::delete_batch(queues, parse(body)?),
            "ChangeMessageVisibility" => on_message::change_visibility(queues, &parse(body)?),
            "ChangeMessageVisibilityBatch" => {
                on_message::change_visibility_batch(queues, parse(body)?)
            }
            "AddPermission" | "RemovePermission" => {
                let message = format!("The local AWS has one account: it does not do {operation}.");
                Err(SqsError::new(Code::UnsupportedOperation, message))
            }
            _ => {
                let message = format!("SQS has no operation {operation}.");
                Err(SqsError::new(Code::UnknownOperationException, message))
            }
        }
    }
}

fn parse<Q: DeserializeOwned>(body: &[u8]) -> Result<Q, SqsError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body)
        .map_err(|error| SqsError::new(Code::SerializationException, error.to_string()))
}

/// An operation without a result answers an empty body.
fn respond(answer: Result<Value, SqsError>) -> Response<Vec<u8>> {
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    let (status, body) = match answer {
        Ok(Value::Null) => (StatusCode::OK, Vec::new()),
        Ok(value) => (StatusCode::OK, value.to_string().into_bytes()),
        Err(error) => {
            let query_error = HeaderValue::from_str(&format!("{};Sender", error.query_code()));
            headers.extend(
                query_error
                    .ok()
                    .map(|value| (HeaderName::from_static("x-amzn-query-error"), value)),
            );
            (error.status(), error.body().to_string().into_bytes())
        }
    };
    let request_id = HeaderValue::from_str(&Uuid::new_v4().to_string());
    headers.extend(
        request_id
            .ok()
            .map(|value| (HeaderName::from_static("x-amzn-requestid"), value)),
    );
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
