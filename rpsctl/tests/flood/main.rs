//! A flood: 1,000 hostile sockets join and leave without pause for a minute, while 20 honest players play.
//!
//! The flood begins when ten games of two honest players each have started. These games have two drawn rounds and are
//! decided in the third one, all during the flood. Then the honest players join again and again, until the flood ends.
//! Most of these later games are against hostile players, who leave them; such a game cannot be decided by plays.
//!
//! In its own binary, so that no other test runs at the same time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_contract::names::VISIBILITY_TIMEOUT_S;
use rps_testkit::player::{Player, pair};
use rps_testkit::rpsctl::LocalSystem;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_tungstenite::tungstenite::Message;

const FLOOD: Duration = Duration::from_mins(1);
const HOSTILE_SOCKETS: usize = 1000;
/// A bound on the flood's work, beyond what a fast machine reaches within [`FLOOD`].
const MAX_ATTEMPTS_PER_SOCKET: usize = 10_000;
const PAIRS: u32 = 10;
const WINDOW_MS: u32 = 10_000;
const ROUNDS: u64 = 3;
/// How late a game may end: a round timer whose delivery fails once comes back after this time.
const MAX_LATENESS: Duration = Duration::from_secs(VISIBILITY_TIMEOUT_S as u64);
/// The pause before a client repeats a message. By docs/protocol.md it may grow.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the flood takes more than a minute"]
async fn games_of_honest_players_end_in_time_and_are_decided_by_plays() {
    let system = LocalSystem::with(&[
        "--play-window-s=10",
        "--max-rounds=3",
        "--concurrency=2",
        "--rate-limit=50",
        "--burst-limit=50",
    ]);
    let url = system.url().to_owned();
    let honest = start_games(&url).await;
    let flood_end = Instant::now() + FLOOD;
    let flood: JoinSet<_> = (0..HOSTILE_SOCKETS)
        .map(|_| join_and_leave_until(flood_end, url.clone()))
        .collect();
    let honest: JoinSet<_> = honest
        .into_iter()
        .map(|player| play_until(flood_end, url.clone(), player))
        .collect();
    let games: Vec<Game> = honest.join_all().await.into_iter().flatten().collect();
    let joins: usize = flood.join_all().await.into_iter().sum();

    let latest = games.iter().map(|game| game.lateness).max();
    println!("{joins} joins of hostile players; the latest end: {latest:?} after its time");
    let in_time = |game: &&Game| game.ended && game.lateness <= MAX_LATENESS;
    let late: Vec<_> = games.iter().filter(|game| !in_time(game)).collect();
    assert!(late.is_empty(), "not in time: {late:?}");

    let [between_honest, others] = ends(&games);
    println!("games between honest players: {between_honest:?}, others: {others:?}");
    let total: usize = between_honest.values().sum();
    let by_plays = between_honest.get("plays").copied().unwrap_or_default();
    assert!(
        total >= 10 && by_plays * 100 >= total * 95,
        "{by_plays} of {total} by plays"
    );
}

/// Starts ten games of two honest players each.
async fn start_games(url: &str) -> Vec<HonestPlayer> {
    let mut honest = Vec::new();
    for number in 0..PAIRS {
        // The throttle allows 16 connects and 16 joins per second.
        sleep(Duration::from_millis(150)).await;
        let (first, second, game) = pair(url, WINDOW_MS).await;
        for (player, waited) in [(first, true), (second, false)] {
            // The players think for up to half of the window.
            let mut player = HonestPlayer::new(player, WINDOW_MS / 20 * number);
            player.waited = waited;
            player.start_round(&game, 1, WINDOW_MS.into());
            honest.push(player);
        }
    }
    honest
}

/// The number of games for each reason of their end: games between honest players, and games that only one of them
/// reports.
fn ends(games: &[Game]) -> [BTreeMap<&str, usize>; 2] {
    let mut by_id: HashMap<&str, Vec<&Game>> = HashMap::new();
    for game in games {
        by_id.entry(&game.id).or_default().push(game);
    }
    let mut ends = [BTreeMap::new(), BTreeMap::new()];
    for players in by_id.values() {
        let ends = &mut ends[usize::from(players.len() == 1)];
        *ends.entry(players[0].reason.as_str()).or_default() += 1;
    }
    ends
}

/// Joins and leaves until the end of the flood. Returns the number of joins.
async fn join_and_leave_until(flood_end: Instant, url: String) -> usize {
    let mut joins = 0;
    let attempts = async {
        for _ in 0..MAX_ATTEMPTS_PER_SOCKET {
            joins += usize::from(join_and_leave(&url).await);
        }
    };
    // The error means that the time is over.
    let _ = timeout_at(flood_end, attempts).await;
    joins
}

