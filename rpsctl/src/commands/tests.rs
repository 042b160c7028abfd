//! The tables of docs/rpsctl.md that are generated from Rust types: commands, exit codes and JSON fields.
//! `UPDATE_EXPECT=1` rewrites them.

use clap::{Command, CommandFactory};
use expect_test::expect_file;
use rps_testkit::tables::with_table;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use strum::VariantArray;

use crate::billing::free_tier::FreeTierRow;
use crate::billing::report::CostReport;
use crate::cli::Cli;
use crate::commands::connections::{ConnectionDetails, ConnectionRow};
use crate::commands::cost::PriceRow;
use crate::commands::dlq::{DeadLetterRow, MoveResult};
use crate::commands::doctor::Finding;
use crate::commands::games::{GameDetails, GameRow};
use crate::commands::queue::QueueStatus;
use crate::exit::Exit;
use crate::operate::{ActionLine, PlanLine, Tally};
use crate::output::Versioned;
use crate::players::bots::BotsReport;

const DOCUMENT: &str = include_str!("../../../docs/rpsctl.md");

fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().into()
}

fn array<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema[key].as_array().into_iter().flatten()
}

fn text<'a>(schema: &'a Value, key: &str) -> &'a str {
    schema[key].as_str().unwrap_or_default()
}

/// A doc comment in one line.
fn description(schema: &Value) -> String {
    let words: Vec<_> = text(schema, "description").split_whitespace().collect();
    words.join(" ")
}

/// The JSON types of a value, such as `string or null`.
fn type_names(schema: &Value) -> Vec<&str> {
    let mut names: Vec<_> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    };
    names.extend(array(schema, "anyOf").flat_map(type_names));
    names.extend(array(schema, "oneOf").flat_map(type_names));
    for name in &mut names {
        if *name == "integer" {
            *name = "number";
        }
    }
    names.dedup();
    names
}

/// Whether the field is in every value. Other fields are missing instead of null.
fn is_required(object: &Value, field: &str) -> bool {
    array(object, "required").any(|name| name == field)
}

/// The fields of an object in their order, with their schemas.
fn fields(object: &Value) -> Vec<(&String, &Value)> {
    let required: Vec<_> = array(object, "required").collect();
    let position = |name: &str| required.iter().position(|it| *it == name);
    let properties = object["properties"].as_object();
    let mut fields: Vec<_> = properties.into_iter().flatten().collect();
    fields.sort_by_key(|(name, _)| position(name).unwrap_or(usize::MAX));
    fields
}

/// The rows of an object's table. `path` is the path of the object, and `variant` its variant in an enum.
fn rows(object: &Value, path: &str, variant: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for (name, field) in fields(object) {
        if !variant.is_empty() && field.get("const").is_some() {
            continue;
        }
        let (mut types, about) = (type_names(field), description(field));
        if !is_required(object, name) {
            types.retain(|name| *name != "null");
        }
        let types = types.join(" or ");
        let path = format!("{path}{name}");
        rows.push(format!("| `{path}` | {types} | {variant}{about} |"));
        rows.extend(self::rows(&field["items"], &format!("{path}[]."), ""));
        for object in std::iter::once(field).chain(array(field, "anyOf")) {
            rows.extend(self::rows(object, &format!("{path}."), ""));
        }
    }
    rows.extend(variant_rows(object));
    rows
}

/// The rows of an enum whose fields are in the object: first the tag, then the fields of each variant.
fn variant_rows(object: &Value) -> Vec<String> {
    let mut rows = Vec::new();
    let (mut tag_name, mut meanings) = ("", Vec::new());
    for variant in array(object, "oneOf") {
        let properties = variant["properties"].as_object();
        let tag = properties
            .into_iter()
            .flatten()
            .find(|(_, field)| field.get("const").is_some());
        let Some((name, tag)) = tag else { continue };
        let value = text(tag, "const");
        tag_name = name;
        meanings.push(format!("`{value}`: {}", description(variant)));
        rows.extend(self::rows(variant, "", &format!("`{value}`: ")));
    }
    if !meanings.is_empty() {
        let meanings = meanings.join("<br>");
        rows.insert(0, format!("| `{tag_name}` | string | {meanings} |"));
    }
    rows
}

fn json_table<T: JsonSchema>() -> String {
    table(&schema::<Versioned<T>>())
}

/// The table of a type without the fields of its step, which are in the table of the plan.
fn table_without_step<T: JsonSchema>() -> String {
    let mut schema = schema::<Versioned<T>>();
    schema["oneOf"] = Value::Null;
    table(&schema)
}

fn table(schema: &Value) -> String {
    let rows = rows(schema, "", "");
    format!(
        "| field | type | description |\n|---|---|---|\n{}",
        rows.join("\n")
    )
}

fn exit_table() -> String {
    let schema = schema::<Exit>();
    let descriptions = array(&schema, "oneOf").map(description);
    let codes = Exit::VARIANTS.iter().map(|exit| *exit as u8);
    let rows: Vec<_> = codes
        .zip(descriptions)
        .map(|(code, about)| format!("| {code} | {about} |"))
        .collect();
    assert_eq!(
        rows.len(),
        Exit::VARIANTS.len(),
        "each variant needs a doc comment"
    );
    format!("| code | meaning |\n|---|---|\n{}", rows.join("\n"))
}

fn command_rows(command: &Command, name: &str) -> Vec<String> {
    let subcommands = command.get_subcommands();
    let mut rows: Vec<_> = subcommands
        .flat_map(|it| command_rows(it, &format!("{name} {}", it.get_name())))
        .collect();
    if !command.is_subcommand_required_set() {
        let about = command.get_about().map(ToString::to_string);
        let mut about = about.unwrap_or_default();
        if command.get_arguments().any(|it| it.get_id() == "yes") {
            about.push_str(" ([changes the target](#changing-a-target))");
        }
        rows.insert(0, format!("| `{name}` | {about} |"));
    }
    rows
}

fn command_table() -> String {
    let rows = command_rows(&Cli::command(), "rpsctl");
    format!("| command | description |\n|---|---|\n{}", rows.join("\n"))
}

#[test]
fn the_tables_of_the_document_match_the_types() {
    let tables = [
        ("commands", command_table()),
        ("exit codes", exit_table()),
        ("games list", json_table::<GameRow<'_>>()),
        ("games show", json_table::<GameDetails<'_>>()),
        ("connections list", json_table::<ConnectionRow<'_>>()),
        ("connections show", json_table::<ConnectionDetails<'_>>()),
        ("queue status", json_table::<QueueStatus>()),
        ("dlq list", json_table::<DeadLetterRow<'_>>()),
        ("dlq redrive", json_table::<MoveResult<'_>>()),
        ("plans", json_table::<PlanLine<'_>>()),
        ("actions", table_without_step::<ActionLine<'_>>()),
        ("results", json_table::<Tally>()),
        ("doctor", json_table::<Finding>()),
        ("cost", json_table::<CostReport>()),
        ("free-tier", json_table::<FreeTierRow>()),
        ("cost prices", json_table::<PriceRow<'_>>()),
        ("bots", table(&schema::<BotsReport>())),
    ];
    let mut document = DOCUMENT.to_owned();
    for (name, table) in tables {
        document = with_table(&document, name, &table);
    }
    expect_file!["../../../docs/rpsctl.md"].assert_eq(&document);
}
