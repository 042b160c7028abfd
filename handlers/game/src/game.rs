//! One game of two players: plays, rounds, how it ends.
//!
//! A round is open until it is [`Closed`]; from then on its plays are frozen, and [`Game::settle`] says
//! the same whenever and however often it is asked. That is why a redelivered message, or a function
//! that finishes what a crashed one began, tells the same truth.

use serde::{Deserialize, Serialize};

use crate::lobby::LEASE_MS;
use crate::message::VERSION;
use crate::{ConnectionId, GameId, Outcome, Play, Reason, ServerMessage};

/// A plays' window may arrive this much later than its end and still count, milliseconds.
pub const GRACE_MS: u64 = 1000;

/// The settings of a game, stored in it: a changed setting touches new games only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    window_s: u8,
    max_rounds: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window_s: 5,
            max_rounds: 5,
        }
    }
}

impl Rules {
    /// Seconds to play: whole seconds, as SQS counts delays.
    pub const WINDOW_S: std::ops::RangeInclusive<u8> = 1..=60;
    /// Rounds: AWS stops a chain of Lambda and SQS after about 16 functions. A join, a gathering and 12
    /// rounds are 14.
    pub const MAX_ROUNDS: std::ops::RangeInclusive<u8> = 1..=12;

    /// Rules with these settings, if both are in their range.
    #[must_use]
    pub fn new(window_s: u8, max_rounds: u8) -> Option<Self> {
        (Self::WINDOW_S.contains(&window_s) && Self::MAX_ROUNDS.contains(&max_rounds)).then_some(
            Self {
                window_s,
                max_rounds,
            },
        )
    }

    /// Seconds players have to play.
    #[must_use]
    pub fn window_s(self) -> u8 {
        self.window_s
    }

    /// Milliseconds players have to play.
    #[must_use]
    pub fn window_ms(self) -> u64 {
        u64::from(self.window_s) * 1000
    }

    /// The round in which a draw ends the game.
    #[must_use]
    pub fn max_rounds(self) -> u8 {
        self.max_rounds
    }
}

/// Which of the two players.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seat {
    /// Who waited.
    First,
    /// Who joined.
    Second,
}

impl Seat {
    /// Both seats, in order.
    pub const BOTH: [Self; 2] = [Self::First, Self::Second];

    /// The opponent's seat.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// What closed a round. From then on its plays are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// The round's time was over: the plays decide.
    ByClock,
    /// The first player left: the second wins.
    ByFirstLeaving,
    /// The second player left: the first wins.
    BySecondLeaving,
    /// An operator ended the game.
    ByOperator,
}

impl Closed {
    /// The closing by the player of that seat leaving.
    #[must_use]
    pub fn by_leaving(seat: Seat) -> Self {
        match seat {
            Seat::First => Self::ByFirstLeaving,
            Seat::Second => Self::BySecondLeaving,
        }
    }
}

/// A game of two players.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Game {
    /// Its id.
    pub id: GameId,
    /// Who waited, and who joined.
    pub players: [ConnectionId; 2],
    /// Its rules, as they were when it started.
    pub rules: Rules,
    /// When it started, milliseconds since 1970.
    pub started_at_ms: u64,
    /// The current round, from 1.
    pub round: u32,
    /// When the round's time is over, milliseconds since 1970. Together with the round it names the one
    /// message that may close the round.
    pub deadline_ms: u64,
    /// The plays of the round, by seat.
    pub plays: [Option<Play>; 2],
    /// What closed the round, once something has.
    pub closed: Option<Closed>,
}

/// The message that closes a round when its time is over. It is sent, with the window as its delay,
/// before the round it belongs to is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// The version of this message.
    pub v: u32,
    /// The game.
    pub game: GameId,
    /// The round.
    pub round: u32,
    /// The deadline that the round has if it is this message's round. A join or a draw that was begun
    /// twice sends two messages; only the one whose round was stored has a matching deadline, so the
    /// other can never close a round early.
    pub deadline_ms: u64,
}

/// Why a tick closes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TickRefusal {
    /// Its round is not stored yet: the sender may still be about to.
    Ahead,
    /// Its round is over, or never was: let it vanish.
    Stray,
}

/// Why a play is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The player is not in this game.
    NotInThisGame,
    /// The round is closed, or another one, or its time is over.
    TooLate,
    /// The player has played something else in this round.
    AlreadyPlayed,
}

/// Something to be done, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this tick with the window as its delay, before anything is stored.
    Schedule(Tick),
    /// Tell this player.
    Tell(Seat, ServerMessage),
}

/// What becomes of a game whose round is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// A draw: this is the game in its next round.
    NextRound(Game),
    /// The game is over: tell the players, then remove everything.
    Over,
}

