//! `docs/asyncapi.yaml` is the protocol: its schemas are made from the types, and what is written by hand above
//! them names what there is and nothing else.

mod official;
pub(super) mod schemas;
mod truth;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use expect_test::expect_file;
use jsonschema::Validator;
use serde_json::{Value, json};
use strum::VariantArray;

use crate::protocol::asyncapi::schemas::{messages, schemas};
use crate::{ClientMessage, ErrorCode, ServerMessage};

const FILE: &str = include_str!("../../../../../docs/asyncapi.yaml");

/// The last line that is written by hand.
const MARKER: &str = "\n  schemas:\n";

/// What API Gateway says by itself: the one message that no type of ours is behind.
const FOREIGN: &str = "GatewayError";

pub(super) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_saphyr::from_str(&document()).expect("YAML"));

/// The document as it must be.
fn document() -> String {
    let (by_hand, _) = FILE.split_once(MARKER).expect("the line `schemas:`");
    let schemas = serde_saphyr::to_string(&schemas()).expect("YAML");
    let lines = schemas.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("    {line}\n"),
    });
    format!("{by_hand}{MARKER}{}", lines.collect::<String>())
}

/// Accepts what the schema of that name accepts.
pub(super) fn validator(name: &str) -> Validator {
    let place = format!("#/components/schemas/{name}");
    validator_of(&json!({ "$ref": place }))
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

/// The words of a schema that is an enum.
pub(super) fn words(schema: &str) -> BTreeSet<&'static str> {
    let words = DOCUMENT["components"]["schemas"][schema]["enum"].as_array();
    let words = words.expect("an enum").iter();
    words.map(|word| word.as_str().expect("a word")).collect()
}

fn keys<'a>(messages: impl IntoIterator<Item = &'a (String, String)>) -> BTreeSet<String> {
    messages.into_iter().map(|(key, _)| key.clone()).collect()
}

#[test]
fn the_file_is_the_protocol() {
    expect_file!["../../../../../docs/asyncapi.yaml"].assert_eq(&document());
    assert_eq!(DOCUMENT["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_message_is_named_and_no_other() {
    let from_players = messages::<ClientMessage>("action");
    let to_players = messages::<ServerMessage>("type");
    let components = DOCUMENT["components"]["messages"].as_object();
    let mut named = components.expect("messages").clone();
    assert!(named.remove(FOREIGN).is_some());
    let named = named.iter().map(|(key, message)| {
        let payload = format!("#/components/schemas/{key}");
        assert_eq!(message["payload"]["$ref"], payload);
        let name = message["name"].as_str().expect("a name");
        (key.clone(), name.to_owned())
    });
    let mut all: BTreeSet<_> = from_players.iter().chain(&to_players).cloned().collect();
    assert_eq!(named.collect::<BTreeSet<_>>(), all);

    all.insert((FOREIGN.to_owned(), String::new()));
    let channel = DOCUMENT["channels"]["socket"]["messages"].as_object();
    let channel = channel.expect("messages").iter().map(|(key, message)| {
        assert_eq!(message["$ref"], format!("#/components/messages/{key}"));
        key.clone()
    });
    assert_eq!(channel.collect::<BTreeSet<_>>(), keys(&all));
}

#[test]
fn operations_take_and_tell_every_message() {
    let operations = DOCUMENT["operations"].as_object().expect("operations");
    let [mut taken, mut told] = [BTreeSet::new(), BTreeSet::new()];
    let key = |it: &Value| {
        let place = it["$ref"].as_str().expect("a reference");
        place.rsplit('/').next().expect("a key").to_owned()
    };
    for operation in operations.values() {
        let messages = operation["messages"].as_array().expect("messages");
        match operation["action"].as_str() {
            Some("receive") => taken.extend(messages.iter().map(key)),
            Some("send") => told.extend(messages.iter().map(key)),
            other => panic!("{other:?}"),
        }
        let replies = operation["reply"]["messages"].as_array();
        told.extend(replies.into_iter().flatten().map(key));
    }
    assert_eq!(taken, keys(&messages::<ClientMessage>("action")));
    assert!(told.remove(FOREIGN));
    assert_eq!(told, keys(&messages::<ServerMessage>("type")));
}

#[test]
fn every_reference_leads_somewhere() {
    fn follow(value: &Value, count: &mut usize) {
        match value {
            Value::Object(fields) => {
                if let Some(place) = fields.get("$ref") {
                    let place = place.as_str().and_then(|place| place.strip_prefix('#'));
                    let found = place.and_then(|place| DOCUMENT.pointer(place));
                    assert!(found.is_some(), "nothing at {fields:?}");
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
fn every_message_has_examples_and_each_is_one() {
    for (key, message) in DOCUMENT["components"]["messages"].as_object().expect("any") {
        let accepts = validator_of(&message["payload"]);
        assert!(examples(message).next().is_some(), "{key}");
        for example in examples(message) {
            let errors: Vec<_> = accepts.iter_errors(example).collect();
            assert!(errors.is_empty(), "{key}: {example}: {errors:?}");
            let frame = example.to_string();
            let is_read = ClientMessage::parse(&frame).is_ok()
                || serde_json::from_str::<ServerMessage>(&frame).is_ok();
            assert_eq!(is_read, key != FOREIGN, "{key}: {example}");
        }
    }
}

/// An example for each word: people find there what it comes with.
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
