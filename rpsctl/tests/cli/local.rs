//! `rpsctl local`: its ready line, its port and its end.

use std::net::{TcpListener, UdpSocket};

use rps_testkit::player::Error;
use rps_testkit::{until, wait};

use crate::player::Player;
use crate::rpsctl::{LocalSystem, is_alive, rpsctl, run};

#[test]
fn local_prints_one_line_and_stops_its_processes() {
    for signal in ["TERM", "INT"] {
        let game = LocalSystem::start();
        let fields = game.ready.as_object().expect("an object");
        let names = [
            "endpoint",
            "management_url",
            "page",
            "queue_url",
            "table",
            "url",
        ];
        assert_eq!(fields.keys().collect::<Vec<_>>(), names);
        assert!(game.url().starts_with("ws://127.0.0.1:"), "{}", game.url());
        assert!(game.url().ends_with("/ws"), "{}", game.url());

        let line = format!("bots --games 1 --concurrency 2 --url {}", game.url());
        run(line.split(' ')).ends(0);
        let functions = game.children();
        assert!(functions.len() >= 4, "one for each function: {functions:?}");

        let (status, rest) = game.end(signal);
        assert_eq!((status.code(), rest.as_str()), (Some(0), ""), "{signal}");
        let alive: Vec<u32> = functions.into_iter().filter(|id| is_alive(*id)).collect();
        assert!(alive.is_empty(), "{signal}: {alive:?}");
    }
}

#[test]
fn one_bot_waits_for_a_person_game_after_game() {
    let (game, mut log) = LocalSystem::with_a_bot();
    for _ in 0..2 {
        assert!(log.any(|line| line.ends_with("bot 1         waits for an opponent")));
        let mut player = Player::connect(&game);
        assert_eq!(player.join(), "game-started", "without waiting");
        let over = player.rest().pop().expect("a message");
        assert_eq!(over["reason"], "you-did-not-play");
    }
}

/// A machine without a network has no address for others.
#[test]
fn other_machines_get_the_page_if_there_is_a_network() {
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    if socket.connect("192.0.2.1:9").is_err() {
        let refusal = "cannot find this machine's address: connect it to a network, or omit --lan";
        run(["local", "--port", "0", "--lan"])
            .ends(1)
            .notes(refusal);
        return;
    }
    let game = LocalSystem::with(&["--lan"]);
    let lan = game.ready["lan"].as_str().expect("a URL");
    let address = socket.local_addr().expect("bound").ip();
    assert!(lan.starts_with(&format!("http://{address}:")), "{lan}");
    let url = format!("{}ws", lan.replace("http", "ws"));
    let line = format!("bots --games 1 --concurrency 2 --url {url}");
    run(line.split(' ')).ends(0);
}

#[test]
fn a_port_in_use_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port().to_string();
    let ended = run(["local", "--port", &port]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    let expected =
        format!("rpsctl: port {port} is in use; pass another --port, or --port 0 for a free one");
    assert!(ended.stderr.starts_with(&expected), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
}

#[test]
fn the_limits_throttle_and_belong_together() {
    for (option, other) in [
        ("--rate-limit", "--burst-limit"),
        ("--burst-limit", "--rate-limit"),
    ] {
        run(["local", "--port", "0", option, "5"])
            .ends(2)
            .notes(other);
    }
    let game = LocalSystem::with(&["--rate-limit", "5", "--burst-limit", "5"]);
    // A slow machine may get a new token between two connections.
    wait(until(async || {
        let connected = rps_testkit::player::Player::connect_with(game.url(), &[]).await;
        matches!(connected, Err(Error::Http(response)) if response.status() == 429)
    }));
}

#[test]
fn a_closed_pipe_is_no_panic() {
    // Closed before the first line: a later close may come after all output.
    let (reader, stdout) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut local = rpsctl(["local", "--port", "0"]);
    let output = local.stdout(stdout).output().expect("ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
