//! Generates the protocol's schemas from its types.

use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::{RecursiveTransform, Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::{ClientMessage, ServerMessage};

/// API Gateway's own error: the one message without a Rust type.
pub(super) const GATEWAY_ERROR: &str = "GatewayError";

/// The schemas' path in the document.
const SCHEMAS_PATH: &str = "/components/schemas";

/// All schemas by name. Each message has its own schema, named after the variant.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = generate::<ClientMessage>(Contract::Deserialize);
    schemas.extend(generate::<ServerMessage>(Contract::Serialize));
    schemas.insert(GATEWAY_ERROR.to_owned(), gateway_error());
    schemas
}

/// API Gateway's own error has no `type`.
fn gateway_error() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "description": "API Gateway's own error.",
        "type": "object",
        "properties": { "message": text, "connectionId": text, "requestId": text },
        "required": ["message"],
        "not": { "required": ["type"] },
    })
}

/// The names of the type's messages, each with its `action` or `type`.
pub(in crate::protocol) fn messages<T: JsonSchema>(tag: &str) -> Vec<(String, String)> {
    let schemas = generate::<T>(Contract::Serialize);
    let refs = schemas[&*T::schema_name()]["oneOf"].as_array();
    let names = refs.expect("variants").iter().map(|variant| {
        let name = variant["$ref"].as_str().expect("a reference");
        name.rsplit('/').next().expect("a name")
    });
    let word = |name| schemas[name]["properties"][tag]["const"].as_str();
    names
        .map(|name| (name.to_owned(), word(name).expect("a tag").to_owned()))
        .collect()
}

fn generate<T: JsonSchema>(contract: Contract) -> Map<String, Value> {
    // AsyncAPI schema objects extend draft 7.
    let settings = SchemaSettings::draft07().with(|settings| {
        settings.definitions_path = SCHEMAS_PATH.into();
        settings.contract = contract;
        // The default transforms wrap a reference that has a description; code generators then lose
        // the type's name.
        settings.transforms = vec![Box::new(RecursiveTransform(whole_numbers)), Box::new(Words)];
    });
    let mut generator = settings.into_generator();
    generator.subschema_for::<T>();
    let mut schemas = generator.take_definitions(true);
    split(&mut schemas, &T::schema_name());
    schemas
}

/// JSON Schema has no `uint32`: replace it by a maximum. The maximum of `uint64` is left out, because it
/// is not exact in JSON clients.
fn whole_numbers(schema: &mut Schema) {
    match schema.remove("format") {
        Some(Value::String(format)) if format == "uint32" => {
            schema.insert("maximum".to_owned(), u32::MAX.into());
        }
        Some(Value::String(format)) if format == "uint64" => {}
        Some(format) => {
            schema.insert("format".to_owned(), format);
        }
        None => {}
    }
}

/// Turns an enum of words into one `enum` schema, from which code generators make types. The words'
/// meanings move to the description.
#[derive(Debug, Clone)]
struct Words;

impl Transform for Words {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let text = |word: &Value, key| Some(word.get(key)?.as_str()?.to_owned());
        let variants = schema.get("oneOf").and_then(Value::as_array);
        let words = variants.and_then(|variants| {
            let pair = |it: &Value| Some((text(it, "const")?, text(it, "description")?));
            variants.iter().map(pair).collect::<Option<Vec<_>>>()
        });
        let Some(words) = words else { return };
        let summary = text(schema.as_value(), "description").unwrap_or_default();
        let meanings = words.iter().map(|(word, it)| format!("- `{word}`: {it}"));
        let summary = [summary, String::new()].into_iter();
        let lines: Vec<_> = summary.chain(meanings).collect();
        let words: Vec<_> = words.into_iter().map(|(word, _)| word).collect();
        schema.remove("oneOf");
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), words.into());
        schema.insert("description".to_owned(), lines.join("\n").into());
    }
}

/// Gives each variant of a message enum its own schema.
fn split(schemas: &mut Map<String, Value>, name: &str) {
    let variants = schemas[name]["oneOf"].take();
    let variants = variants.as_array().expect("variants");
    let refs = variants.iter().map(|variant| {
        let name = variant_name(variant);
        schemas.insert(name.clone(), variant.clone());
        json!({ "$ref": format!("#{SCHEMAS_PATH}/{name}") })
    });
    let refs: Vec<_> = refs.collect();
    schemas[name]["oneOf"] = refs.into();
}

/// Returns `GameStarted` for `game-started`.
fn variant_name(variant: &Value) -> String {
    let properties = variant["properties"].as_object().expect("properties");
    let tag = properties.values().find_map(|it| it["const"].as_str());
    let words = tag.expect("a tag").split('-');
    words
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}
