//! A game of two players: plays, rounds, endings.
//!
//! A round is open until something closes it ([`CloseReason`]), or until both have played. Then its plays never
//! change, so [`Game::settle`] returns the same messages every time. A redelivered message, or a function that
//! continues after a crash, therefore sends both players the same result.

use serde::{Deserialize, Serialize};

use crate::house::first_plays;
use crate::round_timer::{RoundTimer, TimerRefusal};
use crate::rules::{
    LATE_MS, LEASE_MS, PLAYS_CLOSE_SINCE, ROOM_MESSAGES_SINCE, ROOMS_SINCE, VERSION,
};
use crate::{
    ConnectionId, GameId, House, Opponent, Outcome, Play, Presence, Reason, Room, Rules, Seat,
    SeatSecret, ServerMessage,
};

/// A play that arrives more than this after the window's end is too late, milliseconds.
pub const GRACE_MS: u64 = 1000;

/// The second play ends the round early only if at least this much of its time is left, milliseconds.
const EARLY_MS: u64 = 1000;

/// Closing a round freezes its plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseReason {
    /// The time is up: the plays decide.
    ByClock,
    /// The first player left: the second wins.
    ByFirstLeaving,
    /// The second player left: the first wins.
    BySecondLeaving,
    ByOperator,
}

