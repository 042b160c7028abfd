//! `rpsctl games` lists, shows and ends running games.

use std::io::{BufRead, BufReader};

use rps_game::Play::{Paper, Rock};
use rps_handlers::time::now_ms;

use crate::aws::{THEN_MS, Table};
use crate::golden::Golden;
use crate::proxy::in_the_past;
use crate::queues::{at, local, start, stranded};
use crate::rpsctl::{LocalSystem, run, send};

/// 2286-11-20, 17:46:40: far in the future.
const ONE_DAY_MS: u64 = 10_000_000_000_000;

#[test]
fn games_of_a_stack() {
    let game = LocalSystem::start();
    let table = Table::create(game.endpoint(), "rps-dev");
    table.describe(game.url());
    table.put(&[("pk", "C#x")]);
    table.put(&[("pk", "G#broken"), ("v", "1")]);
    table.start("late", ONE_DAY_MS, [None, None]);
    table.start("early", THEN_MS, [Some(Rock), Some(Paper)]);
    table.start("between", THEN_MS + 1000, [None, Some(Rock)]);
    let mut golden = Golden::at(game.endpoint());
    golden.run("games list");
    golden.run("games list --output json");
    golden.run("games list --stack dev");
    golden.run("games list --stack dev --stuck --round-at-least 2 --older-than 1s");
    golden.run("games list --stack dev --round-at-least 3");
    golden.run("games show early --stack dev");
    golden.run("games show early --stack dev --reveal");
    golden.run("games show l --stack dev --output json");
    golden.run("games show e --stack dev --output json --reveal");
    golden.run("games show nope --stack dev");
    golden.run("games show bro --stack dev");
    golden.run("games end early nope --stack dev --yes");
    golden.is("games");
}

#[test]
fn the_list_ends_at_the_limit() {
    let game = LocalSystem::start();
    let table = Table::create(game.endpoint(), "rps-dev");
    for id in ["a", "b", "c"] {
        table.start(id, THEN_MS, [None, None]);
    }
    let more = "the list ends after 2 entries, but there are more: raise --limit to show them\n";
    for (limit, note) in [(2, more), (3, "")] {
        let line = format!("games list --stack dev --limit {limit} --output json");
        let ended = at(game.endpoint(), &line).ends(0);
        assert_eq!(ended.stderr, note);
        assert_eq!(ended.stdout.lines().count(), limit, "{ended:?}");
    }
}

/// AWS's clock decides how old or overdue a game is.
#[test]
fn a_fast_local_clock_makes_no_game_older() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.play("new", ["x", "y"], now_ms() - 600_000);
    let url = in_the_past(game.endpoint());
    for (options, here, in_the_past) in [("--stuck", 1, 0), ("--older-than 5m", 1, 0), ("", 1, 1)] {
        let line = format!("games list --output json {options}");
        for (endpoint, games) in [(game.endpoint(), here), (&*url, in_the_past)] {
            let ended = at(endpoint, line.trim_end()).ends(0);
            assert_eq!(ended.stdout.lines().count(), games, "{ended:?}");
            let is_stuck = ended.stdout.contains("past-time");
            assert!(endpoint == game.endpoint() || !is_stuck, "{ended:?}");
        }
    }
    at(&url, "games list").prints("in ");
}

/// While the mapping is paused, no timer is delivered, so a late game need not be stuck.
#[test]
fn a_paused_mapping_is_shown_with_its_remedy() {
    let (game, table, queues) = local();
    table.keep(&stranded("overdue"));
    let state = |line: &str| at(game.endpoint(), line).ends(0).rows()[0].clone();
    let list = "games list --output json";
    assert_eq!(state(list)["state"], "stuck");
    queues.turn(false);
    assert_eq!(state(list)["state"], "paused");
    at(game.endpoint(), "games list")
        .ends(0)
        .prints("┆ paused, overdue ");

    let mut watch = start(game.endpoint(), "games watch");
    let mut head = String::new();
    let stdout = watch.stdout.take().expect("piped");
    BufReader::new(stdout).read_line(&mut head).expect("a line");
    send("INT", watch.id());
    assert_eq!(watch.wait().expect("ends").code(), Some(0));
    let resume = format!("rpsctl queue resume --endpoint-url {}", game.endpoint());
    assert!(
        head.starts_with(&format!("local: 1 games, paused until `{resume}` (")),
        "{head}"
    );

    let shown = state("games show overdue --output json");
    let next = format!(
        "the mapping is paused: no round is decided until `{resume}`; then the player who has played wins"
    );
    assert_eq!(shown["next"], next);
    let words = resume.split(' ').skip(1).chain(["--yes"]);
    run(words).ends(0);
    assert_eq!(queues.state(), "Enabled");
}

/// The table is larger than one response of DynamoDB.
#[test]
fn the_list_reads_every_page() {
    let game = LocalSystem::start();
    let table = Table::create(game.endpoint(), "rps-dev");
    let much = "x".repeat(350_000);
    for id in 0..8 {
        table.put(&[("pk", &format!("C#{id}")), ("much", &much)]);
        table.start(&format!("game-{id}"), THEN_MS + id, [None, None]);
    }
    let ended = at(game.endpoint(), "games list --stack dev --output json").quietly();
    assert_eq!(ended.stdout.lines().count(), 8, "{ended:?}");
}

#[test]
fn an_endpoint_without_a_stack_is_local() {
    let game = LocalSystem::start();
    Table::at(game.endpoint(), "rps").start("here", THEN_MS, [None, None]);
    let listed = r#"{"v":1,"game":"here","room":null,"opponent":"player","started_at":"1970-01-01T00:00:00Z","round":2,"max_rounds":5,"decide_early":false,"presence":["present","present"],"deadline":"2023-11-14T22:13:20.123Z","plays":0,"closed":false,"stuck":"past-time","state":"stuck"}"#;
    let list = ["games", "list", "--output", "json", "--endpoint-url"];
    let by_option = run(list.iter().chain(&[game.endpoint()]));
    let by_environment = at(game.endpoint(), "games list --output json");
    for ended in [by_option, by_environment] {
        assert_eq!(ended.quietly().stdout.trim_end(), listed);
    }
}
