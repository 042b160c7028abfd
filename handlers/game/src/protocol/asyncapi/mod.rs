//! Tests that `docs/asyncapi.yaml` matches the protocol. Its schemas are generated from the types. The
//! part above them is written by hand and must name every message, and no other.

mod equivalence;
pub(super) mod schemas;
mod specification;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use expect_test::expect_file;
use jsonschema::Validator;
use serde_json::{Value, json};
use strum::VariantArray;

use crate::protocol::asyncapi::schemas::{GATEWAY_ERROR, messages, schemas};
use crate::{ClientMessage, ErrorCode, ServerMessage};

const FILE: &str = include_str!("../../../../../docs/asyncapi.yaml");

/// The last handwritten line.
const MARKER: &str = "\n  schemas:\n";

pub(super) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_saphyr::from_str(&document()).expect("YAML"));

/// The expected document.
fn document() -> String {
    let (by_hand, _) = FILE.split_once(MARKER).expect("the line `schemas:`");
    let schemas = serde_saphyr::to_string(&schemas()).expect("YAML");
    let lines = schemas.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("    {line}\n"),
    });
    format!("{by_hand}{MARKER}{}", lines.collect::<String>())
}

/// The schema of joins that the server refuses: a room belongs to players.
pub(super) fn room_and_opponent() -> Value {
    let word = json!({ "type": "string" });
    json!({ "properties": { "opponent": word, "room": word }, "required": ["opponent", "room"] })
}

/// A validator for the schema of this name.
pub(super) fn validator(name: &str) -> Validator {
    let pointer = format!("#/components/schemas/{name}");
    validator_of(&json!({ "$ref": pointer }))
}

fn validator_of(schema: &Value) -> Validator {
    let all = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
    jsonschema::draft7::new(&all).expect("a schema")
}

/// The payloads of the examples of a message.
fn examples(message: &Value) -> impl Iterator<Item = &Value> {
    let examples = message["examples"].as_array();
    examples.into_iter().flatten().map(|it| &it["payload"])
}

/// The values of an enum schema.
pub(super) fn words(schema: &str) -> BTreeSet<&'static str> {
    let words = DOCUMENT["components"]["schemas"][schema]["enum"].as_array();
    let words = words.expect("an enum").iter();
    words.map(|word| word.as_str().expect("a word")).collect()
}

fn keys<'a>(messages: impl IntoIterator<Item = &'a (String, String)>) -> BTreeSet<String> {
    messages.into_iter().map(|(key, _)| key.clone()).collect()
}

#[test]
fn the_file_matches_the_protocol() {
    expect_file!["../../../../../docs/asyncapi.yaml"].assert_eq(&document());
    assert_eq!(DOCUMENT["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn the_document_names_exactly_the_protocols_messages() {
    let from_players = messages::<ClientMessage>("action");
    let to_players = messages::<ServerMessage>("type");
    let components = DOCUMENT["components"]["messages"].as_object();
    let mut documented = components.expect("messages").clone();
    let gateway_error = documented.remove(GATEWAY_ERROR).expect("the error");
    let payload = format!("#/components/schemas/{GATEWAY_ERROR}");
    assert_eq!(gateway_error["payload"]["$ref"], payload);
    let documented = documented.iter().map(|(key, message)| {
        let payload = format!("#/components/schemas/{key}");
        assert_eq!(message["payload"]["$ref"], payload);
        let name = message["name"].as_str().expect("a name");
        (key.clone(), name.to_owned())
    });
    let mut all: BTreeSet<_> = from_players.iter().chain(&to_players).cloned().collect();
    assert_eq!(documented.collect::<BTreeSet<_>>(), all);

    all.insert((GATEWAY_ERROR.to_owned(), String::new()));
    let channel = DOCUMENT["channels"]["socket"]["messages"].as_object();
    let channel = channel.expect("messages").iter().map(|(key, message)| {
        assert_eq!(message["$ref"], format!("#/components/messages/{key}"));
        key.clone()
    });
    assert_eq!(channel.collect::<BTreeSet<_>>(), keys(&all));
}

#[test]
fn the_operations_receive_and_send_every_message() {
    let operations = DOCUMENT["operations"].as_object().expect("operations");
    let [mut from_players, mut to_players] = [BTreeSet::new(), BTreeSet::new()];
    let key = |it: &Value| {
        let pointer = it["$ref"].as_str().expect("a reference");
        pointer.rsplit('/').next().expect("a key").to_owned()
    };
    for operation in operations.values() {
        let messages = operation["messages"].as_array().expect("messages");
        match operation["action"].as_str() {
            Some("receive") => from_players.extend(messages.iter().map(key)),
            Some("send") => to_players.extend(messages.iter().map(key)),
            other => panic!("{other:?}"),
        }
        let replies = operation["reply"]["messages"].as_array();
        to_players.extend(replies.into_iter().flatten().map(key));
    }
    assert_eq!(from_players, keys(&messages::<ClientMessage>("action")));
    assert!(to_players.remove(GATEWAY_ERROR));
    assert_eq!(to_players, keys(&messages::<ServerMessage>("type")));
}

#[test]
fn every_reference_resolves() {
    fn follow(value: &Value, count: &mut usize) {
        match value {
            Value::Object(fields) => {
                if let Some(reference) = fields.get("$ref") {
                    let pointer = reference.as_str().and_then(|it| it.strip_prefix('#'));
                    let target = pointer.and_then(|pointer| DOCUMENT.pointer(pointer));
                    assert!(target.is_some(), "a broken reference: {fields:?}");
                    *count += 1;
                }
                fields.values().for_each(|it| follow(it, count));
            }
            Value::Array(values) => values.iter().for_each(|it| follow(it, count)),
            _ => {}
        }
    }
    let mut count = 0;
    follow(&DOCUMENT, &mut count);
    assert!(count > 40, "{count}");
}

#[test]
fn every_message_has_valid_examples() {
    for (key, message) in DOCUMENT["components"]["messages"].as_object().expect("any") {
        let accepts = validator_of(&message["payload"]);
        assert!(examples(message).next().is_some(), "{key}");
        for example in examples(message) {
            let errors: Vec<_> = accepts.iter_errors(example).collect();
            assert!(errors.is_empty(), "{key}: {example}: {errors:?}");
            let frame = example.to_string();
            let has_a_type = ClientMessage::parse(&frame).is_ok()
                || serde_json::from_str::<ServerMessage>(&frame).is_ok();
            assert_eq!(has_a_type, key != GATEWAY_ERROR, "{key}: {example}");
        }
    }
}

/// The examples show readers which fields come with each word.
#[test]
fn every_reason_and_every_error_code_has_an_example() {
    let all = |message: &str, field: &str| -> Vec<&str> {
        let examples = examples(&DOCUMENT["components"]["messages"][message]);
        examples.filter_map(|it| it[field].as_str()).collect()
    };
    let reasons = all("GameOver", "reason");
    assert_eq!(BTreeSet::from_iter(reasons.clone()), words("Reason"));
    assert_eq!(reasons.len(), words("Reason").len());
    let outcomes = BTreeSet::from_iter(all("GameOver", "outcome"));
    assert_eq!(outcomes, words("Outcome"));
    let codes = ErrorCode::VARIANTS
        .iter()
        .map(|code| json!(ServerMessage::from(*code)));
    let shown = examples(&DOCUMENT["components"]["messages"]["Error"]).cloned();
    assert!(shown.eq(codes));
    assert_eq!(words("ErrorCode").len(), ErrorCode::VARIANTS.len());
}
