//! The events of API Gateway and SQS: only the fields that the functions use, because each invocation parses its event.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebSocketEvent {
    pub request_context: RequestContext,
    /// Only of `$connect`.
    #[serde(default, rename = "headers", deserialize_with = "origin")]
    pub origin: Option<String>,
    pub body: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestContext {
    pub event_type: Option<String>,
    pub connection_id: Option<String>,
    /// In milliseconds.
    #[serde(default)]
    pub connected_at: u64,
    /// In milliseconds.
    #[serde(default)]
    pub request_time_epoch: u64,
    #[serde(default)]
    pub identity: Identity,
    /// The WebSocket close code, only of `$disconnect`.
    #[serde(default)]
    pub disconnect_status_code: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    pub source_ip: Option<String>,
}

/// Reads the value of the header `Origin`. API Gateway keeps the case of the client's header names.
fn origin<'de, D: Deserializer<'de>>(headers: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

    struct Headers;

    impl<'de> Visitor<'de> for Headers {
        type Value = Option<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("headers")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut headers: A) -> Result<Self::Value, A::Error> {
            let mut origin = None;
            while let Some(Name(name)) = headers.next_key()? {
                if name.eq_ignore_ascii_case("origin") {
                    origin = headers.next_value()?;
                } else {
                    headers.next_value::<IgnoredAny>()?;
                }
            }
            Ok(origin)
        }
    }

    headers.deserialize_any(Headers)
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
#[derive(Debug, Deserialize)]
pub struct SqsEvent {
    #[serde(rename = "Records")]
    pub records: Vec<SqsMessage>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsMessage {
    pub message_id: String,
    #[serde(default)]
    pub body: String,
}

/// The messages that SQS redelivers. It deletes the others.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsResponse {
    pub batch_item_failures: Vec<ItemFailure>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFailure {
    pub item_identifier: String,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(headers: &Value) -> Result<Option<String>, serde_json::Error> {
        let event = json!({"requestContext": {}, "headers": headers});
        serde_json::from_value(event).map(|event: WebSocketEvent| event.origin)
    }

    #[test]
    fn the_origin_is_found_in_any_case() {
        for name in ["Origin", "origin", "ORIGIN"] {
            let headers = json!({"Host": "b.example", name: "https://a.example", "X": "y"});
            let origin = read(&headers).expect("headers");
            assert_eq!(origin.as_deref(), Some("https://a.example"), "{name}");
        }
        for headers in [json!(null), json!({}), json!({"Host": "b.example"})] {
            assert_eq!(read(&headers).expect("headers"), None, "{headers}");
        }
        let error = read(&json!("Origin")).expect_err("no headers").to_string();
        assert!(error.contains("expected headers"), "{error}");
    }
}
