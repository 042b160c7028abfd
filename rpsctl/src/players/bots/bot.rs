//! One bot plays one game.

use std::time::Duration;

use rps_game::{GameId, Play, ServerMessage};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::floor::Floor;
use crate::players::client::{ConnectError, Event, Player, game_of};
use crate::target::Address;

/// How long a bot without an opponent stays once everybody else is done: if it is in a game after all
/// and was not told, its connection ends in this time.
const LINGER: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) enum Moment {
    NotConnected(ConnectError),
    Plays(Play),
    Happened(Event),
    /// Nobody is left to play with: the bot goes.
    Leaves,
}

pub(super) struct Bot<'a, N> {
    player: Player,
    floor: &'a watch::Sender<Floor>,
    note: N,
    game: Option<GameId>,
    /// What it will play, and when.
    plan: Option<(Instant, Play)>,
    leaves_at: Option<Instant>,
}

/// Plays one game, from joining until the connection is over. False if there was no game.
pub(super) async fn play_one<N: Fn(Instant, &Moment)>(
    address: &Address,
    floor: &watch::Sender<Floor>,
    note: N,
) -> bool {
    let player = match Player::join(address).await {
        Ok(player) => player,
        Err(error) => {
            note(Instant::now(), &Moment::NotConnected(error));
            floor.send_modify(Floor::give_up);
            return false;
        }
    };
    let mut bot = Bot {
        player,
        floor,
        note,
        game: None,
        plan: None,
        leaves_at: None,
    };
    bot.stay().await;
    let met = bot.game.is_some();
    bot.player.leave().await;
    floor.send_modify(if met { Floor::leave } else { Floor::give_up });
    met
}

impl<N: Fn(Instant, &Moment)> Bot<'_, N> {
    /// Stays until the connection is over, or until nobody is left to play with.
    async fn stay(&mut self) {
        let mut floor = self.floor.subscribe();
        loop {
            let idle = self.game.is_none();
            let plan_at = self.plan.map(|(at, _)| at);
            tokio::select! {
                happening = self.player.next() => {
                    let Some(happening) = happening else { return };
                    self.follow(&happening.event);
                    (self.note)(happening.at, &Moment::Happened(happening.event));
                }
                () = until(plan_at) => self.play(),
                _ = floor.wait_for(Floor::is_over), if idle && self.leaves_at.is_none() => {
                    self.leaves_at = Some(Instant::now() + LINGER);
                }
                () = until(self.leaves_at), if idle => {
                    (self.note)(Instant::now(), &Moment::Leaves);
                    return;
                }
            }
        }
    }

    fn play(&mut self) {
        if let Some((at, play)) = self.plan.take() {
            (self.note)(at, &Moment::Plays(play));
            self.player.play(play);
        }
    }

    fn follow(&mut self, event: &Event) {
        let Event::Told(message) = event else { return };
        if let (None, Some(game)) = (&self.game, game_of(message)) {
            self.game = Some(game.clone());
            self.floor.send_modify(|floor| floor.meet(game.clone()));
        }
        match message {
            ServerMessage::GameStarted { play_within_ms, .. }
            | ServerMessage::RoundDrawn { play_within_ms, .. } => {
                self.plan = Some((Instant::now() + thinking(*play_within_ms), any_play()));
            }
            ServerMessage::GameOver { .. } => self.plan = None,
            _ => (),
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Any time in the first half of the window: early enough for a slow network.
fn thinking(play_within_ms: u64) -> Duration {
    let half = play_within_ms / 2;
    Duration::from_millis(random() % half.max(1))
}

fn any_play() -> Play {
    let [rock, paper, scissors] = Play::ALL;
    match random() % 3 {
        0 => rock,
        1 => paper,
        _ => scissors,
    }
}

/// The 62 random bits at the end of a version 4 UUID.
fn random() -> u64 {
    Uuid::new_v4().as_u64_pair().1 & (u64::MAX >> 2)
}
