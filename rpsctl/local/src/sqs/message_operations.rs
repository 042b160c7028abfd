//! The operations on messages: sending, receiving, deleting, hiding.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::attributes::{MAX_DELAY_S, MAX_MESSAGE_BYTES, MAX_VISIBILITY_S, MAX_WAIT_S};
use super::batch;
use super::checksum::{md5_hex, md5_of_attributes};
use super::content::{AttributeValue, Content, MessageAttribute};
use super::directory::Directory;
use super::error::{Code, SqsError};
use super::message::Received;
use super::move_task::with;
use super::protocol::{
    Attribute, Batch, OneReceipt, OutgoingMessage, ReceiptEntry, ReceiveMessage, SendMessage,
};
use super::queue::Queue;
use super::queue_operations::ranged;
use crate::clock::Now;

type Answer = Result<Value, SqsError>;

pub(super) fn send(directory: &Directory, request: SendMessage) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    let delay = delay(request.message.delay_seconds)?;
    let content = request.message.content()?;
    check_size(&queue, &content, "One or more parameters are invalid.")?;
    queue.bill(content.bytes());
    Ok(sent(&queue, content, delay, Now::read()))
}

fn delay(delay_s: Option<i64>) -> Result<Option<Duration>, SqsError> {
    let reason = "DelaySeconds must be >= 0 and <= 900.";
    let delay_s = ranged("DelaySeconds", delay_s, 0..=MAX_DELAY_S, reason)?;
    Ok(delay_s.map(Duration::from_secs))
}

fn check_size(queue: &Queue, content: &Content, what: &str) -> Result<(), SqsError> {
    let max = queue.attributes().max_message_bytes;
    let message = || format!("{what} Reason: Message must be shorter than {max} bytes.");
    let fits = content.bytes() <= max;
    fits.then_some(())
        .ok_or_else(|| SqsError::new(Code::InvalidParameterValueException, message()))
}

/// Sends and answers what both `SendMessage` and `SendMessageBatch` do.
fn sent(queue: &Queue, content: Content, delay: Option<Duration>, now: Now) -> Value {
    let body_md5 = md5_hex(content.body.as_bytes());
    let attributes_md5 = md5_of_attributes(content.attributes.iter());
    let system_md5 = content
        .trace_header
        .as_ref()
        .and_then(|header| md5_of_trace_header(header));
    let id = queue.send(content, delay, now);
    with(
        json!({"MessageId": id, "MD5OfMessageBody": body_md5}),
        [
            ("MD5OfMessageAttributes", attributes_md5.map(Value::from)),
            ("MD5OfMessageSystemAttributes", system_md5.map(Value::from)),
        ],
    )
}

fn md5_of_trace_header(header: &str) -> Option<String> {
    let attribute = MessageAttribute {
        data_type: "String".to_owned(),
        value: AttributeValue::Text(header.to_owned()),
    };
    md5_of_attributes(std::iter::once((&"AWSTraceHeader".to_owned(), &attribute)))
}

pub(super) fn send_batch(directory: &Directory, request: Batch<OutgoingMessage>) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    batch::check(&request.entries)?;
    let bytes: usize = request.entries.iter().map(OutgoingMessage::bytes).sum();
    if bytes as u64 > MAX_MESSAGE_BYTES {
        let message = format!(
            "Batch requests cannot be longer than {MAX_MESSAGE_BYTES} bytes. You have sent {bytes} bytes."
        );
        return Err(SqsError::new(Code::BatchRequestTooLong, message));
    }
    queue.bill(bytes as u64);
    // One request, one moment: what is delayed alike is due together.
    let now = Now::read();
    Ok(batch::each(request.entries, |message| {
        let delay = delay(message.delay_seconds)?;
        let content = message.content()?;
        check_size(
            &queue,
            &content,
            "One or more parameters cannot be validated.",
        )?;
        Ok(sent(&queue, content, delay, now))
    }))
}

