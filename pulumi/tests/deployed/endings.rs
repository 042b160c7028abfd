//! Every ending of a game, on what `up` made. The same endings are played on the local AWS in
//! `handlers/tests/end_to_end/`: what differs is a bug in one of the two.

use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Rules;
use rps_testkit::player::{Player, pair};
use rps_testkit::table::{Table, sdk_in};
use rps_testkit::until;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::ministack::REGION;

/// A deployed game.
pub(crate) struct Deployed {
    pub(crate) socket: String,
    pub(crate) table: Table,
    pub(crate) rules: Rules,
    pairing: Mutex<()>,
}

impl Deployed {
    pub(crate) fn new(outputs: &Value, rules: Rules, endpoint: &str) -> Self {
        let output = |name: &str| outputs[name].as_str().expect("an output").to_owned();
        Self {
            socket: output("socket"),
            table: Table::new(&sdk_in(REGION, endpoint), &output("table")),
            rules,
            pairing: Mutex::new(()),
        }
    }

    pub(crate) async fn player(&self) -> Player {
        Player::connect(&self.socket).await
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
        until(async || self.table.keys().await == ["STACK"]).await;
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
    let (first, mut second, game) = stage.game().await;
    second.plays(&game, Rock, 1).await;
    first.close().await;
    second
        .expect_over(&game, 1, ["won", "opponent-left"], [Some(Rock), None])
        .await;
}

async fn an_operator_ends_the_game(stage: &Deployed) {
    let (mut first, second, game) = stage.game().await;
    first.plays(&game, Rock, 1).await;
    let key = format!("G#{game}");
    stage.table.set(&key, "closed", "by-operator").await;
    for (player, play) in [(first, Some(Rock)), (second, None)] {
        player
            .expect_over(&game, 1, ["abandoned", "ended-by-operator"], [play, None])
            .await;
    }
}
