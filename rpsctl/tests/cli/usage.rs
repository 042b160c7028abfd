//! Wrong command lines, and games that are not there: one clear line, and the right exit code.

use std::net::TcpListener;

use crate::rpsctl::{Ended, run};

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
        ("play", "--url --local"),
        ("bots --games 2 --concurrency 2", "--url --local"),
        ("games list", "--stack --local"),
        ("--local games list --stack dev", "--local --stack"),
        ("--local play --url ws://127.0.0.1/", "--url --local"),
        ("cost --local --month november", "2026-11"),
        ("__function dance", "__function"),
    ] {
        one_line(&run(line.split(' ')), 2, says);
    }
}

#[test]
fn without_a_command_there_is_help() {
    run([""; 0]).ends(2).notes("rpsctl local --bots 2");
}

#[test]
fn help_is_data() {
    for args in [vec!["--help"], vec!["local", "--help"], vec!["--version"]] {
        let ended = run(&args).quietly();
        assert!(!ended.stdout.contains('\u{1b}'), "no colours in a pipe");
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
