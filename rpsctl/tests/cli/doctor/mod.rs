//! `rpsctl doctor` checks a stack.

use std::io::{BufRead, BufReader};

use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use rps_contract::names::{CONNECTION_LIFETIME_S, MAX_RECEIVE_COUNT, TTL_SLACK_S};
use rps_game::Play::Rock;
use rps_handlers::time::now_ms;
use serde_json::{Value, json};

use crate::aws::{THEN_MS, Table};
use crate::golden::Golden;
use crate::proxy::changed;
use crate::queues::{at, local, start};
use crate::rpsctl::{Ended, LocalSystem, run, send};

mod changed;
mod failed;

/// The checks that are not ok, in the order of the lines, as `check state`.
fn not_ok(ended: &Ended) -> Vec<String> {
    let findings = ended.rows().into_iter();
    let bad = findings.filter(|finding| finding["state"] != "ok");
    let words = |it: Value| format!("{} {}", it["check"], it["state"]).replace('"', "");
    bad.map(words).collect()
}

fn doctor(endpoint: &str) -> Ended {
    let ended = run(["doctor", "--output", "json", "--endpoint-url", endpoint]);
    for finding in ended.rows() {
        assert_pasteable(finding["remedy"].as_str().unwrap_or_default());
    }
    ended
}

/// Asserts that a shell can run the commands of a remedy. rpsctl's commands run here; nobody confirms their plans.
fn assert_pasteable(remedy: &str) {
    for command in remedy.split('`').skip(1).step_by(2) {
        let words = shlex::split(command).expect("words of a shell");
        let is_placeholder =
            |word: &String| word.len() > 1 && word.bytes().all(|b| b.is_ascii_uppercase());
        assert!(!words.iter().any(is_placeholder), "{command}");
        match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["rpsctl", "local"] => {}
            ["rpsctl", arguments @ ..] => assert_ne!(run(arguments).code, Some(2), "{command}"),
            [program, ..] => assert!(
                ["aws", "pulumi", "timedatectl"].contains(program),
                "{command}"
            ),
            [] => panic!("no command in {remedy}"),
        }
    }
}

/// Adds the text output to the transcript, and checks the JSON output.
fn assert_wrong(golden: &mut Golden, endpoint: &str, wrong: &[&str]) {
    golden.show("doctor", &at(endpoint, "doctor").ends(4));
    assert_eq!(not_ok(&doctor(endpoint)), wrong);
}

#[test]
fn a_local_stack_with_games_is_ok() {
    let game = LocalSystem::start();
    let line = format!("bots --games 2 --concurrency 2 --url {}", game.url());
    run(line.split(' ')).ends(0);
    let mut golden = Golden::at(game.endpoint());
    assert_eq!(golden.run("doctor").code, Some(0));
    assert_eq!(golden.run("doctor --output json").code, Some(0));
    golden.is("doctor");
}

/// A proxy that reports these settings of the queue.
fn with_settings(game: &LocalSystem, visibility_s: u32, policy: Option<String>) -> String {
    changed(
        game.endpoint(),
        "amazonsqs.getqueueattributes",
        move |answer| {
            let mut body: Value = serde_json::from_slice(&answer.body).expect("JSON");
            let attributes = body["Attributes"].as_object_mut().expect("attributes");
            // The counts of the dead letters stay unchanged.
            if attributes.remove("RedrivePolicy").is_some() {
                let policy = policy.clone().map(Value::from);
                attributes.extend(policy.map(|it| ("RedrivePolicy".to_owned(), it)));
                attributes["VisibilityTimeout"] = json!(visibility_s.to_string());
                answer.body = body.to_string().into();
            }
        },
    )
}