impl Game {
    /// Starts a game, and gives the tick to schedule before the game is stored.
    #[must_use]
    pub fn start(
        id: GameId,
        players: [ConnectionId; 2],
        rules: Rules,
        now_ms: u64,
    ) -> (Self, Tick) {
        let game = Self {
            id,
            players,
            rules,
            started_at_ms: now_ms,
            round: 1,
            deadline_ms: now_ms + rules.window_ms(),
            plays: [None; 2],
            closed: None,
        };
        let tick = game.tick();
        (game, tick)
    }

    /// The tick that may close the current round.
    #[must_use]
    pub fn tick(&self) -> Tick {
        Tick {
            v: VERSION,
            game: self.id.clone(),
            round: self.round,
            deadline_ms: self.deadline_ms,
        }
    }

    /// What both players are told at the start.
    #[must_use]
    pub fn started(&self) -> ServerMessage {
        ServerMessage::GameStarted {
            game: self.id.clone(),
            round: self.round,
            play_within_ms: self.rules.window_ms(),
        }
    }

    /// Where that connection sits, if it plays here.
    #[must_use]
    pub fn seat_of(&self, connection: &ConnectionId) -> Option<Seat> {
        Seat::BOTH
            .into_iter()
            .find(|seat| self.player(*seat) == connection)
    }

    /// The connection of the player in that seat.
    #[must_use]
    pub fn player(&self, seat: Seat) -> &ConnectionId {
        &self.players[seat as usize]
    }

    /// The play of that seat in the current round.
    #[must_use]
    pub fn played(&self, seat: Seat) -> Option<Play> {
        self.plays[seat as usize]
    }

    /// A play arrives. It counts while the round is open and within the window and its grace; the first
    /// one is final. The same once more is no offence, however late: it is answered as before.
    ///
    /// # Errors
    /// The [`Refusal`], and the game is as it was.
    pub fn play(
        &self,
        from: &ConnectionId,
        play: Play,
        round: Option<u32>,
        arrived_ms: u64,
    ) -> Result<(Self, ServerMessage), Refusal> {
        let seat = self.seat_of(from).ok_or(Refusal::NotInThisGame)?;
        if round.is_some_and(|round| round != self.round) {
            return Err(Refusal::TooLate);
        }
        let is_repeated = self.played(seat) == Some(play);
        let is_late = self.closed.is_some() || arrived_ms > self.deadline_ms + GRACE_MS;
        if is_late && !is_repeated {
            return Err(Refusal::TooLate);
        }
        if self.played(seat).is_some() && !is_repeated {
            return Err(Refusal::AlreadyPlayed);
        }
        let mut game = self.clone();
        game.plays[seat as usize] = Some(play);
        let received = ServerMessage::PlayReceived {
            game: self.id.clone(),
            round: self.round,
            play,
        };
        Ok((game, received))
    }

    /// The round's time is over. A round that is closed already stays closed by what closed it.
    ///
    /// # Errors
    /// A tick that does not belong to the current round changes nothing.
    pub fn clock(&self, tick: &Tick) -> Result<Self, TickRefusal> {
        if tick.round > self.round {
            return Err(TickRefusal::Ahead);
        }
        if *tick
            != (Tick {
                v: tick.v,
                ..self.tick()
            })
        {
            return Err(TickRefusal::Stray);
        }
        Ok(Self {
            closed: self.closed.or(Some(Closed::ByClock)),
            ..self.clone()
        })
    }

    /// Closes the round for another reason than its time, once more if that very reason has closed it
    /// already. `None` if another has: whoever closed it settles it.
    #[must_use]
    pub fn close(&self, by: Closed) -> Option<Self> {
        let is_open = self.closed.is_none_or(|closed| closed == by);
        is_open.then(|| Self {
            closed: Some(by),
            ..self.clone()
        })
    }

    /// The game as an operator ends it. A round whose closing ends the game already stays closed by that: its
    /// plays are frozen, and may have been told.
    #[must_use]
    pub fn ended_by_operator(&self) -> Self {
        let is_over = matches!(self.settle(self.deadline_ms), Some((Settled::Over, _)));
        Self {
            closed: if is_over {
                self.closed
            } else {
                Some(Closed::ByOperator)
            },
            ..self.clone()
        }
    }

