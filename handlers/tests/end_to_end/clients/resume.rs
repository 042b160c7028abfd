//! The connection of a client breaks in a game, and the client takes its seat again.

use std::time::Duration;

use rps_game::Play::Rock;
use rps_testkit::player::Player;
use rps_testkit::soon;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::super::system::TestSystem;
use super::scripted::{ClientConnection, ScriptedServer, run};
use super::{Client, last_line};

const SEAT: &str = "0123456789abcdef0123456789abcdef";

/// Node may end a pause a millisecond early.
const TIMER_ERROR: Duration = Duration::from_millis(10);

fn started() -> Value {
    json!({
        "type": "game-started", "game": "g", "round": 1, "play_within_ms": 5000, "max_rounds": 5,
        "decide_early": false, "opponent": "player", "seat": SEAT,
    })
}

fn resumed(round: u32, you: &Value) -> Value {
    json!({
        "type": "game-resumed", "game": "g", "round": round, "play_within_ms": 4000, "you": you,
        "max_rounds": 5, "decide_early": false, "opponent": "player",
    })
}

fn drawn(round: u32, play: &Value) -> Value {
    json!({
        "type": "round-drawn", "game": "g", "round": round, "you": play, "opponent": play,
        "next_round": round + 1, "play_within_ms": 5000,
    })
}

fn over() -> Value {
    json!({
        "type": "game-over", "game": "g", "rounds": 3, "outcome": "won", "reason": "plays",
        "you": "rock", "opponent": "scissors",
    })
}

fn error(code: &str) -> Value {
    json!({"type": "error", "code": code, "message": format!("This is {code}.")})
}

/// Starts a game with the client. Returns its connection and its play.
async fn start(server: &ScriptedServer) -> (ClientConnection, Value) {
    let mut connection = server.accept().await;
    connection.expect(&json!({"action": "join-game"})).await;
    // A repeated join may get this error before its game starts. Then no other connection has the seat.
    let early = error("already-in-a-game");
    connection.send(&[&early, &started()]).await;
    let play = connection.expect_play(1).await;
    (connection, play)
}

/// Expects the client on a new connection, with `resume-game` as its first message.
async fn accept_resume(server: &ScriptedServer) -> ClientConnection {
    let mut connection = server.accept().await;
    expect_resume(&mut connection).await;
    connection
}

async fn expect_resume(connection: &mut ClientConnection) {
    let resume = json!({"action": "resume-game", "game": "g", "seat": SEAT});
    connection.expect(&resume).await;
}

/// Refuses three connections of the client, and checks its pauses.
async fn refuse_connections(server: &ScriptedServer) {
    let mut since = Instant::now();
    for shortest_ms in [250, 500, 1000] {
        // The TCP connection closes before the WebSocket handshake.
        drop(server.accept_tcp().await);
        let pause = since.elapsed() + TIMER_ERROR;
        assert!(pause >= Duration::from_millis(shortest_ms), "{pause:?}");
        since = Instant::now();
    }
}

/// Breaks the connection in each round.
async fn break_connections(server: &ScriptedServer) {
    // Dropping a connection closes TCP without a close frame.
    let (connection, lost) = start(server).await;
    drop(connection);
    let mut connection = accept_resume(server).await;
    connection.send(&[&resumed(1, &Value::Null)]).await;
    connection.expect(&lost).await;
    drop(connection);

    let mut connection = accept_resume(server).await;
    connection.send(&[&error("try-again")]).await;
    expect_resume(&mut connection).await;
    // The play of this round is recorded, so the next message is a play of the next round.
    let play = &lost["play"];
    connection.send(&[&resumed(1, play), &drawn(1, play)]).await;
    connection.expect_play(2).await;
    drop(connection);

    refuse_connections(server).await;
    let mut connection = accept_resume(server).await;
    // The client has missed a draw.
    connection.send(&[&resumed(3, &Value::Null)]).await;
    connection.expect_play(3).await;
    // This answer to a play does not end the client: its result follows.
    connection.send(&[&error("not-in-a-game")]).await;
    connection.close(Some(CloseCode::Away)).await;

    let mut connection = accept_resume(server).await;
    connection.send(&[&over()]).await;
    let next = connection.next().await;
    assert_eq!(next, None, "the client leaves after game-over");
}

async fn takes_its_seat_again(client: Client) {
    let output = run(client, break_connections).await.expect_code(0);
    let lines = output.lines();
    let rounds = lines.filter(|line| line.starts_with("Round ")).count();
    assert_eq!(rounds, 3, "one play in each round: {output}");
    let over = "won, plays: rock against scissors.";
    assert_eq!(last_line(&output), over, "{output}");
}

async fn ends_if_the_game_is_over(client: Client) {
    let end_meanwhile = async |server: &ScriptedServer| {
        drop(start(server).await);
        let mut connection = accept_resume(server).await;
        connection.send(&[&error("not-in-a-game")]).await;
        assert_eq!(connection.next().await, None);
    };
    let result = run(client, end_meanwhile).await;
    result.expect_failure("The game is over.");
}