pub(super) async fn receive(directory: &Directory, request: ReceiveMessage) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    let max = "Must be between 1 and 10, if provided.";
    let max = ranged(
        "MaxNumberOfMessages",
        request.max_number_of_messages,
        1..=10,
        max,
    )?
    .unwrap_or(1);
    let wait = "Must be >= 0 and <= 20, if provided.";
    let wait_s = ranged(
        "WaitTimeSeconds",
        request.wait_time_seconds,
        0..=MAX_WAIT_S,
        wait,
    )?;
    let wait = Duration::from_secs(wait_s.unwrap_or_else(|| queue.attributes().wait_s));
    let visibility = "Must be >= 0 and <= 43200, if provided.";
    let visibility_s = ranged(
        "VisibilityTimeout",
        request.visibility_timeout,
        0..=MAX_VISIBILITY_S,
        visibility,
    )?;
    let asked = Asked::new(request)?;
    if wait.is_zero() {
        // With long polling AWS answers nothing instead.
        queue.check_in_flight()?;
    }
    let received = queue
        .receive_for(max, wait, visibility_s.map(Duration::from_secs))
        .await;
    let messages: Vec<Value> = received
        .into_iter()
        .map(|message| asked.show(message))
        .collect();
    let messages = (!messages.is_empty()).then_some(Value::Array(messages));
    Ok(with(json!({}), [("Messages", messages)]))
}

/// Which attributes a receiver wants to see.
struct Asked {
    system: Vec<String>,
    user: Vec<String>,
}

impl Asked {
    fn new(request: ReceiveMessage) -> Result<Self, SqsError> {
        let mut system = request.attribute_names;
        system.extend(request.message_system_attribute_names);
        if let Some(name) = system
            .iter()
            .find(|name| !SYSTEM_ATTRIBUTES.contains(&name.as_str()))
        {
            return Err(SqsError::new(
                Code::InvalidAttributeName,
                format!("Unknown Attribute {name}."),
            ));
        }
        let user = request.message_attribute_names;
        Ok(Self { system, user })
    }

    fn system(&self, name: &str) -> bool {
        self.system
            .iter()
            .any(|asked| asked == "All" || asked == name)
    }

    /// `All`, `.*`, a name, or a prefix as in `bar.*`.
    fn user(&self, name: &str) -> bool {
        let matches = |asked: &String| match asked.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => asked == "All" || asked == name,
        };
        self.user.iter().any(matches)
    }

    /// The checksum of the attributes is of those shown: the SDKs compare it with what they got.
    fn show(&self, message: Received) -> Value {
        let system = message
            .attributes
            .into_iter()
            .filter(|(name, _)| self.system(name));
        let system: Map<String, Value> = system
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        let user = || {
            message
                .message_attributes
                .iter()
                .filter(|(name, _)| self.user(name))
        };
        let shown: Map<String, Value> = user()
            .map(|(name, value)| (name.clone(), json!(Attribute::from(value))))
            .collect();
        with(
            json!({
                "MessageId": message.message_id,
                "ReceiptHandle": message.receipt_handle,
                "MD5OfBody": message.md5_of_body,
                "Body": message.body,
            }),
            [
                (
                    "Attributes",
                    (!system.is_empty()).then_some(Value::Object(system)),
                ),
                (
                    "MD5OfMessageAttributes",
                    md5_of_attributes(user()).map(Value::from),
                ),
                (
                    "MessageAttributes",
                    (!shown.is_empty()).then_some(Value::Object(shown)),
                ),
            ],
        )
    }
}

const SYSTEM_ATTRIBUTES: [&str; 10] = [
    "All",
    "ApproximateFirstReceiveTimestamp",
    "ApproximateReceiveCount",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
    "MessageDeduplicationId",
    "MessageGroupId",
    "SenderId",
    "SentTimestamp",
    "SequenceNumber",
];

pub(super) fn delete(directory: &Directory, request: &OneReceipt) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    queue.delete(&request.receipt.receipt_handle)?;
    Ok(Value::Null)
}

pub(super) fn delete_batch(directory: &Directory, request: Batch<ReceiptEntry>) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    batch::check(&request.entries)?;
    let delete = |entry: ReceiptEntry| queue.delete(&entry.receipt_handle).map(|()| Value::Null);
    Ok(batch::each(request.entries, delete))
}

pub(super) fn change_visibility(directory: &Directory, request: &OneReceipt) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    hide(&queue, &request.receipt)
}

pub(super) fn change_visibility_batch(
    directory: &Directory,
    request: Batch<ReceiptEntry>,
) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    batch::check(&request.entries)?;
    Ok(batch::each(request.entries, |entry| hide(&queue, &entry)))
}

fn hide(queue: &Queue, entry: &ReceiptEntry) -> Answer {
    let reason = "VisibilityTimeout must be an integer between 0 and 43200.";
    let visibility_s = ranged(
        "VisibilityTimeout",
        entry.visibility_timeout,
        0..=MAX_VISIBILITY_S,
        reason,
    )?;
    let visibility_s = visibility_s.ok_or_else(|| SqsError::missing("VisibilityTimeout"))?;
    queue.change_visibility(&entry.receipt_handle, Duration::from_secs(visibility_s))?;
    Ok(Value::Null)
}
