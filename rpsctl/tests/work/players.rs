//! Pairs of players who join one after the other, and play many games at the same time.

use std::sync::Arc;

use rps_game::{ErrorCode, Play};
use rps_testkit::player::Player;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// The number of pairs that connect in advance.
const AHEAD: usize = 4;

/// The maximum of running games. More would only wait for their round timers.
const MAX_RUNNING: usize = 512;

/// Plays games of rock against scissors, each in its own room or all without one. Returns the number of bytes that all
/// players received.
pub(crate) async fn play(url: &str, games: u32, in_rooms: bool) -> f64 {
    let permits = Arc::new(Semaphore::new(MAX_RUNNING));
    let (url, (ready, mut pairs)) = (url.to_owned(), mpsc::channel(AHEAD));
    let connecting = tokio::spawn(async move {
        for _ in 0..games {
            let pair = (Player::connect(&url).await, Player::connect(&url).await);
            ready.send(pair).await.expect("the receiver is open");
        }
    });
    let (mut running, mut received_bytes) = (JoinSet::new(), 0.0);
    for number in 0..games {
        let room = in_rooms.then(|| format!("room-{number}"));
        let permit = Arc::clone(&permits).acquire_owned().await.expect("open");
        let (mut first, mut second) = pairs.recv().await.expect("a pair");
        join(&mut first, room.as_deref()).await;
        expect(&mut first, "waiting").await;
        // The next pair joins only after this one has met, so that no pairs mix.
        join(&mut second, room.as_deref()).await;
        expect(&mut second, "game-started").await;
        running.spawn(async move {
            expect(&mut first, "game-started").await;
            let (winner, loser) = (
                finish(first, "rock", "won"),
                finish(second, "scissors", "lost"),
            );
            let bytes = tokio::join!(winner, loser);
            drop(permit);
            f64::from(bytes.0 + bytes.1)
        });
        while let Some(bytes) = running.try_join_next() {
            received_bytes += bytes.expect("a correct game");
        }
    }
    connecting.await.expect("all players connect");
    while let Some(bytes) = running.join_next().await {
        received_bytes += bytes.expect("a correct game");
    }
    received_bytes
}

/// Plays games against the house at the same time. The rules must allow one round only.
pub(crate) async fn play_the_house(url: &str, games: u32) {
    let mut running = JoinSet::new();
    for _ in 0..games {
        let mut player = Player::connect(url).await;
        running.spawn(async move {
            player.join_house().await;
            expect(&mut player, "game-started").await;
            player.play(Play::Rock, 1).await;
            expect(&mut player, "play-received").await;
            expect(&mut player, "game-over").await;
            while player.next_or_close().await.is_some() {}
        });
    }
    while let Some(game) = running.join_next().await {
        game.expect("a correct game");
    }
}

/// Plays games in which the first player resumes, while its earlier connection is still open.
pub(crate) async fn play_with_resumes(url: &str, games: u32) {
    let mut running = JoinSet::new();
    for _ in 0..games {
        let (mut first, mut second) = (Player::connect(url).await, Player::connect(url).await);
        first.join().await;
        expect(&mut first, "waiting").await;
        second.join().await;
        expect(&mut second, "game-started").await;
        let started = expect(&mut first, "game-started").await;
        let mut resumed = Player::connect(url).await;
        let (game, seat) = (&started["game"], &started["seat"]);
        resumed.resume(game.as_str().expect("an id"), seat).await;
        expect(&mut resumed, "game-resumed").await;
        first.expect_error(ErrorCode::AlreadyInAGame).await;
        running.spawn(async move {
            let (winner, loser) = (
                finish(resumed, "rock", "won"),
                finish(second, "scissors", "lost"),
            );
            tokio::join!(winner, loser);
        });
    }
    while let Some(game) = running.join_next().await {
        game.expect("a correct game");
    }
}

async fn join(player: &mut Player, room: Option<&str>) {
    match room {
        Some(room) => player.join_room(room).await,
        None => player.join().await,
    }
}

async fn finish(mut player: Player, play: &str, outcome: &str) -> u32 {
    let play = json!({ "action": "receive-play", "play": play, "round": 1 });
    player.say(play).await;
    // An answer after the window would make this another game than the measured one.
    expect(&mut player, "play-received").await;
    let over = expect(&mut player, "game-over").await;
    assert_eq!(
        (&over["outcome"], &over["reason"]),
        (&json!(outcome), &json!("plays"))
    );
    while let Some(repeat) = player.next_or_close().await {
        assert_eq!(repeat, over);
    }
    player.received_bytes
}

/// The next message of this type. On a busy machine, a call takes more than a second and is repeated: then an earlier
/// message arrives again.
async fn expect(player: &mut Player, kind: &str) -> Value {
    const ORDER: [&str; 5] = [
        "waiting",
        "game-started",
        "game-resumed",
        "play-received",
        "game-over",
    ];
    let position = |kind: &str| ORDER.iter().position(|it| *it == kind);
    loop {
        let message = player.next().await;
        if message["type"] == kind {
            return message;
        }
        let earlier = message["type"].as_str().and_then(position);
        assert!(earlier.is_some() && earlier < position(kind), "{message}");
    }
}
