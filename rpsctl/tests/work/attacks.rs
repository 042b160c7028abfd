//! Each attack uses what docs/costs.md says.

use futures_util::SinkExt;
use rps_game::Play;
use rps_testkit::attack::{Attack, CONNECT, DRAW, HOLD, LEAVE, LONG_MESSAGE};
use rps_testkit::player::Player;
use rps_testkit::rpsctl::LocalSystem;
use rps_testkit::wait;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::measured::{READS, Work};

/// The largest frame that API Gateway accepts.
const FRAME: usize = 32 * 1024;

#[test]
fn connect() {
    measure(&CONNECT, "5", 50, async |url, steps| {
        for _ in 0..steps {
            Player::connect(&url).await.close().await;
        }
    });
}

#[test]
fn hold() {
    measure(&HOLD, "5", 200, async |url, steps| {
        let mut player = Player::connect(&url).await;
        for _ in 0..steps {
            send_long(
                &mut player,
                json!({"action": "receive-play", "play": "rock"}),
            )
            .await;
            assert_eq!(player.next().await["code"], "not-in-a-game");
        }
    });
}

#[test]
fn leave() {
    measure(&LEAVE, "5", 50, async |url, steps| {
        for _ in 0..steps {
            let [first, mut second] = pair(&url).await;
            first.close().await;
            assert_eq!(second.next().await["reason"], "opponent-left");
            assert_eq!(second.close_code().await, 1000);
        }
    });
}

#[test]
fn draw() {
    measure(&DRAW, "3", 10, async |url, steps| {
        let mut games = JoinSet::new();
        for _ in 0..steps {
            games.spawn(draw_five_rounds(pair(&url).await));
        }
        games.join_all().await;
    });
}

fn measure(attack: &Attack, window_s: &str, steps: u32, run: impl AsyncFnOnce(String, u32)) {
    let system = LocalSystem::with_window(window_s);
    wait(run(system.url().to_owned(), steps));
    let mut exactly = vec![
        ("billed messages", attack.messages),
        ("write units", attack.write_units),
        (READS, attack.read_units),
        ("SQS messages", attack.sqs_requests),
    ];
    // A test cannot wait for the idle timeout.
    if attack.name != HOLD.name {
        exactly.push(("billed connection-minutes", attack.connection_minutes));
    }
    let work = wait(Work::when(&system, steps, &exactly));
    println!("\n{}, each step:\n{work}", attack.name);
    work.assert_exactly(&exactly);
    work.assert_at_most("log bytes", attack.log_bytes);
    // Round timers may share an invocation.
    work.assert_at_most("invocations of", attack.invocations);
    assert!(work.per_game("invocations of") > 0.9 * attack.invocations);
}

/// Starts a game of two players who send long messages.
async fn pair(url: &str) -> [Player; 2] {
    let mut players = [Player::connect(url).await, Player::connect(url).await];
    for (player, answer) in players.iter_mut().zip(["waiting", "game-started"]) {
        send_long(player, json!({"action": "join-game"})).await;
        assert_eq!(player.next().await["type"], answer);
    }
    assert_eq!(players[0].next().await["type"], "game-started");
    players
}

async fn draw_five_rounds(mut players: [Player; 2]) {
    for round in 1..=5 {
        for player in &mut players {
            let play = json!({"action": "receive-play", "play": Play::Rock, "round": round});
            send_long(player, play).await;
            assert_eq!(player.next().await["type"], "play-received");
        }
        for player in &mut players {
            let end = player.next().await;
            let expected = if round == 5 {
                "game-over"
            } else {
                "round-drawn"
            };
            assert_eq!(end["type"], expected, "{end}");
        }
    }
    for mut player in players {
        assert_eq!(player.close_code().await, 1000);
    }
}

/// Sends a message that spaces make as long as API Gateway accepts.
async fn send_long(player: &mut Player, message: Value) {
    let mut text = message.to_string();
    text.push_str(&" ".repeat(LONG_MESSAGE - text.len()));
    let frames = text.as_bytes().chunks(FRAME).enumerate();
    for (index, part) in frames {
        let data = if index == 0 {
            Data::Text
        } else {
            Data::Continue
        };
        let is_last = (index + 1) * FRAME == LONG_MESSAGE;
        let frame = Frame::message(part.to_vec(), OpCode::Data(data), is_last);
        let sent = player.socket.send(Message::Frame(frame)).await;
        sent.expect("sent");
    }
}
