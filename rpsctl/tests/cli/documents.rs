//! docs/rpsctl.md has every command, JSON field, environment variable and permission.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rps_game::Play::Rock;
use rpsctl::Exit;
use serde_json::Value;
use strum::VariantArray;

use crate::aws::{THEN_MS, Table};
use crate::queues::{Queues, at};
use crate::rpsctl::{Ended, LocalSystem, run, run_with};

const DOCUMENT: &str = include_str!("../../../docs/rpsctl.md");

/// The text below a heading, up to the next heading of its level.
fn section(heading: &str) -> &'static str {
    let level = heading.split(' ').next().expect("a level");
    let (_, rest) = DOCUMENT
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("no heading {heading}"));
    rest.split(&format!("\n{level} "))
        .next()
        .expect("a section")
}

/// The names in backticks in the first columns of the tables of a section.
fn first_column(section: &str) -> BTreeSet<&str> {
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

#[test]
fn every_variable_is_documented() {
    let name = uuid::Uuid::new_v4().to_string();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    run(["man", "--dir", dir.to_str().expect("UTF-8")]);
    let pages = fs::read_dir(&dir).expect("a directory");
    let pages: Vec<_> = pages
        .map(|page| fs::read_to_string(page.expect("a page").path()).expect("text"))
        .collect();
    fs::remove_dir_all(&dir).expect("removed");
    let documented = first_column(section("## Environment variables"));
    let help = pages.join("\n");
    let mut named = help.split("[env: ").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_uppercase() && !"_\\".contains(c));
        rest[..end.expect("an end")].replace('\\', "")
    });
    assert!(named.clone().count() > 5, "{help}");
    assert!(
        named.all(|it| documented.contains(&*it)),
        "{documented:?} {help}"
    );
}

#[test]
fn every_exit_code_is_documented() {
    let codes: Vec<_> = Exit::VARIANTS.iter().map(|it| *it as u8).collect();
    let rows = section("## Exit codes").lines();
    let documented = rows.filter_map(|row| row.split('|').nth(1)?.trim().parse::<u8>().ok());
    assert_eq!(documented.collect::<Vec<_>>(), codes);
    let help = run(["--help"]).stdout;
    let (_, help) = help.split_once("Exit codes: ").expect("exit codes");
    let (help, _) = help.split_once("\n\n").expect("the next paragraph");
    let helped = help.split_whitespace().filter_map(|word| word.parse().ok());
    assert_eq!(helped.collect::<Vec<u8>>(), codes);
}

/// The fields of an object and of its nested objects. The keys of a map are data, not fields.
fn fields(value: &Value, into: &mut BTreeMap<String, Value>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        into.insert(name.clone(), value.clone());
        for inner in value.as_array().into_iter().flatten() {
            fields(inner, into);
        }
        if name.ends_with("_ms") {
            fields(value, into);
        }
    }
}

/// Checks that all fields of these lines are in the tables of these sections, with their types.
fn assert_documented(lines: &str, heading: &str, also: &[&str]) {
    let text: String = [heading].iter().chain(also).map(|it| section(it)).collect();
    let mut all_fields = BTreeMap::new();
    for line in lines.lines() {
        fields(&serde_json::from_str(line).expect("JSON"), &mut all_fields);
    }
    assert!(all_fields.len() > 1, "{heading}: {lines}");
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
    for (name, value) in all_fields {
        let row = rows.iter().find(|row| {
            let cell = row.split('|').nth(1).unwrap_or_default();
            cell.contains(&format!("`{name}`")) || cell.contains(&format!(".{name}`"))
        });
        let row = row.unwrap_or_else(|| panic!("{heading} has no {name}"));
        let types = row.split('|').nth(2).unwrap_or_default();
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        assert!(
            types.contains(kind),
            "{heading}: {name} is {kind}, not{types}"
        );
    }
}

/// A local AWS with a game, a connection and dead letters.
fn game() -> LocalSystem {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.start("a", THEN_MS, [None, Some(Rock)]);
    table.haunt("c", THEN_MS, Some("a"));
    for body in [
        r#"{"v":1,"game":"g","round":1,"deadline_ms":3}"#,
        r#"{"v":1,"gather":"x","game":"g"}"#,
        "hello",
    ] {
        Queues::at(game.endpoint()).bury(body);
    }
    game
}

fn json(game: &LocalSystem, line: &str) -> Ended {
    at(game.endpoint(), &format!("{line} --output json"))
}

