//! Every ending of a game, on what `up` made. The same endings are played on the local AWS in
//! `handlers/tests/end_to_end/`: what differs is a bug in one of the two.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Rules;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::player::{PATIENCE, Player, pair};

/// A deployed game.
pub(crate) struct Deployed {
    pub(crate) socket: String,
    pub(crate) table: String,
    pub(crate) rules: Rules,
    pub(crate) dynamo: aws_sdk_dynamodb::Client,
    pairing: Mutex<()>,
}

impl Deployed {
    pub(crate) fn new(outputs: &Value, rules: Rules, dynamo: aws_sdk_dynamodb::Client) -> Self {
        let output = |name: &str| outputs[name].as_str().expect("an output").to_owned();
        Self {
            socket: output("socket"),
            table: output("table"),
            rules,
            dynamo,
            pairing: Mutex::new(()),
        }
    }

    pub(crate) async fn player(&self) -> Player {
        Player::connect(&self.socket, None)
            .await
            .expect("connected")
    }

    pub(crate) fn window_ms(&self) -> u32 {
        u32::from(self.rules.window_s()) * 1000
    }

    /// Two players in a game of their own, and its id. The one who waited is the first.
    pub(crate) async fn game(&self) -> (Player, Player, String) {
        let _alone = self.pairing.lock().await;
        Box::pin(pair(&self.socket, self.window_ms())).await
    }

    /// No player or game is left. The players' last frames are out before the last item is removed, and there is
    /// no event for that.
    pub(crate) async fn only_the_description_is_left(&self) {
        let emptied = timeout(PATIENCE, async {
            while self.keys().await != ["STACK"] {
                sleep(Duration::from_millis(50)).await;
            }
        });
        assert!(emptied.await.is_ok(), "left: {:?}", self.keys().await);
    }

    /// The keys of everything in the table.
    async fn keys(&self) -> Vec<String> {
        let scan = self.dynamo.scan().table_name(&self.table).send().await;
        let items = scan.expect("a scan").items.unwrap_or_default();
        let key = |item: &std::collections::HashMap<String, AttributeValue>| {
            item["pk"].as_s().expect("a string").clone()
        };
        items.iter().map(key).collect()
    }
}

/// All endings, side by side.
pub(crate) async fn every_ending(stage: &Deployed) {
    tokio::join!(
        one_play_beats_the_other(stage),
        the_last_draw_ends_the_game(stage),
        one_played(stage),
        nobody_played(stage),
        the_opponent_left(stage),
        an_operator_ends_the_game(stage),
    );
}

async fn one_play_beats_the_other(stage: &Deployed) {
    let (mut first, mut second, game) = stage.game().await;
    first.plays(&game, Rock, 1).await;
    second.plays(&game, Paper, 1).await;
    let plays = [Some(Rock), Some(Paper)];
    first.expect_over(&game, 1, ["lost", "plays"], plays).await;
    let plays = [Some(Paper), Some(Rock)];
    second.expect_over(&game, 1, ["won", "plays"], plays).await;
}

async fn the_last_draw_ends_the_game(stage: &Deployed) {
    let (mut first, mut second, game) = stage.game().await;
    let last = u32::from(stage.rules.max_rounds());
    for round in 1..=last {
        first.plays(&game, Scissors, round).await;
        second.plays(&game, Scissors, round).await;
        for player in [&mut first, &mut second] {
            if round < last {
                player.expect(json!({
                    "type": "round-drawn", "game": game, "round": round, "you": "scissors",
                    "opponent": "scissors", "next_round": round + 1, "play_within_ms": stage.window_ms(),
                }))
                .await;
            }
        }
    }
    for player in [first, second] {
        let plays = [Some(Scissors); 2];
        player
            .expect_over(&game, last, ["drawn", "draw-limit"], plays)
            .await;
    }
}

async fn one_played(stage: &Deployed) {
    let (first, mut second, game) = stage.game().await;
    second.plays(&game, Rock, 1).await;
    let plays = [None, Some(Rock)];
    first
        .expect_over(&game, 1, ["lost", "you-did-not-play"], plays)
        .await;
    let plays = [Some(Rock), None];
    second
        .expect_over(&game, 1, ["won", "opponent-did-not-play"], plays)
        .await;
}

async fn nobody_played(stage: &Deployed) {
    let (first, second, game) = stage.game().await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
}

async fn the_opponent_left(stage: &Deployed) {
    let (mut first, mut second, game) = stage.game().await;
    second.plays(&game, Rock, 1).await;
    first.socket.close(None).await.expect("closed");
    second
        .expect_over(&game, 1, ["won", "opponent-left"], [Some(Rock), None])
        .await;
}

async fn an_operator_ends_the_game(stage: &Deployed) {
    let (mut first, second, game) = stage.game().await;
    first.plays(&game, Rock, 1).await;
    let closed = stage.dynamo.update_item().table_name(&stage.table);
    let closed = closed.key("pk", AttributeValue::S(format!("G#{game}")));
    let closed = closed.update_expression("SET closed = :by");
    let by = AttributeValue::S("by-operator".to_owned());
    closed
        .expression_attribute_values(":by", by)
        .send()
        .await
        .expect("a write");
    for (player, play) in [(first, Some(Rock)), (second, None)] {
        player
            .expect_over(&game, 1, ["abandoned", "ended-by-operator"], [play, None])
            .await;
    }
}
