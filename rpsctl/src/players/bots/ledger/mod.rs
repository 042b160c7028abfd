//! Record the messages of each game and the times.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use hdrhistogram::Histogram;
use rps_game::{GameId, Opponent, Reason, ServerMessage};
use tokio::time::Instant;

use super::BotEvent;
use super::verdict::{GameEnd, PlayerView};
use crate::players::client::{PlayerEnd, PlayerEvent, game_of};
use crate::words::wire_name;

#[derive(Debug)]
pub(crate) struct Ledger {
    open: HashMap<usize, PlayerRecord>,
    pub(super) games: HashMap<GameId, Vec<PlayerView>>,
    finished: HashSet<GameId>,
    /// By game and round: the number of players that have played, and when the last bot did.
    plays: HashMap<(GameId, u32), (u8, Instant)>,
    pub(super) times: RunTimes,
    pub(super) counts: RunCounts,
}

#[derive(Debug, Default)]
pub(super) struct RunCounts {
    pub(super) connections: u64,
    /// Players who resumed on another connection.
    pub(super) resumes: u64,
    pub(super) failed_connections: BTreeMap<String, u64>,
    pub(super) errors: BTreeMap<String, u64>,
    /// Players whose connection was closed before they got a game.
    pub(super) cut_off: usize,
    /// Connections that broke before the end of a game.
    pub(super) broken: usize,
    /// Players who had an open connection and no game at the end of the run.
    pub(super) stuck: usize,
    /// Outcomes that came before the end of the window on the player's clock.
    pub(super) early: u64,
}

/// Measured times, in microseconds.
#[derive(Debug)]
pub(super) struct RunTimes {
    pub(super) waiting_to_started: Histogram<u64>,
    pub(super) join_to_answer: Histogram<u64>,
    pub(super) lateness: Histogram<u64>,
}

#[derive(Debug)]
struct PlayerRecord {
    joined_at: Instant,
    answered: bool,
    waiting_at: Option<Instant>,
    round: u32,
    /// When the round's window ends, on this player's clock.
    round_ends_at: Option<Instant>,
    decide_early: bool,
    game: Option<GameId>,
    view: PlayerView,
}

impl Ledger {
    pub(crate) fn new() -> anyhow::Result<Self> {
        // Three significant digits; the histogram resizes itself.
        let histogram = || Histogram::new(3);
        Ok(Self {
            open: HashMap::new(),
            games: HashMap::new(),
            finished: HashSet::new(),
            plays: HashMap::new(),
            times: RunTimes {
                waiting_to_started: histogram()?,
                join_to_answer: histogram()?,
                lateness: histogram()?,
            },
            counts: RunCounts::default(),
        })
    }

    /// The number of games whose end at least one player got.
    pub(crate) fn finished(&self) -> usize {
        self.finished.len()
    }

    pub(crate) fn note(&mut self, bot: usize, at: Instant, event: &BotEvent) {
        match event {
            BotEvent::ConnectFailed(error) => {
                let kind = error.kind().to_owned();
                *self.counts.failed_connections.entry(kind).or_default() += 1;
            }
            BotEvent::Play(_) => self.play(bot, at),
            BotEvent::Leave => _ = self.open.remove(&bot),
            BotEvent::Player(PlayerEvent::Join(join)) => {
                self.counts.connections += 1;
                self.open
                    .insert(bot, PlayerRecord::new(at, join.opponent()));
            }
            BotEvent::Player(PlayerEvent::Message(message)) => self.message(bot, at, message),
            BotEvent::Player(PlayerEvent::Contradiction(contradiction)) => {
                if let Some(player) = self.open.get_mut(&bot) {
                    player.view.contradicted = true;
                    player.game = player.game.take().or(game_of(&contradiction.now).cloned());
                }
            }
            BotEvent::Player(PlayerEvent::End(PlayerEnd::Closed(_) | PlayerEnd::Replaced)) => {
                let without_game = self.close(bot);
                self.counts.cut_off += usize::from(without_game);
            }
            BotEvent::Player(PlayerEvent::End(PlayerEnd::Broken(_) | PlayerEnd::Missed)) => {
                if let Some(player) = self.open.get_mut(&bot)
                    && player.view.end.is_none()
                {
                    player.view.broken = true;
                    self.counts.broken += 1;
                }
                self.close(bot);
            }
            // A bot that loses its connection does not connect again.
            BotEvent::Player(PlayerEvent::Lost) => (),
        }
    }

    /// Closes the records of players who are still connected.
    pub(crate) fn give_up(&mut self) {
        let bots: Vec<usize> = self.open.keys().copied().collect();
        for bot in bots {
            let without_game = self.close(bot);
            self.counts.stuck += usize::from(without_game);
        }
    }

