//! What clients send and read: the JSON of the SQS API, member by member.
//!
//! A required text that is missing reads as empty, and an empty one is refused as missing: AWS does the
//! same. Numbers are signed, so that a negative one is refused by the rule for its range.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::content::{AttributeValue, Content, MessageAttribute, MessageAttributes};
use super::error::{Code, SqsError};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CreateQueue {
    pub(super) queue_name: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// The one member of the API that starts with a small letter.
    #[serde(rename = "tags")]
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct GetQueueUrl {
    pub(super) queue_name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct List {
    pub(super) queue_name_prefix: String,
    /// `ListDeadLetterSourceQueues` lists for one queue.
    pub(super) queue_url: String,
    pub(super) max_results: Option<i64>,
    pub(super) next_token: Option<String>,
}

/// `DeleteQueue`, `PurgeQueue`, `ListQueueTags`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OneQueue {
    pub(super) queue_url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct GetQueueAttributes {
    pub(super) queue_url: String,
    pub(super) attribute_names: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SetQueueAttributes {
    pub(super) queue_url: String,
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct TagQueue {
    pub(super) queue_url: String,
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct UntagQueue {
    pub(super) queue_url: String,
    pub(super) tag_keys: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SendMessage {
    pub(super) queue_url: String,
    #[serde(flatten)]
    pub(super) message: OutgoingMessage,
}

/// One message to send, alone or in a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OutgoingMessage {
    /// In a batch only.
    pub(super) id: String,
    pub(super) message_body: String,
    pub(super) delay_seconds: Option<i64>,
    message_attributes: BTreeMap<String, Attribute>,
    message_system_attributes: BTreeMap<String, Attribute>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ReceiveMessage {
    pub(super) queue_url: String,
    pub(super) max_number_of_messages: Option<i64>,
    pub(super) visibility_timeout: Option<i64>,
    pub(super) wait_time_seconds: Option<i64>,
    /// The older name of the next one; AWS takes both together.
    pub(super) attribute_names: Vec<String>,
    pub(super) message_system_attribute_names: Vec<String>,
    pub(super) message_attribute_names: Vec<String>,
}

/// `DeleteMessage` and `ChangeMessageVisibility`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OneReceipt {
    pub(super) queue_url: String,
    #[serde(flatten)]
    pub(super) receipt: ReceiptEntry,
}

/// One received message, alone or in a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ReceiptEntry {
    /// In a batch only.
    pub(super) id: String,
    pub(super) receipt_handle: String,
    pub(super) visibility_timeout: Option<i64>,
}

/// The three batches.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch<E> {
    #[serde(default)]
    pub(super) queue_url: String,
    #[serde(default = "Vec::new")]
    pub(super) entries: Vec<E>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct StartMessageMoveTask {
    pub(super) source_arn: String,
    pub(super) destination_arn: Option<String>,
    pub(super) max_number_of_messages_per_second: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ListMessageMoveTasks {
    pub(super) source_arn: String,
    pub(super) max_results: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CancelMessageMoveTask {
    pub(super) task_handle: String,
}

/// A message attribute on the wire.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Attribute {
    #[serde(skip_serializing_if = "Option::is_none")]
    string_value: Option<String>,
    /// Base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
    data_type: String,
}

impl From<&MessageAttribute> for Attribute {
    fn from(attribute: &MessageAttribute) -> Self {
        let (string_value, binary_value) = match &attribute.value {
            AttributeValue::Text(text) => (Some(text.clone()), None),
            AttributeValue::Binary(bytes) => (None, Some(STANDARD.encode(bytes))),
        };
        Self {
            string_value,
            binary_value,
            data_type: attribute.data_type.clone(),
        }
    }
}

impl Attribute {
    fn read(self) -> Result<MessageAttribute, SqsError> {
        let value = match self.binary_value {
            Some(encoded) => AttributeValue::Binary(STANDARD.decode(encoded).map_err(|error| {
                SqsError::new(
                    Code::SerializationException,
                    format!("BinaryValue is not base64: {error}"),
                )
            })?),
            None => AttributeValue::Text(self.string_value.unwrap_or_default()),
        };
        Ok(MessageAttribute {
            data_type: self.data_type,
            value,
        })
    }
}

impl OutgoingMessage {
    /// What this entry adds to its batch, whether or not it will be refused by itself.
    pub(super) fn bytes(&self) -> usize {
        let of_attribute = |(name, attribute): (&String, &Attribute)| {
            let text = attribute.string_value.as_ref().map_or(0, String::len);
            let binary = attribute
                .binary_value
                .as_ref()
                .and_then(|encoded| STANDARD.decode(encoded).ok());
            name.len() + attribute.data_type.len() + text + binary.map_or(0, |bytes| bytes.len())
        };
        self.message_body.len()
            + self
                .message_attributes
                .iter()
                .map(of_attribute)
                .sum::<usize>()
    }

    /// What will be stored, checked by all rules but the size.
    pub(super) fn content(self) -> Result<Content, SqsError> {
        if let Some(id) = self.message_deduplication_id {
            let reason = "The request include parameter that is not valid for this queue type.";
            return Err(SqsError::parameter("MessageDeduplicationId", id, reason));
        }
        let read = |(name, attribute): (String, Attribute)| Ok((name, attribute.read()?));
        let attributes: MessageAttributes = self
            .message_attributes
            .into_iter()
            .map(read)
            .collect::<Result<_, SqsError>>()?;
        let content = Content {
            body: self.message_body,
            attributes,
            trace_header: trace_header(self.message_system_attributes)?,
            group_id: self.message_group_id,
        };
        content.check().map(|()| content)
    }
}

/// "Currently, the only supported message system attribute is `AWSTraceHeader`. Its type must be String."
fn trace_header(attributes: BTreeMap<String, Attribute>) -> Result<Option<String>, SqsError> {
    let mut header = None;
    for (name, attribute) in attributes {
        match attribute.string_value {
            Some(value) if name == "AWSTraceHeader" && attribute.data_type == "String" => {
                header = Some(value);
            }
            _ => {
                let message = format!(
                    "Message system attribute name '{name}' is invalid, or its type is not String."
                );
                return Err(SqsError::new(Code::InvalidParameterValueException, message));
            }
        }
    }
    Ok(header)
}