async fn join_and_leave(url: &str) -> bool {
    let Ok(mut player) = Player::connect_with(url, &[]).await else {
        return false;
    };
    let join = Message::text(r#"{"action":"join-game"}"#);
    player.socket.send(join).await.is_ok() && matches!(player.socket.next().await, Some(Ok(_)))
}

/// One player's view of a game.
#[derive(Debug)]
struct Game {
    id: String,
    /// The reason of `game-over`, or why there is none.
    reason: String,
    ended: bool,
    /// The time from the end of the last round's window to the end of the game.
    lateness: Duration,
}

/// Plays to the end of the game, and then joins again until the end of the flood.
async fn play_until(flood_end: Instant, url: String, mut player: HonestPlayer) -> Vec<Game> {
    let thinking_ms = player.thinking_ms;
    let mut games = Vec::new();
    loop {
        games.extend(player.play_one(flood_end).await);
        let Ok(next) = timeout_at(flood_end, connect(&url)).await else {
            return games;
        };
        player = HonestPlayer::new(next, thinking_ms);
    }
}

async fn connect(url: &str) -> Player {
    loop {
        if let Ok(player) = Player::connect_with(url, &[]).await {
            return player;
        }
        sleep(RETRY_PAUSE).await;
    }
}

/// A player who follows the rules for clients in docs/protocol.md.
struct HonestPlayer {
    player: Player,
    /// The pause before a play.
    thinking_ms: u32,
    /// Whether the player joined before the opponent.
    waited: bool,
    game: String,
    round: u64,
    /// When the round's window ends.
    due: Option<Instant>,
    message: Value,
    send_at: Option<Instant>,
}

impl HonestPlayer {
    /// A player who joins as soon as it plays.
    fn new(player: Player, thinking_ms: u32) -> Self {
        Self {
            player,
            thinking_ms,
            waited: false,
            game: String::new(),
            round: 0,
            due: None,
            message: json!({"action": "join-game"}),
            send_at: Some(Instant::now()),
        }
    }

    /// Plays a game to its end. `None`: no game started during the flood.
    async fn play_one(&mut self, flood_end: Instant) -> Option<Game> {
        loop {
            let patience = self.due.map_or(flood_end, |due| due + MAX_LATENESS);
            let send_at = self.send_at.unwrap_or(patience);
            tokio::select! {
                frame = self.player.socket.next() => match frame {
                    Some(Ok(Message::Text(text))) => {
                        let message: Value = serde_json::from_str(&text).expect("JSON");
                        self.follow(&message);
                        if let Some(reason) = message["reason"].as_str() {
                            return self.end(reason, true);
                        }
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => return self.end(&format!("{other:?}"), false),
                },
                () = sleep_until(patience) => return self.end("no end", false),
                () = sleep_until(send_at), if self.send_at.is_some() => {
                    self.send_at = None;
                    let text = Message::text(self.message.to_string());
                    // A closed connection shows at the next read.
                    let _ = self.player.socket.send(text).await;
                }
            }
        }
    }

    fn follow(&mut self, message: &Value) {
        let play_within_ms = message["play_within_ms"].as_u64().unwrap_or_default();
        let game = message["game"].as_str().unwrap_or_default();
        match (message["type"].as_str(), message["code"].as_str()) {
            (Some("game-started"), _) => self.start_round(game, 1, play_within_ms),
            (Some("round-drawn"), _) => {
                let round = message["next_round"].as_u64().expect("a round");
                self.start_round(game, round, play_within_ms);
            }
            (Some("waiting"), _) | (_, Some("already-waiting")) => self.waited = true,
            // API Gateway's own error has no type.
            (None, _) | (_, Some("try-again")) => {
                self.send_at = Some(Instant::now() + RETRY_PAUSE);
            }
            _ => {}
        }
    }

    fn start_round(&mut self, game: &str, round: u64, play_within_ms: u64) {
        if round <= self.round {
            return; // A repeat.
        }
        let now = Instant::now();
        let play = if round == ROUNDS && self.waited {
            "paper"
        } else {
            "rock"
        };
        self.message = json!({"action": "receive-play", "play": play, "round": round});
        self.send_at = Some(now + Duration::from_millis(self.thinking_ms.into()));
        self.due = Some(now + Duration::from_millis(play_within_ms));
        (self.game, self.round) = (game.to_owned(), round);
    }

    fn end(&self, reason: &str, ended: bool) -> Option<Game> {
        let lateness = Instant::now().saturating_duration_since(self.due?);
        Some(Game {
            id: self.game.clone(),
            reason: reason.to_owned(),
            ended,
            lateness,
        })
    }
}