    /// Moves the player's view to its game. Returns true if the player had no game.
    fn close(&mut self, bot: usize) -> bool {
        let Some(player) = self.open.remove(&bot) else {
            return false;
        };
        match player.game {
            Some(game) => self.games.entry(game).or_default().push(player.view),
            None => return true,
        }
        false
    }

    fn message(&mut self, bot: usize, at: Instant, message: &ServerMessage) {
        let Some(player) = self.open.get_mut(&bot) else {
            return;
        };
        if !std::mem::replace(&mut player.answered, true) {
            record(&mut self.times.join_to_answer, player.joined_at, at);
        }
        if let ServerMessage::Error { code, .. } = message {
            let errors = &mut self.counts.errors;
            *errors.entry(wire_name(code)).or_default() += 1;
        }
        if let ServerMessage::GameResumed { .. } = message {
            self.counts.connections += 1;
            self.counts.resumes += 1;
        }
        if let ServerMessage::GameOver { game, .. } = message {
            self.finished.insert(game.clone());
        }
        player.game = player.game.take().or(game_of(message).cloned());
        if player.decide_early
            && let Some(game) = &player.game
            && let Some((2, last_at)) = self.plays.get(&(game.clone(), player.round))
        {
            player.round_ends_at = player.round_ends_at.map(|at| at.min(*last_at));
        }
        player.follow(at, message, &mut self.times, &mut self.counts);
    }

    fn play(&mut self, bot: usize, at: Instant) {
        if let Some(player) = self.open.get(&bot)
            && player.decide_early
            && let Some(game) = &player.game
        {
            let key = (game.clone(), player.round);
            // The house plays when the round begins.
            let others = u8::from(player.view.opponent == Opponent::Bot);
            let (count, last_at) = self.plays.entry(key).or_insert((others, at));
            (*count, *last_at) = (*count + 1, at);
        }
    }
}

impl PlayerRecord {
    fn new(joined_at: Instant, opponent: Opponent) -> Self {
        Self {
            joined_at,
            answered: false,
            waiting_at: None,
            round: 1,
            round_ends_at: None,
            decide_early: false,
            game: None,
            view: PlayerView {
                opponent,
                ..PlayerView::default()
            },
        }
    }

    fn follow(
        &mut self,
        at: Instant,
        message: &ServerMessage,
        times: &mut RunTimes,
        counts: &mut RunCounts,
    ) {
        match *message {
            ServerMessage::Waiting {} => self.waiting_at = Some(at),
            ServerMessage::GameStarted {
                play_within_ms,
                decide_early,
                opponent,
                ..
            } => {
                self.decide_early = decide_early;
                self.view.contradicted |= opponent != self.view.opponent;
                if let Some(since) = self.waiting_at {
                    record(&mut times.waiting_to_started, since, at);
                }
                self.begin_round(at, 1, play_within_ms);
            }
            ServerMessage::RoundDrawn {
                round,
                you,
                opponent,
                next_round,
                play_within_ms,
                ..
            } => {
                self.record_outcome(at, times, counts);
                self.view.drawn.insert(round, (you, opponent));
                self.begin_round(at, next_round, play_within_ms);
            }
            ServerMessage::GameOver { reason, .. } => {
                // Only a round timer can be late.
                if !matches!(reason, Reason::OpponentLeft | Reason::EndedByOperator) {
                    self.record_outcome(at, times, counts);
                }
                self.view.end = GameEnd::of(message);
            }
            ServerMessage::GameResumed {
                round,
                play_within_ms,
                ..
            } => self.begin_round(at, round, play_within_ms),
            ServerMessage::PlayReceived { .. } | ServerMessage::Error { .. } => (),
        }
    }

    fn begin_round(&mut self, at: Instant, round: u32, play_within_ms: u64) {
        self.round = round;
        self.round_ends_at = Some(at + Duration::from_millis(play_within_ms));
    }

    fn record_outcome(&mut self, at: Instant, times: &mut RunTimes, counts: &mut RunCounts) {
        let Some(due) = self.round_ends_at.take() else {
            return;
        };
        counts.early += u64::from(at < due);
        record(&mut times.lateness, due, at);
    }
}

/// Records the time between two instants; 0 if `to` is earlier.
fn record(times: &mut Histogram<u64>, from: Instant, to: Instant) {
    let us = to.saturating_duration_since(from).as_micros();
    // It cannot fail: the histogram resizes itself.
    let _ = times.record(u64::try_from(us).unwrap_or(u64::MAX));
}

#[cfg(test)]
mod tests;