#[test]
fn every_field_of_a_report_is_documented() {
    let game = game();
    assert_documented(&game.ready.to_string(), "### local", &[]);
    for (line, heading, also) in [
        ("games list", "### games list", &[] as &[_]),
        (
            "games show a --reveal",
            "### games show",
            &["### games list"],
        ),
        ("games show a", "### games show", &["### games list"]),
        ("doctor", "### doctor", &[]),
        ("cost prices", "### cost prices", &[]),
        ("connections list --stale", "### connections list", &[]),
        (
            "connections show c --reveal",
            "### connections show",
            &["### connections list"],
        ),
        ("queue status", "### queue status", &[]),
        ("dlq list", "### dlq list", &[]),
        ("cost", "### cost", &[]),
        ("free-tier", "### free-tier", &[]),
    ] {
        assert_documented(&json(&game, line).stdout, heading, also);
    }
    let bots = format!("bots --games 1 --concurrency 2 --url {}", game.url());
    assert_documented(&json(&game, &bots).stdout, "### bots", &[]);
}

#[test]
fn every_field_of_a_change_is_documented() {
    let game = game();
    let moved = json(&game, "dlq redrive --yes").stdout;
    let (_, moved) = moved.split_once('\n').expect("a plan and an end");
    assert_documented(moved, "### dlq redrive", &[]);

    let ended = json(&game, "games end a --yes --reason because");
    let (plan, result) = ended.stdout.split_once('\n').expect("a plan and a result");
    assert!(section("### plans").contains("`end-game`"), "{plan}");
    let plan: Value = serde_json::from_str(plan).expect("JSON");
    let mut step = plan.clone();
    for name in ["game", "round", "players"] {
        step.as_object_mut().expect("an object").remove(name);
        let is_documented = section("### plans").contains(&format!("`{name}`"));
        assert!(is_documented, "{name}");
    }
    assert_documented(&step.to_string(), "### plans", &[]);
    assert_documented(result, "### results", &[]);
    let mut action: Value = serde_json::from_str(ended.stderr.trim()).expect("JSON");
    for name in ["do", "game", "round", "players"] {
        assert_eq!(action[name], plan[name], "{name}");
        action.as_object_mut().expect("an object").remove(name);
    }
    assert_documented(&action.to_string(), "### actions", &[]);
}

#[test]
fn every_check_is_documented() {
    let game = LocalSystem::start();
    let env = [("AWS_ENDPOINT_URL", game.endpoint())];
    let lines = run_with(&env, ["doctor", "--output", "json"]).stdout;
    let check = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        line["check"].as_str().expect("a check").to_owned()
    };
    let checks: BTreeSet<_> = lines.lines().map(check).collect();
    let documented = first_column(section("## Doctor"));
    assert_eq!(documented, checks.iter().map(|it| &**it).collect());
}

/// The actions that a policy in the document allows.
fn allowed(heading: &str) -> BTreeSet<String> {
    let (_, rest) = section(heading).split_once("```json\n").expect("a policy");
    let (policy, _) = rest.split_once("```").expect("its end");
    let policy: Value = serde_json::from_str(policy).expect("JSON");
    let statements = policy["Statement"].as_array().expect("statements").iter();
    let actions = statements.flat_map(|statement| match &statement["Action"] {
        Value::Array(actions) => actions.clone(),
        action => vec![action.clone()],
    });
    actions
        .map(|it| it.as_str().expect("an action").to_owned())
        .collect()
}

/// The AWS actions in the source. rpsctl names every action that it uses, to explain a missing permission.
fn used_actions(dir: &Path, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            used_actions(&path, into);
            continue;
        }
        let source = fs::read_to_string(&path).expect("source");
        for text in source.split('"') {
            let is_action = text.split_once(':').is_some_and(|(service, action)| {
                let lower = |c: char| c.is_ascii_lowercase() || c == '-';
                !service.is_empty()
                    && service.chars().all(lower)
                    && action.starts_with(|c: char| c.is_ascii_uppercase())
                    && action.chars().all(char::is_alphanumeric)
            });
            if is_action {
                into.insert(text.to_owned());
            }
        }
    }
}

#[test]
fn every_permission_is_documented() {
    let mut used = BTreeSet::new();
    used_actions(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut used,
    );
    // API Gateway needs this permission, not rpsctl.
    assert!(used.remove("lambda:InvokeFunction"), "{used:?}");
    assert!(used.len() > 10, "{used:?}");
    let read = allowed("### Read");
    let change = allowed("### Change");
    for action in &used {
        assert!(read.contains(action) || change.contains(action), "{action}");
    }
    // The first policy allows no change.
    let verbs = ["Describe", "Filter", "Get", "List", "Scan"];
    let only_reads = |action: &String| verbs.iter().any(|it| action.contains(&format!(":{it}")));
    // API Gateway has one action for all methods; the resource names the method.
    let others = read.iter().filter(|it| !only_reads(it));
    assert_eq!(
        others.collect::<Vec<_>>(),
        ["execute-api:ManageConnections"]
    );
}
