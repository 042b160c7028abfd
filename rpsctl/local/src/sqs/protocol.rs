//! SQS's operations in AWS's JSON protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use crate::clock::ClockTime;
use crate::error::{AwsError, JSON_1_0, respond};
use crate::sqs::error::{
    bad_value, empty_batch, large_batch, missing, repeated_id, unreadable, unsupported,
};
use crate::sqs::message::md5_hex;
use crate::sqs::requests::{
    ChangeMessageVisibilityBatch, DeleteMessage, GetQueueAttributes, GetQueueUrl,
    ListMessageMoveTasks, NoParameters, PurgeQueue, QueueAttribute, ReceiveMessage, SendMessage,
    StartMessageMoveTask, VisibilityChange,
};
use crate::sqs::{QueueId, Receipt, Sqs, SystemAttribute};

const SUPPORTED_OPERATIONS: &str = "ChangeMessageVisibilityBatch, DeleteMessage, GetQueueAttributes, GetQueueUrl, \
    ListMessageMoveTasks, ListQueues, PurgeQueue, ReceiveMessage, SendMessage, StartMessageMoveTask";

/// 1 MiB since August 2025.
const MAX_MESSAGE_BYTES: usize = 1_048_576;
const MAX_DELAY_S: u16 = 900;
const MAX_VISIBILITY_S: u16 = 43_200;
const MAX_WAIT_S: u16 = 20;

type SqsResult = Result<Value, AwsError>;

impl Sqs {
    /// Handles a request. `operation` is the part of `X-Amz-Target` after `AmazonSQS.`.
    pub(crate) async fn handle(&self, operation: &str, body: &[u8]) -> Response {
        let result = match operation {
            "SendMessage" => self.send_message(body),
            "ReceiveMessage" => self.receive_message(body).await,
            // SQS bills messages by size, and other operations per request.
            _ => self.execute(operation, body).inspect(|_| self.bill(0)),
        };
        respond(JSON_1_0, result)
    }

    pub(super) fn execute(&self, operation: &str, body: &[u8]) -> SqsResult {
        match operation {
            "ChangeMessageVisibilityBatch" => self.change_visibility(read(body)?),
            "DeleteMessage" => self.delete_message(&read(body)?),
            "GetQueueAttributes" => self.attributes(read(body)?),
            "GetQueueUrl" => self.queue_url(&read(body)?),
            "ListMessageMoveTasks" => self.moves(&read(body)?),
            "ListQueues" => read(body).map(
                |NoParameters {}| json!({ "QueueUrls": QueueId::ALL.map(|queue| self.url(queue)) }),
            ),
            "PurgeQueue" => self.purge(&read(body)?),
            "StartMessageMoveTask" => self.start_move(&read(body)?),
            _ => Err(unsupported(operation, SUPPORTED_OPERATIONS)),
        }
    }

    fn url(&self, queue: QueueId) -> &str {
        match queue {
            QueueId::Rounds => &self.urls.queue_url,
            QueueId::DeadLetters => &self.urls.dead_letter_queue_url,
        }
    }

    fn queue_url(&self, request: &GetQueueUrl) -> SqsResult {
        let queue = QueueId::of_name(&request.queue_name)?;
        Ok(json!({ "QueueUrl": self.url(queue) }))
    }

    fn attributes(&self, request: GetQueueAttributes) -> SqsResult {
        use QueueAttribute as Name;
        let queue = QueueId::of_url(&request.queue_url)?;
        let backlog = self.backlog(queue);
        let visibility = self.store().queue(queue).visibility;
        let mut attributes = BTreeMap::from([
            (
                Name::ApproximateNumberOfMessages,
                backlog.visible.to_string(),
            ),
            (
                Name::ApproximateNumberOfMessagesDelayed,
                backlog.delayed.to_string(),
            ),
            (
                Name::ApproximateNumberOfMessagesNotVisible,
                backlog.in_flight.to_string(),
            ),
            (Name::MaximumMessageSize, MAX_MESSAGE_BYTES.to_string()),
            (
                Name::MessageRetentionPeriod,
                queue.retention_s().to_string(),
            ),
            (Name::QueueArn, queue.arn()),
            (Name::VisibilityTimeout, visibility.as_secs().to_string()),
        ]);
        if let Some((target, max_receives)) = queue.redrive() {
            let policy =
                json!({ "deadLetterTargetArn": target.arn(), "maxReceiveCount": max_receives });
            attributes.insert(Name::RedrivePolicy, policy.to_string());
        }
        let names = request.attribute_names;
        attributes.retain(|name, _| names.contains(name) || names.contains(&Name::All));
        Ok(json!({ "Attributes": attributes }))
    }

