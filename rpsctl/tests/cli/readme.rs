//! README.md and the operators' pages: rpsctl accepts their command lines, and prints their samples.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::aws::Table;
use crate::queues::at;
use crate::rpsctl::{LocalSystem, run, say};

const README: &str = include_str!("../../../README.md");
const DOCUMENTS: [&str; 4] = [
    README,
    include_str!("../../../docs/costs.md"),
    include_str!("../../../docs/deploy.md"),
    include_str!("../../../docs/runbook.md"),
];

/// Sixty rounds of two seconds: a bot that wins none of them is not random.
const LONGEST_RUN: Duration = Duration::from_mins(2);

/// The command lines in code, without `rpsctl`.
fn command_lines(document: &str) -> BTreeSet<String> {
    let code = document.split('`').skip(1).step_by(2);
    let starts = ["rpsctl ", "cargo run --bin rpsctl -- "];
    let command = |line: &str| {
        let rest = starts.iter().find_map(|start| line.strip_prefix(start));
        rest.map(str::to_owned)
    };
    code.flat_map(str::lines).filter_map(command).collect()
}

/// The code block of the README that begins with this text.
fn sample(start: &str) -> Vec<&'static str> {
    let mut blocks = README.split("\n```");
    let block =
        blocks.find_map(|block| block.strip_prefix('\n').filter(|it| it.starts_with(start)));
    block.expect(start).lines().collect()
}

/// The line without what differs between two runs: ids, numbers, plays, the socket's option, and spaces.
fn masked(line: &str) -> String {
    let line = line.split(" --").next().unwrap_or_default();
    let words = line.split_whitespace().map(|word| {
        let (name, value) = word.rsplit_once('=').unwrap_or(("", word));
        let is_id = value.len() == 16 && value.chars().all(|c| c.is_ascii_hexdigit());
        match value {
            _ if is_id => format!("{name}=ID"),
            "rock" | "paper" | "scissors" => format!("{name}=PLAY"),
            _ => word.replace(|c: char| c.is_ascii_digit(), ""),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn rpsctl_accepts_every_command_line() {
    let lines: BTreeSet<_> = DOCUMENTS.into_iter().flat_map(command_lines).collect();
    assert!(lines.len() > 30, "{lines:?}");
    for line in lines.iter().filter(|line| *line != "help") {
        run(line.split(' ').chain(["--help"])).ends(0);
    }
}

#[test]
fn the_local_game_prints_the_sample_of_the_readme() {
    let mut sample = sample("{\"page\"").into_iter();
    let ready = sample.next().expect("a line").replace(",…", "");
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    let mut missing: BTreeSet<_> = sample.map(masked).collect();
    let mut is_complete = |line: &str| {
        missing.remove(&masked(line));
        missing.is_empty()
    };
    let (game, mut log) = LocalSystem::with_a_bot();
    let start = Instant::now();
    let waits = log.any(|line| is_complete(&line) || line.ends_with("waits for an opponent"));
    let args = ["play", "--url", game.url()].map(str::to_owned);
    let person = thread::spawn(move || say(args, &"rock\ny\n".repeat(100)));
    let ended = log.any(|line| is_complete(&line) || start.elapsed() > LONGEST_RUN);
    for (name, value) in ready.as_object().expect("an object") {
        let is_like = |value: &Value| value.as_str().map(masked);
        assert_eq!(is_like(&game.ready[name]), is_like(value), "{name}");
    }
    drop(game);
    person.join().expect("no panic");
    assert!(
        waits && ended && missing.is_empty(),
        "not printed: {missing:?}"
    );
}

#[test]
fn the_list_of_games_is_the_sample_of_the_readme() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    let now_ms = u64::try_from(now.as_millis()).expect("a time");
    for digit in ["a", "b"] {
        table.play(&digit.repeat(16), ["x", "y"], now_ms);
    }
    let list = at(game.endpoint(), "games list").quietly().stdout;
    let printed: Vec<_> = list.lines().map(masked).collect();
    let sample: Vec<_> = sample("┌").into_iter().map(masked).collect();
    assert_eq!(printed, sample);
}
