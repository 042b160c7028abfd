//! `rpsctl play` while connections break.

use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use rps_testkit::proxy::CuttableProxy;
use rps_testkit::{player, wait};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Message, accept};

use crate::person::Person;
use crate::player::Player;
use crate::rpsctl::LocalSystem;

/// A person whose connection can be cut, in a game against a player who has played scissors.
fn person_in_a_game(game: &LocalSystem, options: &[&str]) -> (CuttableProxy, Person, Player) {
    let proxy = wait(CuttableProxy::to(game.page()));
    let mut opponent = Player::connect(game);
    assert_eq!(opponent.join(), "waiting");
    let person = Person::at(&proxy.socket(), options);
    assert_eq!(opponent.receive()["type"], "game-started");
    (proxy, person, opponent)
}

#[test]
fn a_lost_connection_does_not_end_the_game() {
    let game = LocalSystem::with(&["--play-window-s", "60", "--decide-early"]);
    let (proxy, mut person, mut opponent) = person_in_a_game(&game, &[]);
    person.reads("An opponent!");
    proxy.cut();
    person.reads("Connection lost, reconnecting to your game.");
    // It arrives while the person has no connection.
    opponent.play("scissors");
    proxy.restore();
    person.reads("You are back in your game.");
    person.types("rock");
    person.reads("You win: rock beats scissors.");
    person.types("n");
    let lines = person.ends();
    let secrets = lines.iter().filter(|line| line.contains("seat")).count();
    assert_eq!(secrets, 0, "{lines:?}");
}

/// The end of the round comes while the person has no connection. Its play counts.
#[test]
fn a_confirmed_play_survives_the_connection() {
    let game = LocalSystem::with(&["--play-window-s", "60", "--decide-early"]);
    let (proxy, mut person, opponent) = person_in_a_game(&game, &[]);
    person.types("paper");
    person.reads("Locked in. Both hands show once both have played.");
    proxy.cut();
    person.reads("Connection lost, reconnecting to your game.");
    proxy.restore();
    person.reads("You are back in your game.");
    person.reads("Locked in. Both hands show once both have played.");
    drop(opponent);
    person.interrupt();
    person.ends();
}

#[test]
fn a_game_that_ended_meanwhile_is_over() {
    let game = LocalSystem::start();
    let (proxy, mut person, opponent) = person_in_a_game(&game, &[]);
    person.reads("An opponent!");
    proxy.cut();
    person.reads("Connection lost, reconnecting to your game.");
    assert_eq!(opponent.rest().last().expect("an end")["type"], "game-over");
    proxy.restore();
    person.reads("Your game ended while you were away.");
    person.reads("Play again?");
    person.quits();
}

#[test]
fn another_connection_takes_the_seat() {
    let game = LocalSystem::with_window("60");
    let mut opponent = Player::connect(&game);
    assert_eq!(opponent.join(), "waiting");
    let mut program = Person::at(game.url(), &["--output", "json"]);
    let started: Value = serde_json::from_str(&program.reads("game-started")).expect("JSON");
    let id = started["game"].as_str().expect("an id");
    let mut other = wait(player::Player::connect(game.url()));
    wait(other.resume(id, &started["seat"]));
    assert_eq!(wait(other.next())["type"], "game-resumed");
    let lines = program.ends();
    let last: Value = serde_json::from_str(lines.last().expect("lines")).expect("JSON");
    let fields = [&last["type"], &last["code"]];
    assert_eq!(json!(fields), json!(["error", "already-in-a-game"]));
}

#[test]
fn a_player_who_waits_joins_the_same_room_again() {
    let game = LocalSystem::with_window("60");
    let proxy = wait(CuttableProxy::to(game.page()));
    let mut person = Person::at(&proxy.socket(), &["--room", "ours"]);
    person.reads("Waiting for your friend.");
    proxy.cut();
    person.reads("Connection lost, joining again.");
    proxy.restore();
    person.reads("Waiting for your friend.");
    let mut friend = Player::connect(&game);
    assert_eq!(friend.join_room("ours"), "game-started");
    person.reads("An opponent!");
    person.quits();
    friend.expect_end("won", "opponent-left");
}

const STARTED: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":60000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":"00112233445566778899aabbccddeeff"}"#;
const RESUMED: &str = r#"{"type":"game-resumed","game":"g","round":1,"play_within_ms":59000,"you":null,"max_rounds":5,"decide_early":false,"opponent":"player"}"#;
const OVER: &str = r#"{"type":"game-over","game":"g","rounds":1,"outcome":"lost","reason":"you-did-not-play","you":null,"opponent":"rock"}"#;
const TOO_LATE: &str = r#"{"type":"error","code":"too-late","message":"Late."}"#;
const PLAYS: &str = r#"{"type":"error","code":"already-in-a-game","message":"You play."}"#;

/// Serves these connections, one after the other. Each frame of the player contains the text, and gets these answers;
/// `close` closes the connection with code 1000. After its last step, a connection breaks.
fn serve(connections: &'static [&'static [(&str, &[&str])]]) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("ws://{}/", listener.local_addr().expect("bound"));
    let server = thread::spawn(move || {
        for steps in connections {
            let (stream, _) = listener.accept().expect("a player");
            let mut socket = accept(stream).expect("a handshake");
            for (text, answers) in *steps {
                let frame = socket.read().expect("a frame");
                assert!(frame.to_text().expect("text").contains(text), "{frame}");
                for answer in *answers {
                    if *answer == "close" {
                        let (code, reason) = (CloseCode::Normal, "".into());
                        let closing = socket.close(Some(CloseFrame { code, reason }));
                        closing.expect("sent");
                        while socket.read().is_ok() {}
                    } else {
                        socket.send(Message::text(*answer)).expect("sent");
                    }
                }
            }
        }
    });
    (url, server)
}

/// The connection breaks before the server confirms the play.
#[test]
fn an_unconfirmed_play_is_sent_again() {
    let (url, server) = serve(&[
        &[("join-game", &[STARTED]), ("paper", &[])],
        &[("resume-game", &[RESUMED]), ("paper", &[TOO_LATE, OVER])],
    ]);
    let mut person = Person::at(&url, &[]);
    person.types("paper");
    person.reads("You are back in your game.");
    person.reads("Your paper did not arrive in time.");
    person.reads("You lose: no play in time.");
    let lines = person.quits();
    let missed = lines
        .iter()
        .filter(|line| line.contains("in time."))
        .count();
    assert_eq!(missed, 2, "it is said once: {lines:?}");
    server.join().expect("no panic");
}

#[test]
fn a_person_learns_that_the_game_continues_elsewhere() {
    let (url, server) = serve(&[&[("join-game", &[STARTED, PLAYS, "close"])]]);
    let lines = Person::at(&url, &[]).ends();
    let last = lines.last().map(String::as_str);
    assert_eq!(
        last,
        Some("Your game continues in another tab or terminal.")
    );
    server.join().expect("no panic");
}
