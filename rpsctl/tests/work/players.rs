//! Players who pair off one after the other, and play many games at a time.

use std::sync::Arc;

use rps_testkit::player::Player;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// Pairs that are connected before they can join.
const AHEAD: usize = 4;

/// Games that are begun and not over. There is no need for more: they wait for their end.
const AT_A_TIME: usize = 512;

/// Plays so many games, rock against scissors; the bytes that all players were sent.
pub(crate) async fn play(url: &str, games: u32) -> f64 {
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    let (url, (ready, mut pairs)) = (url.to_owned(), mpsc::channel(AHEAD));
    let connecting = tokio::spawn(async move {
        for _ in 0..games {
            let pair = (Player::connect(&url).await, Player::connect(&url).await);
            ready.send(pair).await.expect("somebody who plays");
        }
    });
    let (mut playing, mut heard_bytes) = (JoinSet::new(), 0.0);
    for _ in 0..games {
        let place = Arc::clone(&places).acquire_owned().await.expect("open");
        let (mut first, mut second) = pairs.recv().await.expect("a pair");
        first.join().await;
        expect(&mut first, "waiting").await;
        // The next pair comes when this one has met: nobody loses a race for the lobby.
        second.join().await;
        expect(&mut second, "game-started").await;
        playing.spawn(async move {
            expect(&mut first, "game-started").await;
            let (winner, loser) = (
                finish(first, "rock", "won"),
                finish(second, "scissors", "lost"),
            );
            let heard = tokio::join!(winner, loser);
            drop(place);
            f64::from(heard.0 + heard.1)
        });
        while let Some(done) = playing.try_join_next() {
            heard_bytes += done.expect("a game as it should be");
        }
    }
    connecting.await.expect("all are connected");
    while let Some(done) = playing.join_next().await {
        heard_bytes += done.expect("a game as it should be");
    }
    heard_bytes
}

async fn finish(mut player: Player, play: &str, outcome: &str) -> u32 {
    let play = json!({ "action": "receive-play", "play": play, "round": 1 });
    player.say(play).await;
    // An answer that is late by the whole window would be another game than the one that is measured.
    expect(&mut player, "play-received").await;
    let over = expect(&mut player, "game-over").await;
    assert_eq!(
        (&over["outcome"], &over["reason"]),
        (&json!(outcome), &json!("plays"))
    );
    assert_eq!(player.close_code().await, 1000);
    player.heard_bytes
}

async fn expect(player: &mut Player, kind: &str) -> Value {
    let message = player.next().await;
    assert_eq!(message["type"], kind, "{message}");
    message
}
