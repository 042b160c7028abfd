//! A player who replaces a lost connection.

use std::time::Duration;

use futures_util::StreamExt;
use rps_testkit::soon;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::{FAST, JOIN, OVER, STARTED, Server, WAITING, next_message, read, write};
use crate::players::client::JoinKind;
use crate::players::client::player::{Player, Timing};

const RECOVERING: Timing = Timing {
    recover: Duration::from_mins(1),
    ..FAST
};

const JOIN_ROOM: &str = r#"{"action":"join-game","room":"r"}"#;
const JOIN_HOUSE: &str = r#"{"action":"join-game","opponent":"bot"}"#;
const SEATED: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":"00112233445566778899aabbccddeeff"}"#;
const RESUME: &str =
    r#"{"action":"resume-game","game":"g","seat":"00112233445566778899aabbccddeeff"}"#;
const RESUMED: &str = r#"{"type":"game-resumed","game":"g","round":1,"play_within_ms":90,"you":null,"max_rounds":5,"decide_early":false,"opponent":"player"}"#;
const NO_GAME: &str = r#"{"type":"error","code":"not-in-a-game","message":"It is over."}"#;
const PLAYS: &str = r#"{"type":"error","code":"already-in-a-game","message":"You play."}"#;

/// The server's answer to a frame of the player.
type Step = (&'static str, &'static str);

/// The end of a connection.
#[derive(Clone, Copy)]
enum End {
    Open,
    /// Without a close frame.
    Broken,
    Close(CloseCode),
}

/// Serves one connection. Returns it if it stays open.
async fn serve(server: &Server, steps: &[Step], end: End) -> Option<WebSocketStream<TcpStream>> {
    let mut socket = server.accept().await;
    for (frame, answer) in steps {
        if !frame.is_empty() {
            assert_eq!(read(&mut socket).await.as_deref(), Some(*frame));
        }
        write(&mut socket, answer).await;
    }
    match end {
        End::Open => Some(socket),
        End::Broken => None,
        End::Close(code) => {
            let reason = "".into();
            let closing = socket.close(Some(CloseFrame { code, reason }));
            closing.await.unwrap();
            None
        }
    }
}

/// Plays against a server with these connections, and checks the beginnings of the player's messages and events.
async fn check(kind: JoinKind, timing: Timing, connections: &[(&[Step], End)], events: &[&str]) {
    let (server, address) = Server::start().await;
    let serving = async {
        let mut open = Vec::new();
        for (steps, end) in connections {
            open.push(serve(&server, steps, *end).await);
        }
        open
    };
    let playing = async {
        let mut player = Player::join_with(&address, kind, timing).await.unwrap();
        for event in events {
            let next = next_message(&mut player).await;
            assert!(next.starts_with(event), "{event}: {next}");
        }
        player
    };
    Box::pin(soon(async { tokio::join!(serving, playing) })).await;
}

fn room() -> JoinKind {
    JoinKind::Room("r".parse().unwrap())
}

#[tokio::test]
async fn a_broken_game_is_resumed() {
    for end in [End::Broken, End::Close(CloseCode::Away)] {
        let lost: (&[Step], End) = (&[(JOIN, SEATED)], end);
        let again: (&[Step], End) = (&[(RESUME, RESUMED)], End::Broken);
        let end_of_game: (&[Step], End) = (&[(RESUME, OVER)], End::Open);
        let events = [SEATED, "Lost", RESUMED, "Lost", OVER];
        check(
            JoinKind::Anyone,
            RECOVERING,
            &[lost, again, end_of_game],
            &events,
        )
        .await;
    }
}

#[tokio::test]
async fn a_player_who_waits_joins_the_same_room_again() {
    for end in [
        End::Broken,
        End::Close(CloseCode::Away),
        End::Close(CloseCode::Normal),
    ] {
        let lost: (&[Step], End) = (&[(JOIN_ROOM, WAITING)], end);
        let again: (&[Step], End) = (&[(JOIN_ROOM, WAITING), ("", STARTED)], End::Open);
        let events = [WAITING, "Lost", WAITING, STARTED];
        check(room(), RECOVERING, &[lost, again], &events).await;
    }
}

