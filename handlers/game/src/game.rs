//! One game of two players: plays, rounds, how it ends.
//!
//! A round is open until it is [`Closed`]; from then on its plays are frozen, and [`Game::settle`] says
//! the same whenever and however often it is asked. That is why a redelivered message, or a function
//! that finishes what a crashed one began, tells the same truth.

use serde::{Deserialize, Serialize};

use crate::rules::{LEASE_MS, VERSION};
use crate::{ConnectionId, GameId, Outcome, Play, Reason, Rules, ServerMessage};

/// A plays' window may arrive this much later than its end and still count, milliseconds.
pub const GRACE_MS: u64 = 1000;

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
    pub const BOTH: [Self; 2] = [Self::First, Self::Second];

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
    ByOperator,
}

impl Closed {
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
    pub id: GameId,
    /// Who waited, and who joined.
    pub players: [ConnectionId; 2],
    pub rules: Rules,
    /// When it started, milliseconds since 1970.
    pub started_at_ms: u64,
    pub round: u32,
    /// When the round's time is over, milliseconds since 1970. Together with the round it names the one
    /// message that may close the round.
    pub deadline_ms: u64,
    pub plays: [Option<Play>; 2],
    pub closed: Option<Closed>,
}

/// The message that closes a round when its time is over. It is sent, with the window as its delay,
/// before the round it belongs to is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    pub v: u32,
    pub game: GameId,
    pub round: u32,
    /// The deadline that the round has if it is this message's round. A join or a draw that was begun
    /// twice sends two messages; only the one whose round was stored has a matching deadline, so the
    /// other can never close a round early.
    pub deadline_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TickRefusal {
    /// Its round is not stored yet: the sender may still be about to.
    Ahead,
    /// Its round is over, or never was: let it vanish.
    Stray,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    NotInThisGame,
    /// The round is closed, or another one, or its time is over.
    TooLate,
    AlreadyPlayed,
}

/// What becomes of a game, and what to do for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// The round is not closed: nothing yet.
    Open,
    /// A draw. Schedule the tick of the game in its next round, store that, and tell both players.
    NextRound { game: Game, drawn: ServerMessage },
    /// The game is over: tell each player, by seat, then remove everything. Who left is told nothing.
    Over([Option<ServerMessage>; 2]),
}

impl Game {
    /// Starts a game, and gives the tick to schedule before the game is stored.
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

    pub fn tick(&self) -> Tick {
        Tick {
            v: VERSION,
            game: self.id.clone(),
            round: self.round,
            deadline_ms: self.deadline_ms,
        }
    }

    pub fn started(&self) -> ServerMessage {
        ServerMessage::GameStarted {
            game: self.id.clone(),
            round: self.round,
            play_within_ms: self.rules.window_ms(),
        }
    }

    pub fn seat_of(&self, connection: &ConnectionId) -> Option<Seat> {
        Seat::BOTH
            .into_iter()
            .find(|seat| self.player(*seat) == connection)
    }

    pub fn player(&self, seat: Seat) -> &ConnectionId {
        &self.players[seat as usize]
    }

    pub fn played(&self, seat: Seat) -> Option<Play> {
        self.plays[seat as usize]
    }

    /// A play arrives. It counts while the round is open and within the window and its grace; the first
    /// one is final. The same once more is no offence, however late: it is answered as before.
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
    /// A tick that does not belong to the current round changes nothing.
    pub fn clock(&self, tick: &Tick) -> Result<Self, TickRefusal> {
        if tick.round > self.round {
            return Err(TickRefusal::Ahead);
        }
        let is_own = tick.game == self.id && tick.round == self.round;
        if !is_own || tick.deadline_ms != self.deadline_ms {
            return Err(TickRefusal::Stray);
        }
        Ok(Self {
            closed: self.closed.or(Some(Closed::ByClock)),
            ..self.clone()
        })
    }

    /// Closes the round for another reason than its time, once more if that very reason has closed it
    /// already. `None` if another has: whoever closed it settles it.
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
        let is_over = matches!(self.settle(self.deadline_ms), Settlement::Over(_));
        Self {
            closed: if is_over {
                self.closed
            } else {
                Some(Closed::ByOperator)
            },
            ..self.clone()
        }
    }

    /// Says the same however often it is asked.
    pub fn settle(&self, now_ms: u64) -> Settlement {
        let left = Some((Outcome::Won, Reason::OpponentLeft));
        let verdicts = match (self.closed, self.plays) {
            (None, _) => return Settlement::Open,
            (Some(Closed::ByClock), [Some(first), Some(second)])
                if first == second && self.round < u32::from(self.rules.max_rounds()) =>
            {
                return self.next_round(first, now_ms);
            }
            (Some(Closed::ByClock), _) => Seat::BOTH.map(|seat| Some(self.verdict_by_plays(seat))),
            (Some(Closed::ByFirstLeaving), _) => [None, left],
            (Some(Closed::BySecondLeaving), _) => [left, None],
            (Some(Closed::ByOperator), _) => {
                [Some((Outcome::Abandoned, Reason::EndedByOperator)); 2]
            }
        };
        Settlement::Over(Seat::BOTH.map(|seat| {
            let (outcome, reason) = verdicts[seat as usize]?;
            Some(self.over(seat, outcome, reason))
        }))
    }

    /// For how long the round's time has been over, milliseconds; 0 before that.
    pub fn overdue_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.deadline_ms)
    }

    fn next_round(&self, both: Play, now_ms: u64) -> Settlement {
        let game = Self {
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
            next_round: game.round,
            play_within_ms: self.rules.window_ms(),
        };
        Settlement::NextRound { game, drawn }
    }

    fn over(&self, seat: Seat, outcome: Outcome, reason: Reason) -> ServerMessage {
        // The opponent's play of a round that was never decided stays secret.
        let decided = !matches!(reason, Reason::OpponentLeft | Reason::EndedByOperator);
        ServerMessage::GameOver {
            game: self.id.clone(),
            rounds: self.round,
            outcome,
            reason,
            you: self.played(seat),
            opponent: self.played(seat.other()).filter(|_| decided),
        }
    }

    fn verdict_by_plays(&self, seat: Seat) -> (Outcome, Reason) {
        match (self.played(seat), self.played(seat.other())) {
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