/// `run` asserts that the client does not connect again.
async fn leaves_its_seat_to_another_connection(client: Client) {
    let take = async |server: &ScriptedServer| {
        let (mut connection, _) = start(server).await;
        // A repeated `game-started` does not give it the seat again.
        let taken = error("already-in-a-game");
        connection.send(&[&taken, &started()]).await;
        drop(connection);
    };
    run(client.clone(), take).await.expect_closed();
    let take_again = async |server: &ScriptedServer| {
        drop(start(server).await);
        let mut connection = accept_resume(server).await;
        let taken = error("already-in-a-game");
        connection
            .send(&[&resumed(1, &json!("rock")), &taken])
            .await;
        connection.close(Some(CloseCode::Normal)).await;
    };
    run(client.clone(), take_again).await.expect_closed();
    // The error may be lost.
    let close = async |server: &ScriptedServer| {
        let (connection, _) = start(server).await;
        connection.close(Some(CloseCode::Normal)).await;
    };
    run(client, close).await.expect_closed();
}

async fn gives_up_without_a_server(client: Client) {
    let vanish = async |server: &ScriptedServer| {
        drop(start(server).await);
        refuse_connections(server).await;
    };
    run(client.impatient(), vanish).await.expect_closed();
}

async fn resumes(client: Client) {
    takes_its_seat_again(client.clone()).await;
    ends_if_the_game_is_over(client.clone()).await;
    leaves_its_seat_to_another_connection(client.clone()).await;
    gives_up_without_a_server(client).await;
}

#[tokio::test]
#[ignore = "needs Node"]
async fn the_javascript_client_resumes() {
    resumes(Client::javascript().await).await;
}

#[tokio::test]
#[ignore = "needs Python and its package websockets"]
async fn the_python_client_resumes() {
    resumes(Client::python().await).await;
}

/// A proxy that cuts its first connection instead of forwarding the first `play-received`, and forwards the second
/// connection.
async fn cutting_proxy(server: &str) -> (String, JoinHandle<()>) {
    let address = server.trim_start_matches("ws://").trim_end_matches("/ws");
    let address = address.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("ws://{}/ws", listener.local_addr().expect("bound"));
    let proxy = tokio::spawn(async move {
        let connect = async || {
            let (client, _) = listener.accept().await.expect("a client");
            let server = TcpStream::connect(&address).await.expect("a server");
            (client, server)
        };
        let (client, server) = connect().await;
        forward_until_a_play(client, server).await;
        let (mut client, mut server) = connect().await;
        // The client's exit may reset its connection.
        drop(copy_bidirectional(&mut client, &mut server).await);
    });
    (url, proxy)
}

async fn forward_until_a_play(mut client: TcpStream, mut server: TcpStream) {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let forward_answers = async {
        let mut buffer = [0; 4096];
        loop {
            let length = from_server.read(&mut buffer).await.expect("an answer");
            let answer = &buffer[..length];
            if String::from_utf8_lossy(answer).contains("play-received") {
                return;
            }
            to_client.write_all(answer).await.expect("forwarded");
        }
    };
    tokio::select! {
        () = forward_answers => {}
        _ = copy(&mut from_client, &mut to_server) => panic!("the client leaves"),
    }
}

/// Plays rock in every round, and returns `game-over`.
async fn play_rock(player: &mut Player) -> Value {
    loop {
        let message = player.next().await;
        let round = match message["type"].as_str() {
            Some("game-over") => return message,
            Some("game-started") => &message["round"],
            Some("round-drawn") => &message["next_round"],
            _ => continue,
        };
        let round = round.as_u64().and_then(|round| u32::try_from(round).ok());
        player.play(Rock, round.expect("a round")).await;
    }
}

#[tokio::test]
#[ignore = "needs Node and Python"]
async fn the_clients_resume_in_the_running_game() {
    let system = TestSystem::with_window(5).await;
    for client in [Client::javascript().await, Client::python().await] {
        let (url, proxy) = cutting_proxy(system.url()).await;
        let mut opponent = system.player().await;
        opponent.join().await;
        opponent.expect(json!({"type": "waiting"})).await;
        let (result, over) = tokio::join!(client.play(url), play_rock(&mut opponent));
        let output = result.expect_code(0);
        soon(proxy).await.expect("a second connection");
        let outcome = match over["outcome"].as_str() {
            Some("won") => "lost",
            Some("lost") => "won",
            _ => "drawn",
        };
        let [reason, play] = ["reason", "opponent"].map(|key| over[key].as_str().expect(key));
        let expected = format!("{outcome}, {reason}: {play} against rock.");
        assert_eq!(last_line(&output), expected, "{output}");
    }
    system.end().await;
}