    fn send_message(&self, body: &[u8]) -> SqsResult {
        let request: SendMessage = read(body)?;
        let queue = QueueId::of_url(&request.queue_url)?;
        let delay = seconds("DelaySeconds", request.delay_seconds, MAX_DELAY_S)?;
        let body = request.message_body;
        if body.is_empty() {
            return Err(missing("MessageBody"));
        }
        if body.len() > MAX_MESSAGE_BYTES {
            return Err(bad_value(format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {MAX_MESSAGE_BYTES} bytes."
            )));
        }
        self.bill(body.len());
        let md5 = md5_hex(&body);
        let id = self.send(queue, body, delay.unwrap_or_default());
        Ok(json!({ "MessageId": id, "MD5OfMessageBody": md5 }))
    }

    async fn receive_message(&self, body: &[u8]) -> SqsResult {
        let request: ReceiveMessage = read(body)?;
        let queue = QueueId::of_url(&request.queue_url)?;
        let max = in_range(
            "MaxNumberOfMessages",
            request.max_number_of_messages,
            1..=10,
        )?;
        let visibility = seconds(
            "VisibilityTimeout",
            request.visibility_timeout,
            MAX_VISIBILITY_S,
        )?;
        let wait = seconds("WaitTimeSeconds", request.wait_time_seconds, MAX_WAIT_S)?;
        let mut messages = self
            .receive(
                queue,
                max.unwrap_or(1).into(),
                visibility,
                wait.unwrap_or_default(),
            )
            .await;
        let names = request.message_system_attribute_names;
        for message in &mut messages {
            let all = names.contains(&SystemAttribute::All);
            message
                .attributes
                .retain(|name, _| all || names.contains(name));
        }
        // AWS omits an empty list.
        let messages = (!messages.is_empty()).then(|| json!({ "Messages": messages }));
        Ok(messages.unwrap_or_else(|| json!({})))
    }

    fn delete_message(&self, request: &DeleteMessage) -> SqsResult {
        let queue = QueueId::of_url(&request.queue_url)?;
        self.delete(Receipt::parse(&request.receipt_handle, queue)?);
        Ok(json!({}))
    }

    fn change_visibility(&self, request: ChangeMessageVisibilityBatch) -> SqsResult {
        let queue = QueueId::of_url(&request.queue_url)?;
        check_batch(&request.entries)?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for entry in request.entries {
            let id = &entry.id;
            match self.change_one_visibility(queue, &entry) {
                Ok(()) => successful.push(json!({ "Id": id })),
                Err(AwsError {
                    query_code,
                    message,
                    ..
                }) => failed.push(json!({
                    "Id": id, "SenderFault": true, "Code": query_code, "Message": message,
                })),
            }
        }
        Ok(json!({ "Successful": successful, "Failed": failed }))
    }

    fn change_one_visibility(
        &self,
        queue: QueueId,
        entry: &VisibilityChange,
    ) -> Result<(), AwsError> {
        let receipt = Receipt::parse(&entry.receipt_handle, queue)?;
        let visibility = seconds(
            "VisibilityTimeout",
            entry.visibility_timeout,
            MAX_VISIBILITY_S,
        )?;
        let visibility = visibility.ok_or_else(|| missing("VisibilityTimeout"))?;
        let now = Instant::now();
        if !self.store().change_visibility(receipt, visibility, now) {
            let handle = &entry.receipt_handle;
            return Err(bad_value(format!(
                "Value {handle} for parameter ReceiptHandle is invalid. \
                 Reason: Message does not exist or is not available for visibility timeout change."
            )));
        }
        self.changed.notify_waiters();
        Ok(())
    }

    fn purge(&self, request: &PurgeQueue) -> SqsResult {
        self.store().purge(QueueId::of_url(&request.queue_url)?);
        Ok(json!({}))
    }

    fn start_move(&self, request: &StartMessageMoveTask) -> SqsResult {
        let source = QueueId::of_arn("SourceArn", &request.source_arn)?;
        let destination = request.destination_arn.as_deref();
        let destination = destination.map(|arn| QueueId::of_arn("DestinationArn", arn));
        let destination = destination.transpose()?;
        if source != QueueId::DeadLetters {
            return Err(bad_value(
                "Source queue must be configured as a Dead Letter Queue.",
            ));
        }
        if destination == Some(source) {
            return Err(bad_value(
                "Source queue arn and destination queue arn cannot be the same.",
            ));
        }
        self.store()
            .start_move(source, destination, ClockTime::now());
        self.changed.notify_waiters();
        // Clients cannot cancel a completed task, so the handle can be random.
        Ok(json!({ "TaskHandle": Uuid::new_v4().to_string() }))
    }

    fn moves(&self, request: &ListMessageMoveTasks) -> SqsResult {
        let source = QueueId::of_arn("SourceArn", &request.source_arn)?;
        let latest = self.store().latest_move.clone();
        let latest = latest.filter(|_| source == QueueId::DeadLetters);
        Ok(json!({ "Results": Vec::from_iter(latest) }))
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, AwsError> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}

fn check_batch(entries: &[VisibilityChange]) -> Result<(), AwsError> {
    match entries.len() {
        0 => return Err(empty_batch()),
        1..=10 => {}
        count => return Err(large_batch(count)),
    }
    let mut ids = BTreeSet::new();
    let duplicate = entries.iter().find(|entry| !ids.insert(&entry.id));
    duplicate.map_or(Ok(()), |entry| Err(repeated_id(&entry.id)))
}

/// Checks an optional number.
fn in_range(
    parameter: &str,
    value: Option<i64>,
    range: RangeInclusive<u16>,
) -> Result<Option<u16>, AwsError> {
    let Some(value) = value else { return Ok(None) };
    let number = u16::try_from(value).ok();
    let valid = number.filter(|number| range.contains(number));
    valid.map(Some).ok_or_else(|| {
        let (min, max) = range.into_inner();
        bad_value(format!(
            "Value {value} for parameter {parameter} is invalid. \
             Reason: Must be between {min} and {max}, if provided."
        ))
    })
}

fn seconds(parameter: &str, value: Option<i64>, max: u16) -> Result<Option<Duration>, AwsError> {
    let seconds = in_range(parameter, value, 0..=max)?;
    Ok(seconds.map(|seconds| Duration::from_secs(seconds.into())))
}