#[tokio::test]
async fn a_seat_that_another_connection_has_is_not_taken_back() {
    for end in [End::Broken, End::Close(CloseCode::Normal)] {
        let replaced: (&[Step], End) = (&[(JOIN, SEATED), ("", PLAYS)], end);
        check(
            JoinKind::Anyone,
            RECOVERING,
            &[replaced],
            &[SEATED, PLAYS, "End(Replaced"],
        )
        .await;
    }
    // Without that message, the game is over.
    let finished: (&[Step], End) = (&[(JOIN, SEATED)], End::Close(CloseCode::Normal));
    check(
        JoinKind::Anyone,
        RECOVERING,
        &[finished],
        &[SEATED, "End(Closed"],
    )
    .await;
}

/// If the game has just ended, its outcome may come after the error.
#[tokio::test]
async fn a_game_that_ended_meanwhile_is_over() {
    let lost: (&[Step], End) = (&[(JOIN, SEATED)], End::Broken);
    let gone: (&[Step], End) = (&[(RESUME, NO_GAME)], End::Open);
    let events = [SEATED, "Lost", NO_GAME, "End(Missed"];
    check(JoinKind::Anyone, RECOVERING, &[lost, gone], &events).await;
    let gone: (&[Step], End) = (&[(RESUME, NO_GAME)], End::Broken);
    check(JoinKind::Anyone, RECOVERING, &[lost, gone], &events).await;
    let over: (&[Step], End) = (&[(RESUME, NO_GAME), ("", OVER)], End::Open);
    let events = [SEATED, "Lost", NO_GAME, OVER];
    let outcome = Duration::from_mins(1);
    let timing = Timing {
        outcome,
        ..RECOVERING
    };
    check(JoinKind::Anyone, timing, &[lost, over], &events).await;
}

#[tokio::test]
async fn a_player_who_waits_asks_for_the_house() {
    let (server, address) = Server::start().await;
    let serving = serve(
        &server,
        &[(JOIN, WAITING), (JOIN_HOUSE, PLAYS), ("", SEATED)],
        End::Open,
    );
    let playing = async {
        let mut player = Player::join_with(&address, JoinKind::Anyone, RECOVERING)
            .await
            .unwrap();
        assert_eq!(next_message(&mut player).await, WAITING);
        player.ask_for(JoinKind::House);
        for message in [PLAYS, SEATED] {
            assert_eq!(next_message(&mut player).await, message);
        }
        // A game runs: there is nothing to ask for.
        player.ask_for(JoinKind::House);
        player
    };
    let (socket, player) = Box::pin(soon(async { tokio::join!(serving, playing) })).await;
    let mut socket = socket.expect("open");
    let leaving = async {
        match socket.next().await {
            Some(Ok(Message::Close(Some(frame)))) => assert_eq!(frame.code, CloseCode::Normal),
            other => panic!("{other:?}"),
        }
        while socket.next().await.is_some_and(|frame| frame.is_ok()) {}
    };
    soon(async { tokio::join!(player.leave(), leaving) }).await;
}

#[tokio::test]
async fn a_server_that_stays_away_ends_the_game() {
    let (server, address) = Server::start().await;
    let serving = async {
        serve(&server, &[(JOIN, SEATED)], End::Broken).await;
        drop(server);
    };
    let playing = async {
        let recover = Duration::from_millis(50);
        let timing = Timing { recover, ..FAST };
        let mut player = Player::join_with(&address, JoinKind::Anyone, timing)
            .await
            .unwrap();
        for event in [SEATED, "Lost", "End(Broken(\"cannot reach the game"] {
            let next = next_message(&mut player).await;
            assert!(next.starts_with(event), "{event}: {next}");
        }
        assert!(player.next().await.is_none());
    };
    Box::pin(soon(async { tokio::join!(serving, playing) })).await;
}
