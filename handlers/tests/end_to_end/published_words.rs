//! Players receive every published message type and reason.

use std::collections::BTreeSet;

use rps_contract::names::env;
use rps_game::Play::{self, Paper, Rock};
use rps_testkit::frames::DOCUMENT;
use rps_testkit::player::Player;
use serde_json::Value;

use super::system::{TestSystem, options};

/// The published types and reasons.
fn published() -> BTreeSet<String> {
    let schemas = &DOCUMENT["components"]["schemas"];
    let messages = schemas["ServerMessage"]["oneOf"].as_array();
    let types = messages.expect("messages").iter().map(|message| {
        let reference = message["$ref"].as_str().expect("a reference");
        let schema = DOCUMENT.pointer(&reference[1..]).expect(reference);
        &schema["properties"]["type"]["const"]
    });
    let reasons = schemas["Reason"]["enum"].as_array().expect("words");
    types.chain(reasons).map(word).collect()
}

fn word(value: &Value) -> String {
    value.as_str().expect("a word").to_owned()
}

/// Makes the same play in every round, and returns the received types and reasons.
async fn play_to_the_end(mut player: Player, play: Option<Play>) -> BTreeSet<String> {
    let mut received = BTreeSet::new();
    let mut round = Some(1);
    loop {
        if let (Some(play), Some(round)) = (play, round) {
            player.play(play, round).await;
        }
        let Some(message) = player.next_or_close().await else {
            return received;
        };
        received.insert(word(&message["type"]));
        received.extend(message.get("reason").map(word));
        let next = message["next_round"].as_u64();
        round = next.map(|round| u32::try_from(round).expect("a round"));
    }
}

#[tokio::test]
async fn players_receive_every_message_type_and_reason() {
    let system = TestSystem::with(options().env(env::MAX_ROUNDS, "2")).await;
    let mut players = Vec::new();
    for plays in [
        [Some(Rock), Some(Paper)],
        [Some(Rock), Some(Rock)],
        [Some(Rock), None],
        [None, None],
    ] {
        let (first, second, _) = system.game().await;
        players.push(tokio::spawn(play_to_the_end(first, plays[0])));
        players.push(tokio::spawn(play_to_the_end(second, plays[1])));
    }
    let (first, second, _) = system.game().await;
    first.close().await;
    players.push(tokio::spawn(play_to_the_end(second, None)));
    let (first, second, game) = system.game().await;
    let mut resumed = system.player().await;
    resumed.resume(&game, &first.seat).await;
    players.push(tokio::spawn(play_to_the_end(resumed, None)));
    players.push(tokio::spawn(play_to_the_end(second, None)));
    drop(first);
    let (first, _second, game) = system.game().await;
    system
        .table
        .set(&format!("G#{game}"), "closed", "by-operator")
        .await;
    players.push(tokio::spawn(play_to_the_end(first, None)));

    // `game` has already received these.
    let mut received = BTreeSet::from(["waiting", "game-started"].map(str::to_owned));
    let mut invalid = system.player().await;
    invalid.say_nonsense("{}").await;
    received.insert(word(&invalid.next().await["type"]));
    invalid.close().await;
    for player in players {
        received.extend(player.await.expect("a game"));
    }
    assert_eq!(received, published());
    system.end().await;
}
