//! Ten thousand stuck games are drained, interrupted on the way, in 150 MB, and each with no more work than one of a
//! thousand. In a binary of its own, so that nothing else runs beside it. How long that takes is printed: it says as much
//! of the machine as of the drain.

#![allow(
    dead_code,
    reason = "what it shares with the other tests is more than it needs"
)]

#[path = "../cli/aws.rs"]
mod aws;
#[path = "../cli/rpsctl.rs"]
mod rpsctl;

use std::collections::{HashMap, HashSet};
use std::fs::read_to_string;
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use serde_json::Value;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};

use crate::aws::{THEN_MS, Table, sdk};
use crate::rpsctl::{Game, rpsctl, send};

const GAMES: usize = 10_000;
/// Of which each may need as much work as one of so many.
const FEW: usize = GAMES / 10;
const INTERRUPTED_AFTER: usize = 2_000;

/// What a drain did.
struct Drained {
    code: Option<i32>,
    took: Duration,
    /// How long a processor worked for it.
    work: Duration,
    /// The games that were ended.
    ended: Vec<String>,
    /// What else it said.
    notes: Vec<String>,
    /// The most memory it had, bytes.
    memory: u64,
}

#[test]
fn ten_thousand_stuck_games() {
    let game = Game::start();
    let table = Table::at(game.endpoint(), "rps");
    strand(game.endpoint(), FEW);
    let few = drain(&game, None);
    assert_eq!(
        (few.code, few.ended.len()),
        (Some(0), FEW),
        "{:?}",
        few.notes
    );

    let mut all: HashSet<String> = strand(game.endpoint(), GAMES).into_iter().collect();

    let first = drain(&game, Some(INTERRUPTED_AFTER));
    assert_eq!(first.code, Some(1), "{:?}", first.notes);
    assert!((INTERRUPTED_AFTER..GAMES).contains(&first.ended.len()));
    let second = drain(&game, None);
    assert_eq!(second.code, Some(0), "{:?}", second.notes);

    // Nothing is lost, and nothing is done twice.
    for ended in first.ended.iter().chain(&second.ended) {
        assert!(all.remove(ended), "{ended} was ended twice");
    }
    assert_eq!(all.len(), 0);
    assert_eq!(table.keys(), [""; 0]);

    let (took, work) = (first.took + second.took, first.work + second.work);
    let memory = first.memory.max(second.memory);
    let mb = memory / 1_000_000;
    println!("{FEW} games: {:?}, {:?} of work", few.took, few.work);
    println!("{GAMES} games: {took:?}, {work:?} of work, {mb} MB");
    // Twice that, because the machine may be that much slower now. What looks at all games for each is ten times as much.
    assert!(work < few.work * 10 * 2, "{:?}, {work:?}", few.work);
    assert!(memory < 150_000_000, "{memory} bytes");
}

/// Drains, and interrupts that after so many games.
fn drain(game: &Game, interrupt_after: Option<usize>) -> Drained {
    let began = Instant::now();
    let args = ["queue", "drain", "--yes", "--endpoint-url"];
    let mut child = rpsctl(args.iter().chain(&[game.endpoint()]))
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("rpsctl starts");
    let log = BufReader::new(child.stderr.take().expect("piped"));
    let (mut ended, mut notes) = (Vec::new(), Vec::new());
    let (mut memory, mut work) = (0, Duration::ZERO);
    for line in log.lines() {
        let line = line.expect("UTF-8");
        let Ok(action) = serde_json::from_str::<Value>(&line) else {
            notes.push(line);
            continue;
        };
        assert_eq!(
            (&action["do"], &action["result"]),
            (&"end-game".into(), &"done".into())
        );
        ended.push(action["game"].as_str().expect("an id").to_owned());
        if Some(ended.len()) == interrupt_after {
            send("INT", child.id());
        }
        memory = memory.max(peak_bytes(child.id()).unwrap_or(0));
        work = work.max(work_of(child.id()).unwrap_or_default());
    }
    Drained {
        code: child.wait().expect("it ends").code(),
        took: began.elapsed(),
        work,
        ended,
        notes,
        memory,
    }
}

/// How long a processor has worked for a process so far, while it runs.
fn work_of(process: u32) -> Option<Duration> {
    let stat = read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name: user and system time are fields 14 and 15 of all, in ticks of 10 ms.
    let (_, fields) = stat.rsplit_once(')')?;
    let times = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = times.filter_map(|it| it.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// The most memory a process has had so far, while it runs.
fn peak_bytes(process: u32) -> Option<u64> {
    let status = read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

/// Stores so many games of two players each, whose time was over long ago, and gives their ids.
fn strand(endpoint: &str, count: usize) -> Vec<String> {
    let ids: Vec<String> = (0..count).map(|n| format!("{n:032x}")).collect();
    let client = Client::new(&sdk(endpoint));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    // DynamoDB takes 25 items at a time.
    for ids in ids.chunks(8) {
        let puts = ids.iter().flat_map(|id| stranded(id)).map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build();
            WriteRequest::builder()
                .put_request(put.expect("complete"))
                .build()
        });
        let write = client.batch_write_item();
        let write = write.request_items("rps", puts.collect());
        let written = runtime.block_on(write.send()).expect("written");
        assert!(written.unprocessed_items.unwrap_or_default().is_empty());
    }
    ids
}

/// The items of a game whose time was over long ago, and of its players.
fn stranded(id: &str) -> [HashMap<String, AttributeValue>; 3] {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: u64| AttributeValue::N(number.to_string());
    let item = |pk: String, more: &[(&str, AttributeValue)]| {
        let common = [
            ("pk", text(&pk)),
            ("v", number(1)),
            ("ttl", number(THEN_MS / 1000)),
        ];
        let all = common.iter().chain(more);
        all.map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    };
    let player = |seat: &str| {
        item(
            format!("C#{seat}-{id}"),
            &[
                ("connected_at_ms", number(THEN_MS - 10_000)),
                ("game", text(id)),
                ("seat", text(seat)),
                ("claimed_by", text("j")),
                ("claimed_at_ms", number(THEN_MS - 5_000)),
            ],
        )
    };
    let game = item(
        format!("G#{id}"),
        &[
            ("player_1", text(&format!("first-{id}"))),
            ("player_2", text(&format!("second-{id}"))),
            ("window_s", number(5)),
            ("max_rounds", number(5)),
            ("started_at_ms", number(THEN_MS - 5_000)),
            ("round", number(1)),
            ("deadline_ms", number(THEN_MS)),
        ],
    );
    [game, player("first"), player("second")]
}