impl CloseReason {
    #[must_use]
    pub fn by_leaving(seat: Seat) -> Self {
        match seat {
            Seat::First => Self::ByFirstLeaving,
            Seat::Second => Self::BySecondLeaving,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Game {
    /// The format version: of the release that started the game, or [`crate::SEATS_SINCE`].
    pub v: u32,
    pub id: GameId,
    /// The room where its players met.
    pub room: Option<Room>,
    /// By [`Seat`].
    pub players: [ConnectionId; 2],
    /// The house plays the second seat.
    pub house: Option<House>,
    /// By [`Seat`]. The house has none, nor has a player in a game of an earlier release.
    pub secrets: [Option<SeatSecret>; 2],
    /// By [`Seat`]. `None`: the player has the connection with which it began.
    pub presence: [Option<Presence>; 2],
    pub rules: Rules,
    /// Milliseconds since 1970.
    pub started_at_ms: u64,
    pub round: u32,
    /// End of the round's time, milliseconds since 1970. Round and deadline together identify the one
    /// [`RoundTimer`] that may close the round.
    pub deadline_ms: u64,
    pub plays: [Option<Play>; 2],
    pub closed: Option<CloseReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayRefusal {
    NotInThisGame,
    /// The round is closed, or its time is up, or the play is for another round.
    TooLate,
    AlreadyPlayed,
}

/// The result of a round, and the caller's next steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// The round is still open.
    Open,
    /// A draw. Schedule the next round's timer, store the next round, and send `drawn` to both players.
    NextRound { game: Game, drawn: ServerMessage },
    /// The game is over. Send each player the message of its seat, then remove the game. A player who
    /// left gets no message.
    Over([Option<ServerMessage>; 2]),
}

impl Game {
    /// Schedule its round timer before you store the game.
    pub fn start(id: GameId, players: [ConnectionId; 2], rules: Rules, now_ms: u64) -> Self {
        Self {
            v: PLAYS_CLOSE_SINCE,
            id,
            room: None,
            players,
            house: None,
            secrets: [None, None],
            presence: [None; 2],
            rules,
            started_at_ms: now_ms,
            round: 1,
            deadline_ms: now_ms + rules.window_ms(),
            plays: [None; 2],
            closed: None,
        }
    }

    /// A new game of players who met in this room.
    #[must_use]
    pub fn in_room(self, room: Option<Room>) -> Self {
        let v = if room.is_some() { ROOMS_SINCE } else { self.v };
        Self { v, room, ..self }
    }

    /// A new game of one player against the house, which plays at once.
    pub fn against_house(
        id: GameId,
        player: ConnectionId,
        house: House,
        rules: Rules,
        now_ms: u64,
    ) -> Self {
        let game = Self::start(id, [player, House::player()], rules, now_ms);
        Self {
            v: ROOMS_SINCE,
            house: Some(house),
            plays: first_plays(Some(house), game.round),
            ..game
        }
    }

    pub fn is_house(&self, seat: Seat) -> bool {
        self.house.is_some() && seat == Seat::Second
    }

    pub fn round_timer(&self) -> RoundTimer {
        let is_new = self.room.is_some() || self.house.is_some();
        let v = if is_new { ROOM_MESSAGES_SINCE } else { VERSION };
        RoundTimer {
            v,
            game: self.id.clone(),
            round: self.round,
            deadline_ms: self.deadline_ms,
            early: false,
            room: self.room.clone(),
            house: self.house.is_some(),
        }
    }

    /// The message that ends the round early, if the rules want that and enough time is left. Send it without a delay.
    pub fn early_timer(&self, now_ms: u64) -> Option<RoundTimer> {
        let has_time = now_ms + EARLY_MS <= self.deadline_ms;
        let ends_early = self.rules.decide_early() && self.closed.is_none() && self.is_played();
        (ends_early && has_time).then(|| RoundTimer {
            early: true,
            ..self.round_timer()
        })
    }

    pub fn started(&self, seat: Seat) -> ServerMessage {
        ServerMessage::GameStarted {
            game: self.id.clone(),
            round: self.round,
            play_within_ms: self.rules.window_ms(),
            max_rounds: self.rules.max_rounds().into(),
            decide_early: self.rules.decide_early(),
            opponent: self.opponent(),
            seat: self.secrets[seat as usize].clone(),
        }
    }

    /// The first player's opponent.
    pub fn opponent(&self) -> Opponent {
        match self.house {
            Some(_) => Opponent::Bot,
            None => Opponent::Player,
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

    /// Both have played, so only the plays can decide the round. False in an older game, which a player may leave, or an
    /// operator end, until `decide` closes the round.
    pub fn is_played(&self) -> bool {
        self.v >= PLAYS_CLOSE_SINCE && self.plays.iter().all(Option::is_some)
    }

    /// Why the round has no further plays: a write closed it, or both have played and its time will be up.
    pub fn closed_by(&self) -> Option<CloseReason> {
        let played = self.is_played().then_some(CloseReason::ByClock);
        self.closed.or(played)
    }

    /// Accepts a play while the round is open, until the window and its grace period end. A player's
    /// first play is final. Repeating it in the same round succeeds at any time, with the
    /// same answer.
    pub fn play(
        &self,
        from: &ConnectionId,
        play: Play,
        round: Option<u32>,
        arrived_ms: u64,
    ) -> Result<(Self, ServerMessage), PlayRefusal> {
        let seat = self.seat_of(from).ok_or(PlayRefusal::NotInThisGame)?;
        if round.is_some_and(|round| round != self.round) {
            return Err(PlayRefusal::TooLate);
        }
        let is_repeated = self.played(seat) == Some(play);
        let is_late = self.closed.is_some() || arrived_ms > self.deadline_ms + GRACE_MS;
        if is_late && !is_repeated {
            return Err(PlayRefusal::TooLate);
        }
        if self.played(seat).is_some() && !is_repeated {
            return Err(PlayRefusal::AlreadyPlayed);
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

    /// Closes the round when its time is up. A closed round keeps its first [`CloseReason`]. A timer of
    /// another round changes nothing, nor an early one while a play is missing.
    pub fn clock(&self, round_timer: &RoundTimer) -> Result<Self, TimerRefusal> {
        if round_timer.early && !(self.rules.decide_early() && self.is_played()) {
            return Err(TimerRefusal::Obsolete);
        }
        if round_timer.round > self.round {
            return Err(TimerRefusal::Ahead);
        }
        let is_current = round_timer.game == self.id && round_timer.round == self.round;
        if !is_current || round_timer.deadline_ms != self.deadline_ms {
            return Err(TimerRefusal::Obsolete);
        }
        Ok(self.with(self.closed.or(Some(CloseReason::ByClock))))
    }

    /// Closes an open round because a player left. Repeating the same reason succeeds. `None` if the round closed for
    /// another reason, or both have played: `decide` or the caller that closed it settles it.
    pub fn close(&self, reason: CloseReason) -> Option<Self> {
        let may_close = self.closed_by().is_none_or(|closed| closed == reason);
        may_close.then(|| self.with(Some(reason)))
    }

    /// The game after an operator ends it. If its round already ends the game, that result counts: its players may
    /// already know it.
    #[must_use]
    pub fn ended_by_operator(&self) -> Self {
        let decided = self.with(self.closed_by());
        match decided.settle(self.deadline_ms) {
            Settlement::Over(_) => decided,
            _ => self.with(Some(CloseReason::ByOperator)),
        }
    }

    fn with(&self, closed: Option<CloseReason>) -> Self {
        let game = self.clone();
        Self { closed, ..game }
    }

    /// Returns the same messages for the same closed round, every time. Only the deadline of a next round
    /// depends on `now_ms`.
    pub fn settle(&self, now_ms: u64) -> Settlement {
        let opponent_left = Some((Outcome::Won, Reason::OpponentLeft));
        let verdicts = match (self.closed, self.plays) {
            (None, _) => return Settlement::Open,
            (Some(CloseReason::ByClock), [Some(first), Some(second)])
                if first == second && self.round < u32::from(self.rules.max_rounds()) =>
            {
                return self.next_round(first, now_ms);
            }
            (Some(CloseReason::ByClock), _) => {
                Seat::BOTH.map(|seat| Some(self.verdict_by_clock(seat)))
            }
            (Some(CloseReason::ByFirstLeaving), _) => [None, opponent_left],
            (Some(CloseReason::BySecondLeaving), _) => [opponent_left, None],
            (Some(CloseReason::ByOperator), _) => {
                [Some((Outcome::Abandoned, Reason::EndedByOperator)); 2]
            }
        };
        Settlement::Over(Seat::BOTH.map(|seat| {
            let (outcome, reason) = verdicts[seat as usize]?;
            Some(self.over(seat, outcome, reason))
        }))
    }

    /// Milliseconds since the deadline; 0 before it.
    pub fn overdue_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.deadline_ms)
    }

    fn next_round(&self, both: Play, now_ms: u64) -> Settlement {
        let game = Self {
            round: self.round + 1,
            deadline_ms: now_ms + self.rules.window_ms(),
            plays: first_plays(self.house, self.round + 1),
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
        // If the plays did not decide the round, the opponent's play stays secret.
        let is_decided = !matches!(reason, Reason::OpponentLeft | Reason::EndedByOperator);
        ServerMessage::GameOver {
            game: self.id.clone(),
            rounds: self.round,
            outcome,
            reason,
            you: self.played(seat),
            opponent: self.played(seat.other()).filter(|_| is_decided),
        }
    }

    /// The player is absent and has not played, so it loses the round unless it resumes or both are gone.
    pub fn is_gone(&self, seat: Seat) -> bool {
        self.presence[seat as usize] == Some(Presence::Absent) && self.played(seat).is_none()
    }

    fn verdict_by_clock(&self, seat: Seat) -> (Outcome, Reason) {
        match (self.is_gone(seat), self.is_gone(seat.other())) {
            (false, true) => return (Outcome::Won, Reason::OpponentLeft),
            (true, false) => return (Outcome::Lost, Reason::YouDidNotPlay),
            (false, false) | (true, true) => {}
        }
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

impl RoundTimer {
    /// Returns false if this round timer is obsolete. A timer is needed to close its round, or while the write that
    /// stores the round may still arrive. `waits`: the game's first player is in the lobby. Read the lobby first, then
    /// the game: a joiner stores the game before it closes the place.
    pub fn is_needed(&self, waits: bool, game: Option<&Game>, now_ms: u64) -> bool {
        match game.map(|game| game.clock(self)) {
            Some(Ok(_) | Err(TimerRefusal::Ahead)) => true,
            Some(Err(TimerRefusal::Obsolete)) => false,
            // A later round had a game, which is over.
            None if self.round > 1 || self.early => false,
            None if self.house => now_ms < self.deadline_ms + LEASE_MS,
            None => waits && now_ms < self.deadline_ms + LATE_MS,
        }
    }
}
