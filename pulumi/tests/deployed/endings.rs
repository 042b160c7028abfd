//! Plays every ending of a game on the deployed stack. `handlers/tests/end_to_end/` plays the same endings on the
//! local AWS; a difference shows a bug in one of the two.

use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Rules;
use rps_testkit::player::{Error, Player, pair};
use rps_testkit::table::{Table, sdk_in};
use rps_testkit::until;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::ministack::REGION;

/// A stack that `pulumi up` deployed.
pub(crate) struct DeployedStack {
    pub(crate) socket: String,
    pub(crate) table: Table,
    pub(crate) rules: Rules,
    pairing: Mutex<()>,
}

impl DeployedStack {
    pub(crate) fn new(outputs: &Value, rules: Rules, endpoint: &str) -> Self {
        let output = |name: &str| outputs[name].as_str().expect("an output").to_owned();
        Self {
            socket: output("socket"),
            table: Table::new(&sdk_in(REGION, endpoint), &output("table")),
            rules,
            pairing: Mutex::new(()),
        }
    }

    /// Whether a browser can connect from a page with this origin.
    pub(crate) async fn allows(&self, origin: &str) -> bool {
        match Player::connect_with(&self.socket, &[("origin", origin)]).await {
            Ok(player) => {
                player.close().await;
                true
            }
            // A closed game answers 503, but MiniStack refuses each upgrade with 403.
            Err(Error::Http(response)) if [403, 503].contains(&response.status().as_u16()) => false,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn player(&self) -> Player {
        Player::connect(&self.socket).await
    }

    pub(crate) fn window_ms(&self) -> u32 {
        u32::from(self.rules.window_s()) * 1000
    }

    /// Starts a game. Returns the player who waited, the opponent, and the game's id.
    pub(crate) async fn game(&self) -> (Player, Player, String) {
        let _guard = self.pairing.lock().await;
        Box::pin(pair(&self.socket, self.window_ms())).await
    }

    /// Waits until the table contains no players and games. The functions delete the last item after they have sent
    /// the last message, and there is no event for it.
    pub(crate) async fn until_only_the_description_is_left(&self) {
        until(async || self.table.keys().await == ["STACK"]).await;
    }
}

/// Plays all endings concurrently.
pub(crate) async fn every_ending(stack: &DeployedStack) {
    tokio::join!(
        one_play_beats_the_other(stack),
        the_last_draw_ends_the_game(stack),
        one_played(stack),
        nobody_played(stack),
        the_opponent_left(stack),
        an_operator_ends_the_game(stack),
        friends_meet_in_a_room(stack),
        a_player_plays_the_house(stack),
        a_player_resumes(stack),
    );
}

async fn one_play_beats_the_other(stack: &DeployedStack) {
    let (mut first, mut second, game) = stack.game().await;
    first.plays(&game, Rock, 1).await;
    second.plays(&game, Paper, 1).await;
    let plays = [Some(Rock), Some(Paper)];
    first.expect_over(&game, 1, ["lost", "plays"], plays).await;
    let plays = [Some(Paper), Some(Rock)];
    second.expect_over(&game, 1, ["won", "plays"], plays).await;
}

async fn the_last_draw_ends_the_game(stack: &DeployedStack) {
    let (mut first, mut second, game) = stack.game().await;
    let last = u32::from(stack.rules.max_rounds());
    for round in 1..=last {
        first.plays(&game, Scissors, round).await;
        second.plays(&game, Scissors, round).await;
        for player in [&mut first, &mut second] {
            if round < last {
                player.expect(json!({
                    "type": "round-drawn", "game": game, "round": round, "you": "scissors",
                    "opponent": "scissors", "next_round": round + 1, "play_within_ms": stack.window_ms(),
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

/// No stranger can take the waiting player.
async fn friends_meet_in_a_room(stack: &DeployedStack) {
    let (mut first, mut second) = (stack.player().await, stack.player().await);
    first.join_room("friends").await;
    assert_eq!(first.next().await["type"], "waiting");
    second.join_room("friends").await;
    let started = second.next().await;
    assert_eq!(started["type"], "game-started");
    assert_eq!(first.next().await["game"], started["game"]);
    let game = started["game"].as_str().expect("an id");
    for player in [first, second] {
        player
            .expect_over(game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
}

async fn a_player_plays_the_house(stack: &DeployedStack) {
    let mut player = stack.player().await;
    player.join_house().await;
    let started = player.next().await;
    assert_eq!(started["opponent"], "bot", "{started}");
    let over = player.next().await;
    assert_eq!(over["reason"], "you-did-not-play", "{over}");
    assert!(over["opponent"].is_string(), "{over}");
    assert_eq!(player.close_code().await, 1000);
}

/// Its socket is dropped without a closing handshake.
async fn a_player_resumes(stack: &DeployedStack) {
    let (mut first, mut second, game) = stack.game().await;
    first.plays(&game, Rock, 1).await;
    let seat = first.seat.clone();
    drop(first);
    let mut resumed = stack.player().await;
    resumed.resume(&game, &seat).await;
    let answer = resumed.next().await;
    assert_eq!(answer["type"], "game-resumed", "{answer}");
    assert_eq!(answer["you"], "rock", "{answer}");
    second.plays(&game, Paper, 1).await;
    let plays = [Some(Rock), Some(Paper)];
    resumed
        .expect_over(&game, 1, ["lost", "plays"], plays)
        .await;
    let plays = [Some(Paper), Some(Rock)];
    second.expect_over(&game, 1, ["won", "plays"], plays).await;
}

async fn one_played(stack: &DeployedStack) {
    let (first, mut second, game) = stack.game().await;
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

async fn nobody_played(stack: &DeployedStack) {
    let (first, second, game) = stack.game().await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
}

async fn the_opponent_left(stack: &DeployedStack) {
    let (first, mut second, game) = stack.game().await;
    second.plays(&game, Rock, 1).await;
    first.close().await;
    second
        .expect_over(&game, 1, ["won", "opponent-left"], [Some(Rock), None])
        .await;
}

async fn an_operator_ends_the_game(stack: &DeployedStack) {
    let (mut first, second, game) = stack.game().await;
    first.plays(&game, Rock, 1).await;
    let key = format!("G#{game}");
    stack.table.set(&key, "closed", "by-operator").await;
    for (player, play) in [(first, Some(Rock)), (second, None)] {
        player
            .expect_over(&game, 1, ["abandoned", "ended-by-operator"], [play, None])
            .await;
    }
}
