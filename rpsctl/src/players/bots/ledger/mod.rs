//! What each player was told, kept by game, and the times it took.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use hdrhistogram::Histogram;
use rps_game::{GameId, Reason, ServerMessage};
use tokio::time::Instant;

use super::Moment;
use super::verdict::{End, Side};
use crate::players::client::{Event, game_of};
use crate::words::of_the_protocol;

#[derive(Debug)]
pub(crate) struct Ledger {
    open: HashMap<usize, Account>,
    pub(super) games: HashMap<GameId, Vec<Side>>,
    finished: HashSet<GameId>,
    pub(super) times: Times,
    pub(super) counts: Counts,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) connections: u64,
    pub(super) failed_connections: BTreeMap<String, u64>,
    pub(super) errors: BTreeMap<String, u64>,
    /// Players whose connection ended before they heard of a game.
    pub(super) cut_off: usize,
    /// Players who heard of no game and whose connection was still open when the run was given up.
    pub(super) stuck: usize,
    /// Outcomes that came before the time was over on the player's clock.
    pub(super) early: u64,
}

/// What was measured, microseconds.
#[derive(Debug)]
pub(super) struct Times {
    pub(super) waiting_to_started: Histogram<u64>,
    pub(super) join_to_answer: Histogram<u64>,
    pub(super) lateness: Histogram<u64>,
}

#[derive(Debug)]
struct Account {
    joined_at: Instant,
    answered: bool,
    waiting_at: Option<Instant>,
    /// When the round's time is over, on this player's clock.
    round_ends_at: Option<Instant>,
    game: Option<GameId>,
    side: Side,
}

impl Ledger {
    pub(crate) fn new() -> anyhow::Result<Self> {
        // Three digits are exact enough; it grows as far as needed.
        let histogram = || Histogram::new(3);
        Ok(Self {
            open: HashMap::new(),
            games: HashMap::new(),
            finished: HashSet::new(),
            times: Times {
                waiting_to_started: histogram()?,
                join_to_answer: histogram()?,
                lateness: histogram()?,
            },
            counts: Counts::default(),
        })
    }

    /// Games whose end at least one player heard.
    pub(crate) fn finished(&self) -> usize {
        self.finished.len()
    }

    pub(crate) fn note(&mut self, bot: usize, at: Instant, moment: &Moment) {
        match moment {
            Moment::NotConnected(error) => {
                let kind = error.kind().to_owned();
                *self.counts.failed_connections.entry(kind).or_default() += 1;
            }
            Moment::Plays(_) => (),
            Moment::Leaves => _ = self.open.remove(&bot),
            Moment::Happened(Event::Joins) => {
                self.counts.connections += 1;
                self.open.insert(bot, Account::new(at));
            }
            Moment::Happened(Event::Told(message)) => self.told(bot, at, message),
            Moment::Happened(Event::Contradicted(contradiction)) => {
                if let Some(account) = self.open.get_mut(&bot) {
                    account.side.contradicted = true;
                    account.game = account.game.take().or(game_of(&contradiction.now).cloned());
                }
            }
            Moment::Happened(Event::Closed(_)) => {
                let without_game = self.close(bot);
                self.counts.cut_off += usize::from(without_game);
            }
        }
    }

    /// Closes the book on players who are still connected.
    pub(crate) fn give_up(&mut self) {
        let bots: Vec<usize> = self.open.keys().copied().collect();
        for bot in bots {
            let without_game = self.close(bot);
            self.counts.stuck += usize::from(without_game);
        }
    }

    /// Moves what the player was told to its game. True if there was a player and no game.
    fn close(&mut self, bot: usize) -> bool {
        let Some(account) = self.open.remove(&bot) else {
            return false;
        };
        match account.game {
            Some(game) => self.games.entry(game).or_default().push(account.side),
            None => return true,
        }
        false
    }

    fn told(&mut self, bot: usize, at: Instant, message: &ServerMessage) {
        let Some(account) = self.open.get_mut(&bot) else {
            return;
        };
        if !std::mem::replace(&mut account.answered, true) {
            record(&mut self.times.join_to_answer, account.joined_at, at);
        }
        if let ServerMessage::Error { code, .. } = message {
            let errors = &mut self.counts.errors;
            *errors.entry(of_the_protocol(code)).or_default() += 1;
        }
        if let ServerMessage::GameOver { game, .. } = message {
            self.finished.insert(game.clone());
        }
        account.game = account.game.take().or(game_of(message).cloned());
        account.follow(at, message, &mut self.times, &mut self.counts);
    }
}

impl Account {
    fn new(joined_at: Instant) -> Self {
        Self {
            joined_at,
            answered: false,
            waiting_at: None,
            round_ends_at: None,
            game: None,
            side: Side::default(),
        }
    }

    fn follow(
        &mut self,
        at: Instant,
        message: &ServerMessage,
        times: &mut Times,
        counts: &mut Counts,
    ) {
        match *message {
            ServerMessage::Waiting {} => self.waiting_at = Some(at),
            ServerMessage::GameStarted { play_within_ms, .. } => {
                if let Some(since) = self.waiting_at {
                    record(&mut times.waiting_to_started, since, at);
                }
                self.round_ends_at = Some(at + Duration::from_millis(play_within_ms));
            }
            ServerMessage::RoundDrawn {
                round,
                you,
                opponent,
                play_within_ms,
                ..
            } => {
                self.decided(at, times, counts);
                self.side.drawn.insert(round, (you, opponent));
                self.round_ends_at = Some(at + Duration::from_millis(play_within_ms));
            }
            ServerMessage::GameOver {
                rounds,
                outcome,
                reason,
                you,
                opponent,
                ..
            } => {
                // Only the clock can be late.
                if !matches!(reason, Reason::OpponentLeft | Reason::EndedByOperator) {
                    self.decided(at, times, counts);
                }
                self.side.end = Some(End {
                    rounds,
                    outcome,
                    reason,
                    you,
                    opponent,
                });
            }
            ServerMessage::PlayReceived { .. } | ServerMessage::Error { .. } => (),
        }
    }

    fn decided(&mut self, at: Instant, times: &mut Times, counts: &mut Counts) {
        let Some(due) = self.round_ends_at.take() else {
            return;
        };
        counts.early += u64::from(at < due);
        record(&mut times.lateness, due, at);
    }
}

/// Records the time from one moment to a later one; none at all if it was not later.
fn record(times: &mut Histogram<u64>, from: Instant, to: Instant) {
    let us = to.saturating_duration_since(from).as_micros();
    // It grows as needed; only a time beyond all clocks does not fit.
    let _ = times.record(u64::try_from(us).unwrap_or(u64::MAX));
}

#[cfg(test)]
mod tests;