#[test]
fn problems_of_the_queue_and_its_mapping() {
    let (game, _, queues) = local();
    let mut golden = Golden::at(game.endpoint());

    queues.turn(false);
    assert_wrong(&mut golden, game.endpoint(), &["mapping wrong"]);
    queues.turn(true);

    let policy = |name: &str, count: u32| {
        let arn = format!("arn:aws:sqs:us-east-1:000000000000:{name}");
        json!({ "deadLetterTargetArn": arn, "maxReceiveCount": count }).to_string()
    };
    for (visibility_s, policy) in [
        (30, Some(policy("rps-rounds-dead", 3))),
        (24, Some(policy("another", MAX_RECEIVE_COUNT))),
        (24, None),
    ] {
        let endpoint = with_settings(&game, visibility_s, policy);
        assert_wrong(&mut golden, &endpoint, &["queue wrong"]);
    }

    let endpoint = changed(game.endpoint(), "amazonsqs.getqueueattributes", |answer| {
        answer.body = answer
            .text()
            .replace("345600", "60")
            .replace("1209600", "3600")
            .into();
    });
    assert_wrong(
        &mut golden,
        &endpoint,
        &["queue wrong", "dead-letters wrong"],
    );

    queues.bury("?");
    assert_wrong(&mut golden, game.endpoint(), &["dead-letters wrong"]);
    golden.is("doctor_queue");
}

/// Recently expired items and orphaned claims are harmless.
#[test]
fn problems_of_the_table() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    let mut golden = Golden::at(game.endpoint());
    table.haunt("x", now_ms() - 60_000, Some("game"));
    table.queue("x", "game");
    assert_eq!(golden.run("doctor").code, Some(0));

    table.ask(async |sdk| {
        let dynamo = aws_sdk_dynamodb::Client::new(sdk);
        let off = TimeToLiveSpecification::builder()
            .attribute_name("ttl")
            .enabled(false);
        let off = off.build().expect("complete");
        let update = dynamo.update_time_to_live().table_name("rps");
        let update = update.time_to_live_specification(off);
        update.send().await.expect("updated");
    });
    let lifetime_ms = 1000 * (CONNECTION_LIFETIME_S + TTL_SLACK_S);
    table.haunt("expired", now_ms() - lifetime_ms - 100_000, Some("gone"));
    assert_wrong(&mut golden, game.endpoint(), &["ttl wrong"]);

    let both = ["ttl wrong", "orphans wrong"];
    table.haunt("long-expired", THEN_MS, Some("gone"));
    assert_wrong(&mut golden, game.endpoint(), &both);
    table.start("stuck", THEN_MS, [None, Some(Rock)]);
    table.queue("nobody", "to-be");
    table.start("going-on", now_ms(), [None, None]);
    table.haunt("y", now_ms() - 60_000, Some("going-on"));
    table.queue("y", "left-over");
    for key in [
        "G#half",
        "C#half\u{1b}[31m",
        "C#more",
        "G#more",
        "it's foreign",
        "FOREIGN",
        // Of an earlier release.
        "L#9",
    ] {
        table.put(&[("pk", key), ("v", "1")]);
    }
    assert_wrong(&mut golden, game.endpoint(), &both);
    golden.is("doctor_table");
}

/// Only the table of the stack exists.
#[test]
fn missing_resources_of_a_stack() {
    let game = LocalSystem::start();
    let table = Table::create(game.endpoint(), "rps-dev");
    let mut golden = Golden::at(game.endpoint());
    assert_eq!(golden.run("doctor --stack dev").code, Some(4));
    table.describe("ws://127.0.0.1:1/live");
    assert_eq!(golden.run("doctor --stack dev").code, Some(4));
    assert_eq!(golden.run("doctor --stack no").code, Some(5));
    golden.is("doctor_stack");
}

#[test]
fn watch_repeats_the_checks() {
    let game = LocalSystem::start();
    let line = "doctor --watch --every 100ms --output json";
    let mut watch = start(game.endpoint(), line);
    let mut lines = BufReader::new(watch.stdout.take().expect("piped")).lines();
    let checks = lines.by_ref().take(31);
    let checks: Vec<_> = checks
        .map(|line| serde_json::from_str::<Value>(&line.expect("a line")).expect("JSON"))
        .collect();
    assert_eq!(checks[0]["check"], "table");
    assert_eq!(checks[14]["check"], "orphans");
    assert_eq!(checks[15], checks[0]);
    assert_eq!(checks[30], checks[0]);
    send("INT", watch.id());
    assert_eq!(watch.wait().expect("ends").code(), Some(0));
}
