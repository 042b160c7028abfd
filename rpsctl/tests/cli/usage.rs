//! Wrong command lines, and games that are not there: one clear line, and the right exit code.

use crate::rpsctl::{Ended, run};
use std::net::TcpListener;

/// One line on stderr that says all this, and nothing on stdout.
fn one_line(ended: &Ended, code: i32, says: &str) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    assert!(ended.stderr.starts_with("rpsctl: "), "{ended:?}");
    for word in says.split(' ') {
        assert!(ended.stderr.contains(word), "{word}: {ended:?}");
    }
}

#[test]
fn a_wrong_command_line() {
    for (line, says) in [
        ("dance", "dance"),
        ("local --porte 1", "--porte --port"),
        ("local --port 66000", "66000"),
        ("local --play-window-s 0", "1..=60"),
        ("local --play-window-s 61", "1..=60"),
        ("local --max-rounds 13", "1..=12"),
        ("local --lobby-shards 17", "1..=16"),
        ("local --concurrency 0", "--concurrency"),
        ("local --bots 1", "--bots"),
        ("play", "--url --local"),
        ("play --url http://127.0.0.1/", "ws://"),
        ("play --local --url ws://127.0.0.1/", "--url --local"),
        ("--local play --url ws://127.0.0.1/", "--url --local"),
        ("play --stack dev --url ws://127.0.0.1/", "--url --stack"),
        ("bots --games 2 --concurrency 2", "--url --local"),
        ("bots --local --games 0 --concurrency 2", "--games"),
        ("bots --local --games 2 --concurrency 1", "--concurrency"),
        ("bots --local --games 2", "--concurrency"),
        ("games list", "--stack --local"),
        ("--local games list --stack dev", "--local --stack"),
        ("games list --stack Dev", "lower-case"),
        (
            "games list --endpoint-url 127.0.0.1:4566",
            "http://127.0.0.1:4566",
        ),
        ("games list --local --limit 0", "--limit"),
        ("cost --local --month november", "2026-11"),
        ("cost --local --days 29", "1..=28"),
        ("free-tier --local --fail-over=-1", "80"),
        ("__function dance", "__function"),
    ] {
        one_line(&run(line.split(' ')), 2, says);
    }
}

#[test]
fn without_a_command_there_is_help() {
    let ended = run([""; 0]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("rpsctl local --bots 2"), "{ended:?}");
}

#[test]
fn help_is_data() {
    for args in [vec!["--help"], vec!["local", "--help"], vec!["--version"]] {
        let ended = run(&args);
        assert_eq!(
            (ended.code, ended.stderr.as_str()),
            (Some(0), ""),
            "{args:?}"
        );
        assert!(!ended.stdout.contains('\u{1b}'), "no colours in a pipe");
        assert!(!ended.stdout.contains("__function"), "hidden");
    }
}

#[test]
fn a_game_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("ws://{}/ws", listener.local_addr().expect("bound"));
    drop(listener);
    for line in ["play", "bots --games 9 --concurrency 9"] {
        let line = format!("{line} --url {url}");
        one_line(&run(line.split(' ')), 1, &format!("{url} rpsctl local"));
    }
}
