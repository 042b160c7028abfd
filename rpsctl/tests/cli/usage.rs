//! An invalid command line or a missing game is one line on stderr, with the right exit code.

use std::net::TcpListener;

use crate::rpsctl::{Ended, run, run_with};

/// Checks that stderr is one line with all these words, and stdout is empty.
fn assert_one_line(ended: &Ended, code: i32, words: &str) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    assert!(ended.stderr.starts_with("rpsctl: "), "{ended:?}");
    for word in words.split(' ') {
        assert!(ended.stderr.contains(word), "{word}: {ended:?}");
    }
}

#[test]
fn an_invalid_command_line_is_one_line() {
    for (line, words) in [
        ("dance", "dance"),
        ("play", "--url --local"),
        ("bots --games 2 --concurrency 2", "--url --local"),
        ("games list", "--stack --local"),
        ("--local games list --stack dev", "--local --stack"),
        ("--local play --url ws://127.0.0.1/", "--url --local"),
        ("cost --local --month november", "2026-11"),
        ("__function dance", "__function"),
    ] {
        assert_one_line(&run(line.split(' ')), 2, words);
    }
}

#[test]
fn read_only_mode_refuses_games() {
    let message = "no game was played: --read-only or RPSCTL_READ_ONLY is set, and a game changes the target; unset it to play";
    for line in ["play", "bots --games 9 --concurrency 9"] {
        let line = format!("{line} --url ws://127.0.0.1:1/ws");
        run(format!("--read-only {line}").split(' ')).says(3, message);
        run_with(&[("RPSCTL_READ_ONLY", "1")], line.split(' ')).says(3, message);
    }
}

#[test]
fn rpsctl_without_a_command_prints_help() {
    run([""; 0]).ends(2).notes("rpsctl local --bots 1");
}

#[test]
fn help_goes_to_stdout_without_colours() {
    for args in [vec!["--help"], vec!["local", "--help"], vec!["--version"]] {
        let ended = run(&args).quietly();
        assert!(!ended.stdout.contains('\u{1b}'), "no colours in a pipe");
    }
}

#[test]
fn an_unreachable_game_is_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("ws://{}/ws", listener.local_addr().expect("bound"));
    drop(listener);
    for line in ["play", "bots --games 9 --concurrency 9"] {
        let line = format!("{line} --url {url}");
        assert_one_line(&run(line.split(' ')), 1, &format!("{url} rpsctl local"));
    }
}
