//! A bot that plays one game.

use std::time::Duration;

use rps_game::{GameId, Play, ServerMessage};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::admission::Admission;
use crate::players::client::{ConnectError, JoinKind, Player, PlayerEvent, TimedEvent, game_of};
use crate::target::Address;

/// How long a bot without a game stays after all games are over. If it is in a game whose `game-started` was lost, the
/// server closes its connection within this time.
const LINGER: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) enum BotEvent {
    ConnectFailed(ConnectError),
    Play(Play),
    Player(PlayerEvent),
    /// The bot leaves because no opponent is left.
    Leave,
}

pub(super) struct Bot<'a, N> {
    player: Player,
    join: JoinKind,
    admission: &'a watch::Sender<Admission>,
    observe: N,
    game: Option<GameId>,
    /// Its next play and the time for it.
    plan: Option<(Instant, Play)>,
    /// Whether its connection breaks before its first play.
    breaks: bool,
    breaks_at: Option<Instant>,
    leaves_at: Option<Instant>,
}

/// Plays one game, from joining until the connection ends. Returns false if there was no game.
pub(super) async fn play_one<N: Fn(Instant, &BotEvent)>(
    address: &Address,
    join: JoinKind,
    breaks: bool,
    admission: &watch::Sender<Admission>,
    observe: N,
) -> bool {
    let player = match Player::join(address, join.clone()).await {
        Ok(player) => player,
        Err(error) => {
            observe(Instant::now(), &BotEvent::ConnectFailed(error));
            Admission::update(admission, |admission| admission.give_up(join));
            return false;
        }
    };
    let mut bot = Bot {
        player,
        join,
        admission,
        observe,
        game: None,
        plan: None,
        breaks,
        breaks_at: None,
        leaves_at: None,
    };
    bot.stay().await;
    let has_played = bot.game.is_some();
    bot.player.leave().await;
    Admission::update(admission, |admission| {
        if has_played {
            admission.leave();
        } else {
            admission.give_up(bot.join);
        }
    });
    has_played
}

impl<N: Fn(Instant, &BotEvent)> Bot<'_, N> {
    /// Stays until the connection ends or no opponent is left.
    async fn stay(&mut self) {
        let mut admission = self.admission.subscribe();
        loop {
            let idle = self.game.is_none();
            let plan_at = self.plan.map(|(at, _)| at);
            tokio::select! {
                event = self.player.next() => {
                    let Some(TimedEvent { at, event }) = event else { return };
                    self.follow(&event);
                    (self.observe)(at, &BotEvent::Player(event));
                }
                () = until(plan_at) => self.play(),
                () = until(self.breaks_at) => {
                    (self.breaks_at, self.plan) = (None, None);
                    self.player.resume();
                }
                _ = admission.wait_for(Admission::is_over), if idle && self.leaves_at.is_none() => {
                    self.leaves_at = Some(Instant::now() + LINGER);
                }
                () = until(self.leaves_at), if idle => {
                    (self.observe)(Instant::now(), &BotEvent::Leave);
                    return;
                }
            }
        }
    }

    fn play(&mut self) {
        if let Some((at, play)) = self.plan.take() {
            (self.observe)(at, &BotEvent::Play(play));
            self.player.play(play);
        }
    }

    fn follow(&mut self, event: &PlayerEvent) {
        let PlayerEvent::Message(message) = event else {
            return;
        };
        if let (None, Some(game)) = (&self.game, game_of(message)) {
            self.game = Some(game.clone());
            Admission::update(self.admission, |admission| {
                admission.enter(game.clone(), &self.join);
            });
        }
        match message {
            ServerMessage::GameStarted { play_within_ms, .. } if self.breaks => {
                self.breaks_at = Some(Instant::now() + delay(*play_within_ms / 2));
            }
            ServerMessage::GameStarted { play_within_ms, .. }
            | ServerMessage::GameResumed {
                play_within_ms,
                you: None,
                ..
            }
            | ServerMessage::RoundDrawn { play_within_ms, .. } => {
                self.plan = Some((Instant::now() + delay(*play_within_ms), any_play()));
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

/// A random time in the first half of the window, which is early enough on a slow network.
fn delay(play_within_ms: u64) -> Duration {
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

/// The last 62 bits of a version 4 UUID, which are random.
fn random() -> u64 {
    Uuid::new_v4().as_u64_pair().1 & (u64::MAX >> 2)
}
