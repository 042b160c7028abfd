//! Checks frames against the published protocol, `docs/asyncapi.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

/// The published protocol.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let document = include_str!("../../../docs/asyncapi.yaml");
    serde_saphyr::from_str(document).expect("YAML")
});

/// A validator for each message, by its `action` or `type`.
static MESSAGES: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let components = &DOCUMENT["components"];
    let messages = components["messages"].as_object().expect("messages");
    let validators = messages.values().filter_map(|message| {
        let name = message["name"].as_str()?;
        let schema = json!({ "allOf": [message["payload"]], "components": components });
        let accepts = jsonschema::draft7::new(&schema).expect("a schema");
        Some((name.to_owned(), accepts))
    });
    validators.collect()
});

/// Parses a message from the server, and asserts that it is valid.
pub fn from_server(frame: &str) -> Value {
    let message: Value = serde_json::from_str(frame).expect("JSON");
    let name = message["type"].as_str().expect("a type");
    let accepts = MESSAGES.get(name).expect(name);
    let errors: Vec<_> = accepts.iter_errors(&message).collect();
    assert!(errors.is_empty(), "{frame}: {errors:?}");
    message
}

/// Returns true if the frame is a valid message from a player.
pub fn is_from_player(frame: &str) -> bool {
    let message: Value = serde_json::from_str(frame).unwrap_or_default();
    let name = message["action"].as_str().unwrap_or_default();
    MESSAGES
        .get(name)
        .is_some_and(|accepts| accepts.is_valid(&message))
}