    /// What becomes of the game now that its round is closed, and what is to be done. Before that, nothing.
    #[must_use]
    pub fn settle(&self, now_ms: u64) -> Option<(Settled, Vec<Effect>)> {
        let settled = match (self.closed?, self.plays) {
            (Closed::ByClock, [Some(first), Some(second)])
                if first == second && self.round < u32::from(self.rules.max_rounds) =>
            {
                self.next_round(first, now_ms)
            }
            (Closed::ByClock, _) => self.over(Seat::BOTH.map(Some), Self::verdict_by_plays),
            (Closed::ByFirstLeaving, _) => self.over([None, Some(Seat::Second)], |_, _| {
                (Outcome::Won, Reason::OpponentLeft)
            }),
            (Closed::BySecondLeaving, _) => self.over([Some(Seat::First), None], |_, _| {
                (Outcome::Won, Reason::OpponentLeft)
            }),
            (Closed::ByOperator, _) => self.over(Seat::BOTH.map(Some), |_, _| {
                (Outcome::Abandoned, Reason::EndedByOperator)
            }),
        };
        Some(settled)
    }

    /// For how long the round's time has been over, milliseconds; 0 before that.
    #[must_use]
    pub fn overdue_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.deadline_ms)
    }

    fn next_round(&self, both: Play, now_ms: u64) -> (Settled, Vec<Effect>) {
        let next = Self {
            round: self.round + 1,
            deadline_ms: now_ms + self.rules.window_ms(),
            plays: [None; 2],
            closed: None,
            ..self.clone()
        };
        let drawn = ServerMessage::RoundDrawn {
            game: self.id.clone(),
            round: self.round,
            you: both,
            opponent: both,
            next_round: next.round,
            play_within_ms: self.rules.window_ms(),
        };
        let mut effects = vec![Effect::Schedule(next.tick())];
        effects.extend(Seat::BOTH.map(|seat| Effect::Tell(seat, drawn.clone())));
        (Settled::NextRound(next), effects)
    }

    fn over(
        &self,
        told: [Option<Seat>; 2],
        verdict: impl Fn(Option<Play>, Option<Play>) -> (Outcome, Reason),
    ) -> (Settled, Vec<Effect>) {
        let effects = told.into_iter().flatten().map(|seat| {
            let (you, opponent) = (self.played(seat), self.played(seat.other()));
            let (outcome, reason) = verdict(you, opponent);
            // The opponent's play of a round that was never decided stays secret.
            let decided = !matches!(reason, Reason::OpponentLeft | Reason::EndedByOperator);
            let over = ServerMessage::GameOver {
                game: self.id.clone(),
                rounds: self.round,
                outcome,
                reason,
                you,
                opponent: opponent.filter(|_| decided),
            };
            Effect::Tell(seat, over)
        });
        (Settled::Over, effects.collect())
    }

    fn verdict_by_plays(you: Option<Play>, opponent: Option<Play>) -> (Outcome, Reason) {
        match (you, opponent) {
            (Some(you), Some(opponent)) if you.beats(opponent) => (Outcome::Won, Reason::Plays),
            (Some(you), Some(opponent)) if opponent.beats(you) => (Outcome::Lost, Reason::Plays),
            (Some(_), Some(_)) => (Outcome::Drawn, Reason::DrawLimit),
            (Some(_), None) => (Outcome::Won, Reason::OpponentDidNotPlay),
            (None, Some(_)) => (Outcome::Lost, Reason::YouDidNotPlay),
            (None, None) => (Outcome::Abandoned, Reason::NobodyPlayed),
        }
    }
}

impl Tick {
    /// Whether this tick, sent `age_ms` ago, has something to do, given its game as it is stored: to close the
    /// round, or to wait for a round that its sender may still be about to store.
    #[must_use]
    pub fn is_needed(&self, game: Option<&Game>, age_ms: u64) -> bool {
        let is_early = match game.map(|game| game.clock(self)) {
            Some(Ok(_)) => return true,
            Some(Err(refusal)) => refusal == TickRefusal::Ahead,
            // A first round may not be stored yet; a later one has had a game, which is over.
            None => self.round == 1,
        };
        is_early && age_ms < LEASE_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000_000;

    fn game(round: u32) -> Game {
        let players = ["x".into(), "y".into()];
        let (game, _) = Game::start("g".into(), players, Rules::default(), NOW - 5000);
        Game { round, ..game }
    }

    #[test]
    fn a_tick_is_needed_by_its_round_only() {
        let of = |round| game(round).tick();
        let other = Tick {
            deadline_ms: NOW + 1,
            ..of(2)
        };
        let (young, old) = (LEASE_MS - 1, LEASE_MS);
        for (tick, stored, age_ms, needed) in [
            (of(2), Some(game(2)), old, true),
            (of(1), Some(game(2)), young, false),
            (other, Some(game(2)), young, false),
            (of(3), Some(game(2)), young, true),
            (of(3), Some(game(2)), old, false),
            (of(1), None, young, true),
            (of(1), None, old, false),
            (of(2), None, young, false),
        ] {
            let found = tick.is_needed(stored.as_ref(), age_ms);
            assert_eq!(found, needed, "{tick:?} {stored:?} {age_ms}");
        }
    }
}
