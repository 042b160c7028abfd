//! What a sender may put in a message.

use std::collections::BTreeMap;

use super::error::{Code, SqsError};

/// A message can contain up to 10 attributes ("Amazon SQS message quotas").
const MAX_ATTRIBUTES: usize = 10;

/// One user attribute of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, with `.anything` behind it.
    pub data_type: String,
    /// What it says.
    pub value: AttributeValue,
}

/// The value of a user attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// Of the types `String` and `Number`.
    Text(String),
    /// Of the type `Binary`; JSON carries it in base64.
    Binary(Vec<u8>),
}

impl AttributeValue {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

/// User attributes by name.
pub type MessageAttributes = BTreeMap<String, MessageAttribute>;

/// What a sender hands in.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    pub(super) body: String,
    pub(super) attributes: MessageAttributes,
    /// The system attribute `AWSTraceHeader`.
    pub(super) trace_header: Option<String>,
    /// On standard queues the tenant of fair queues; kept, shown, and otherwise without effect here.
    pub(super) group_id: Option<String>,
}

/// The size of a message: body and user attributes count, system attributes do not.
pub(super) fn bytes(body: &str, attributes: &MessageAttributes) -> u64 {
    let of_attribute = |(name, attribute): (&String, &MessageAttribute)| {
        name.len() + attribute.data_type.len() + attribute.value.bytes().len()
    };
    let bytes = body.len() + attributes.iter().map(of_attribute).sum::<usize>();
    bytes as u64
}

impl Content {
    pub(super) fn bytes(&self) -> u64 {
        bytes(&self.body, &self.attributes)
    }

    pub(super) fn check(&self) -> Result<(), SqsError> {
        if self.body.is_empty() {
            return Err(SqsError::missing("MessageBody"));
        }
        if !self.body.chars().all(is_xml) {
            return Err(SqsError::new(Code::InvalidMessageContents, NOT_XML));
        }
        let count = self.attributes.len();
        if count > MAX_ATTRIBUTES {
            return Err(refused(format!(
                "Number of message attributes [{count}] exceeds the allowed maximum [{MAX_ATTRIBUTES}]."
            )));
        }
        if let Some(group) = &self.group_id {
            check_group(group)?;
        }
        self.attributes
            .iter()
            .try_for_each(|(name, attribute)| check_attribute(name, attribute))
    }
}

const NOT_XML: &str = "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";

/// The characters of XML 1.0, which `SendMessage` allows.
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn refused(message: impl Into<String>) -> SqsError {
    SqsError::new(Code::InvalidParameterValueException, message)
}

fn check_group(group: &str) -> Result<(), SqsError> {
    let right =
        (1..=128).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_graphic());
    let reason = "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.";
    right
        .then_some(())
        .ok_or_else(|| SqsError::parameter("MessageGroupId", group, reason))
}

/// The rules of "Amazon SQS message metadata" for names, types and values.
fn check_attribute(name: &str, attribute: &MessageAttribute) -> Result<(), SqsError> {
    let lower = name.to_ascii_lowercase();
    if name.is_empty() || name.len() > 256 {
        return Err(refused(
            "Message (user) attribute names must be 1 to 256 bytes long.",
        ));
    }
    if !name
        .chars()
        .all(|character| character.is_alphanumeric() || "_-.".contains(character))
        || name.contains("..")
    {
        return Err(refused(
            "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ",
        ));
    }
    if ["aws.", "amazon.", "."]
        .iter()
        .any(|prefix| lower.starts_with(prefix))
        || lower.ends_with('.')
    {
        return Err(refused(
            "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
        ));
    }
    check_value(name, attribute)
}

fn check_value(name: &str, attribute: &MessageAttribute) -> Result<(), SqsError> {
    let data_type = attribute.data_type.as_str();
    let kind = data_type.split('.').next().unwrap_or_default();
    match (kind, &attribute.value) {
        ("String" | "Number", AttributeValue::Text(text)) if !text.is_empty() => {
            if !text.chars().all(is_xml) {
                return Err(refused(NOT_XML));
            }
            if kind == "Number" && text.parse::<f64>().is_err() {
                return Err(refused(format!(
                    "Can't cast the value of message (user) attribute '{name}' to a number."
                )));
            }
            Ok(())
        }
        ("Binary", AttributeValue::Binary(bytes)) if !bytes.is_empty() => Ok(()),
        ("String" | "Number" | "Binary", _) => Err(refused(format!(
            "Message (user) attribute '{name}' must contain a non-empty value of type '{kind}'."
        ))),
        _ => Err(refused(format!(
            "The type of message (user) attribute '{name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(data_type: &str, value: &str) -> MessageAttribute {
        MessageAttribute {
            data_type: data_type.to_owned(),
            value: AttributeValue::Text(value.to_owned()),
        }
    }

    fn with(name: &str, attribute: MessageAttribute) -> Result<(), Code> {
        let attributes = BTreeMap::from([(name.to_owned(), attribute)]);
        let content = Content {
            body: "x".to_owned(),
            attributes,
            ..Content::default()
        };
        content.check().map_err(|error| error.code())
    }

    #[test]
    fn a_body_is_xml_characters_and_not_empty() {
        let check = |body: &str| {
            Content {
                body: body.to_owned(),
                ..Content::default()
            }
            .check()
            .map_err(|error| error.code())
        };
        assert_eq!(check("a\t\r\n \u{1F600}"), Ok(()));
        assert_eq!(check(""), Err(Code::MissingRequiredParameterException));
        for bad in ["\u{1}", "a\u{B}", "\u{FFFE}"] {
            assert_eq!(check(bad), Err(Code::InvalidMessageContents), "{bad:?}");
        }
    }

    #[test]
    fn attributes_follow_the_rules_for_names_types_and_values() {
        for (name, data_type, value) in [
            ("a", "String", "x"),
            ("a.b-c_1", "Number.int", "-1.5e3"),
            ("attr.1øßä", "String.x", "x"),
        ] {
            assert_eq!(
                with(name, text(data_type, value)),
                Ok(()),
                "{name} {data_type} {value}"
            );
        }
        for (name, data_type, value) in [
            ("", "String", "x"),
            ("a b", "String", "x"),
            ("a..b", "String", "x"),
            ("aWs.a", "String", "x"),
            ("AMAZON.a", "String", "x"),
            (".a", "String", "x"),
            ("a.", "String", "x"),
            ("a", "", "x"),
            ("a", "Text", "x"),
            ("a", "String", ""),
            ("a", "String", "\u{8}"),
            ("a", "Number", "one"),
            ("a", "Binary", "x"),
        ] {
            let refused = Err(Code::InvalidParameterValueException);
            assert_eq!(
                with(name, text(data_type, value)),
                refused,
                "{name} {data_type} {value}"
            );
        }
    }

    #[test]
    fn ten_attributes_are_enough() {
        let attributes = |count: usize| {
            (0..count)
                .map(|n| (n.to_string(), text("String", "x")))
                .collect()
        };
        let content = |count| Content {
            body: "x".to_owned(),
            attributes: attributes(count),
            ..Content::default()
        };
        assert!(content(10).check().is_ok());
        assert!(content(11).check().is_err());
    }
}
