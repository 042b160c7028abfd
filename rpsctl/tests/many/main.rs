//! Drain ten thousand stuck games, with an interruption, within 150 MB. The work per game must be the same as with a
//! thousand games. In its own binary, so that no other test runs at the same time. The test prints the duration but does
//! not check it, because it depends on the machine.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use rps_testkit::rpsctl::{LocalSystem, cpu_time, memory_bytes, rpsctl, send};
use rps_testkit::table::Table;
use rps_testkit::wait;
use serde_json::Value;

/// The result of a drain.
struct DrainResult {
    code: Option<i32>,
    took: Duration,
    /// The processor time.
    work: Duration,
    /// The ids of the ended games.
    ended: Vec<String>,
    /// All other lines of its log.
    notes: Vec<String>,
    /// The peak memory in bytes.
    memory: u64,
}

#[test]
fn two_hundred_stuck_games_are_drained() {
    let game = LocalSystem::start();
    drain_twice(&game, 200);
}

#[test]
#[ignore = "10,000 drained games take minutes"]
fn ten_thousand_stuck_games_are_drained() {
    const GAMES: usize = 10_000;
    let game = LocalSystem::start();
    let few = GAMES / 10;
    store_stuck_games(&game, few);
    let few_result = drain(&game, None);
    assert_eq!(
        (few_result.code, few_result.ended.len()),
        (Some(0), few),
        "{:?}",
        few_result.notes
    );
    let [first, second] = drain_twice(&game, GAMES);

    let (took, work) = (first.took + second.took, first.work + second.work);
    let memory = first.memory.max(second.memory);
    let mb = memory / 1_000_000;
    let few_work = few_result.work;
    println!("{few} games: {:?}, {few_work:?} of work", few_result.took);
    println!("{GAMES} games: {took:?}, {work:?} of work, {mb} MB");
    // Allow twice the work, because the machine may be slower now. A scan for each game would take ten times as much.
    assert!(work < few_work * 10 * 2, "{few_work:?}, {work:?}");
    assert!((1..150_000_000).contains(&memory), "{memory} bytes");
}

/// Drains games in two runs, the first interrupted after a fifth of them. Each game must be ended exactly once.
fn drain_twice(game: &LocalSystem, games: usize) -> [DrainResult; 2] {
    let mut all: HashSet<String> = store_stuck_games(game, games).into_iter().collect();
    let interrupted_after = games / 5;
    let first = drain(game, Some(interrupted_after));
    assert_eq!(first.code, Some(1), "{:?}", first.notes);
    assert!((interrupted_after..games).contains(&first.ended.len()));
    let second = drain(game, None);
    assert_eq!(second.code, Some(0), "{:?}", second.notes);
    for ended in first.ended.iter().chain(&second.ended) {
        assert!(all.remove(ended), "{ended} was ended twice");
    }
    assert_eq!(all.len(), 0);
    assert_eq!(wait(Table::at(game.endpoint(), "rps").keys()), [""; 0]);
    [first, second]
}

/// Drains, and interrupts the drain after a number of games.
fn drain(game: &LocalSystem, interrupt_after: Option<usize>) -> DrainResult {
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
        memory = memory.max(memory_bytes(child.id(), "VmHWM").unwrap_or(0));
        work = work.max(cpu_time(child.id()));
    }
    DrainResult {
        code: child.wait().expect("it ends").code(),
        took: began.elapsed(),
        work,
        ended,
        notes,
        memory,
    }
}

/// Stores stuck games, and returns their ids.
fn store_stuck_games(game: &LocalSystem, count: usize) -> Vec<String> {
    wait(Table::at(game.endpoint(), "rps").store_stuck_games(count))
}
