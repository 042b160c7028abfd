//! `rpsctl play` in a pipe: two processes play each other.

use std::thread;

use crate::aws::{Table, server};
use crate::person::Person;
use crate::player::Player;
use crate::rpsctl::{Ended, LocalSystem, run, say};
use crate::terminal::Terminal;

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
            "Locked in. Both hands show when the time is up.",
            "Play again? [y]es, [r]ematch, [b]ot or [n]o",
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

/// The link in the lines that a person reads while it waits for a friend.
fn link(person: &mut Person) -> String {
    person.reads("Send your friend this link.");
    person.reads("#room=")
}

#[test]
fn friends_meet_in_a_room_and_play_a_rematch() {
    let game = LocalSystem::with(&["--play-window-s", "60", "--decide-early"]);
    let local = ["play", "--endpoint-url", game.endpoint(), "--room", "ours"];
    let mut first = Person::run(&local);
    first.reads("Waiting for your friend.");
    assert_eq!(link(&mut first), format!("{}#room=ours", game.page()));
    let stranger = Player::connect(&game).join();
    assert_eq!(stranger, "waiting", "a room has only friends");
    let mut second = Person::run(&local);
    for rock_wins in [true, false] {
        first.types(if rock_wins { "rock" } else { "scissors" });
        second.types(if rock_wins { "scissors" } else { "rock" });
        for person in [&mut first, &mut second] {
            person.reads("An opponent! 60 seconds to play.");
            person.reads("rock beats scissors.");
            person.reads("[r]ematch");
        }
        if rock_wins {
            second.types("r");
            second.reads("Waiting for the same opponent.");
            first.types("rematch");
        }
    }
    for mut person in [first, second] {
        person.types("n");
        person.ends();
    }
}

#[test]
fn a_friend_is_invited_by_the_page_or_a_command() {
    let game = LocalSystem::start();
    let table = Table::create(game.endpoint(), "rps-dev");
    let stack = ["play", "--stack", "dev", "--endpoint-url", game.endpoint()];
    let in_room = |room| [&stack[..], &[room]].concat();
    table.describe(game.url());
    let mut person = Person::run(&in_room("--room=-x"));
    person.reads("Your friend joins with this command:");
    let options = format!("--stack dev --endpoint-url {}", game.endpoint());
    let command = format!("`rpsctl play --room=-x {options}`");
    assert_eq!(person.reads("rpsctl"), command);
    person.quits();
    table.describe_with(&[("page", "https://page.example")], game.url());
    let mut person = Person::run(&in_room("--room=y"));
    assert_eq!(link(&mut person), "https://page.example/#room=y");
    person.quits();
    let mut person = Person::at(game.url(), &["--room=z"]);
    let command = format!("`rpsctl play --room=z --url {}`", game.url());
    assert_eq!(person.reads("rpsctl"), command);
    person.quits();
}

#[test]
fn invalid_rooms_are_refused() {
    let url = "ws://127.0.0.1:1/ws";
    let long = "x".repeat(41);
    for code in ["", "a b", "ü", &long] {
        let ended = run(["play", "--url", url, "--room", code]);
        let message = "a room's code has 1 to 40 of the characters A-Z, a-z, 0-9, '-' and '_'";
        ended.ends(2).notes(message);
    }
    let both = run(["play", "--url", url, "--room", "x", "--bot"]).ends(2);
    both.notes("the argument '--room <CODE>' cannot be used with '--bot'");
}

#[test]
fn the_bot_plays_at_once_and_again() {
    let game = LocalSystem::with(&["--play-window-s", "60", "--decide-early"]);
    let mut person = Person::at(game.url(), &["--bot"]);
    for _ in 0..2 {
        person.reads("You play the bot. 60 seconds to play.");
        // The play of the bot is random, so the number of rounds is too.
        loop {
            match person.reads("?").as_str() {
                "[r]ock, [p]aper or [s]cissors?" => person.types("rock"),
                line => break assert_eq!(line, "Play again? [y]es or [n]o"),
            }
        }
        // A late play does not answer the question.
        person.types("rock");
        person.types("");
    }
    person.reads("You play the bot.");
    person.quits();
}

#[test]
fn a_player_who_waits_is_offered_the_bot() {
    let game = LocalSystem::with_window("60");
    let mut person = Person::at(game.url(), &[]);
    person.reads("Waiting for an opponent.");
    person.reads("Nobody is here yet. Play the bot, or keep waiting.");
    person.reads("[b]ot or [q]uit?");
    person.types("b");
    person.reads("You play the bot. 60 seconds to play.");
    person.types("rock");
    person.reads("Locked in. Both hands show when the time is up.");
    person.interrupt();
    person.ends();
}

#[test]
fn a_narrow_terminal_shows_whole_words_and_asks_before_a_game_is_lost() {
    let game = LocalSystem::with_window("60");
    let terminal = Terminal {
        endpoint: game.endpoint(),
        columns: 40,
        no_color: "",
    };
    let line = format!("play --url {}", game.url());
    let shown = terminal.converse(
        &line,
        &[
            ("s  [b]ot  q leaves", "b"),
            ("[r]ock [p]aper [s]cissors  q leaves", "r"),
            ("rock. Locked in.  q leaves", "q"),
            // Ctrl-C is the second request.
            ("Leave and lose? Press q again.", "\u{3}"),
        ],
    );
    let wrapped = "Nobody is here yet. Play the bot, or\r\nkeep waiting.\r\n";
    assert!(shown.contains(wrapped), "{shown:?}");
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
