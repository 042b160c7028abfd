//! `rpsctl play` in a pipe: two processes play each other.

use std::thread;

use crate::aws::server;
use crate::rpsctl::{Ended, LocalSystem, run, say};

/// Runs two players with these lines on stdin and these additional arguments.
fn two(game: &LocalSystem, lines: [&str; 2], more: &[&str]) -> [Ended; 2] {
    let args = ["play", "--url", game.url()];
    let args: Vec<&str> = args.iter().chain(more).copied().collect();
    thread::scope(|scope| {
        lines
            .map(|lines| scope.spawn(|| say(&args, lines)))
            .map(|player| player.join().expect("plays"))
    })
}

#[test]
fn a_game_is_played_by_lines() {
    let game = LocalSystem::with_window("3");
    let [won, lost] = two(&game, ["rock\nn\n", "what?\nS\nn\n"], &[]);
    lost.prints("Invalid play: type r, p or s.");
    for (ended, you, opponent, end) in [
        (won, "rock", "scissors", "You win: rock beats scissors."),
        (lost, "scissors", "rock", "You lose: rock beats scissors."),
    ] {
        let ended = ended.quietly();
        for line in [
            "An opponent! 3 seconds to play.",
            &format!("You play {you}."),
            &format!("you: {you}   opponent: {opponent}"),
            end,
            "Play again? [y/n]",
        ] {
            ended.prints(&format!("{line}\n"));
        }
        assert!(!ended.stdout.contains('\u{1b}'), "no colours in a pipe");
    }
}

#[test]
fn a_draw_and_another_game() {
    let game = LocalSystem::with_window("3");
    // Round 1 is drawn, round 2 decides, then both play another game. The end of stdin quits.
    let players = two(&game, ["p\np\ny\nr", "p\ns\ny\np"], &[]);
    let ends = [
        [
            "You lose: scissors cut paper.",
            "You lose: paper beats rock.",
        ],
        ["You win: scissors cut paper.", "You win: paper beats rock."],
    ];
    for (ended, ends) in players.iter().zip(ends) {
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.prints("Round 1: paper twice, a draw.\nRound 2: 3 seconds to play.");
        for end in ends {
            ended.prints(end);
        }
    }
}

#[test]
fn json_output_has_the_server_messages() {
    let game = LocalSystem::start();
    for ended in two(&game, ["", ""], &["--output", "json"]) {
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let last = ended.stdout.lines().last().expect("lines");
        let last: serde_json::Value = serde_json::from_str(last).expect("JSON");
        assert_eq!(last["reason"], "nobody-played", "{ended:?}");
    }
}

#[test]
fn a_refused_player_learns_the_possible_causes() {
    for (status, message) in [
        (
            403,
            "HTTP 403 Forbidden; check that the stack is still deployed, and that blockedCidrs does not contain your address",
        ),
        (
            503,
            "HTTP 503 Service Unavailable; the game is closed (acceptPlayers), or AWS fails; try again later",
        ),
    ] {
        let url = server(move |_| (status, String::new())).replace("http", "ws") + "/";
        let ended = run(["play", "--url", &url]);
        ended.says(1, &format!("{url} refused the connection: {message}"));
    }
}
