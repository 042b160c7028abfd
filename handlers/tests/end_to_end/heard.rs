//! Nothing is published that no player ever hears.

use std::collections::BTreeSet;

use rps_contract::names::env;
use rps_game::Play::{self, Paper, Rock};
use rps_testkit::frames::DOCUMENT;
use rps_testkit::player::Player;
use serde_json::Value;

use super::stage::{Stage, options};

/// The types and reasons that are published.
fn published() -> BTreeSet<String> {
    let schemas = &DOCUMENT["components"]["schemas"];
    let messages = schemas["ServerMessage"]["oneOf"].as_array();
    let types = messages.expect("messages").iter().map(|message| {
        let place = message["$ref"].as_str().expect("a reference");
        let schema = DOCUMENT.pointer(&place[1..]).expect(place);
        &schema["properties"]["type"]["const"]
    });
    let reasons = schemas["Reason"]["enum"].as_array().expect("words");
    types.chain(reasons).map(word).collect()
}

fn word(value: &Value) -> String {
    value.as_str().expect("a word").to_owned()
}

/// The types and reasons that a player hears who plays this in every round.
async fn hear(mut player: Player, play: Option<Play>) -> BTreeSet<String> {
    let mut heard = BTreeSet::new();
    let mut round = Some(1);
    loop {
        if let (Some(play), Some(round)) = (play, round) {
            player.play(play, round).await;
        }
        let Some(message) = player.next_or_close().await else {
            return heard;
        };
        heard.insert(word(&message["type"]));
        heard.extend(message.get("reason").map(word));
        let next = message["next_round"].as_u64();
        round = next.map(|round| u32::try_from(round).expect("a round"));
    }
}

#[tokio::test]
async fn every_message_and_every_reason_is_heard() {
    let stage = Stage::with(options().env(env::MAX_ROUNDS, "2")).await;
    let mut playing = Vec::new();
    for plays in [
        [Some(Rock), Some(Paper)],
        [Some(Rock), Some(Rock)],
        [Some(Rock), None],
        [None, None],
    ] {
        let (first, second, _) = stage.game().await;
        playing.push(tokio::spawn(hear(first, plays[0])));
        playing.push(tokio::spawn(hear(second, plays[1])));
    }
    let (first, second, _) = stage.game().await;
    first.close().await;
    playing.push(tokio::spawn(hear(second, None)));
    let (first, _second, game) = stage.game().await;
    stage
        .table
        .set(&format!("G#{game}"), "closed", "by-operator")
        .await;
    playing.push(tokio::spawn(hear(first, None)));

    // Who is in a game was told these.
    let mut heard = BTreeSet::from(["waiting", "game-started"].map(str::to_owned));
    let mut wrong = stage.player().await;
    wrong.say_nonsense("{}").await;
    heard.insert(word(&wrong.next().await["type"]));
    wrong.close().await;
    for player in playing {
        heard.extend(player.await.expect("a game"));
    }
    assert_eq!(heard, published());
    stage.end().await;
}
