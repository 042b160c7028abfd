//! A player whose connection broke takes its seat again on another connection.

use crate::{ConnectionId, Game, Presence, SEATS_SINCE, Seat, SeatSecret, ServerMessage};

impl Game {
    /// A new game whose players may resume.
    #[must_use]
    pub fn with_secrets(self, secrets: [SeatSecret; 2]) -> Self {
        let [first, second] = secrets;
        let second = (!self.is_house(Seat::Second)).then_some(second);
        let secrets = [Some(first), second];
        Self { secrets, ..self }
    }

    pub fn seat_with(&self, secret: &SeatSecret) -> Option<Seat> {
        Seat::BOTH
            .into_iter()
            .find(|seat| self.secrets[*seat as usize].as_ref() == Some(secret))
    }

    /// Marks a seat absent because the connection of its player broke. `None` if no connection may resume it: the round
    /// has no further plays, or the seat has no secret.
    pub fn with_absent(&self, seat: Seat) -> Option<Self> {
        let may_resume = self.closed_by().is_none() && self.secrets[seat as usize].is_some();
        may_resume.then(|| {
            let mut game = self.clone();
            game.v = SEATS_SINCE;
            game.presence[seat as usize] = Some(Presence::Absent);
            game
        })
    }

    /// Moves the seat with this secret to another connection. `None` if there is none, or its round is closed, or the
    /// connection has the other seat.
    pub fn with_resumed(&self, secret: &SeatSecret, by: &ConnectionId) -> Option<Self> {
        let seat = self.seat_with(secret)?;
        if self.closed.is_some() || self.player(seat.other()) == by {
            return None;
        }
        let mut game = self.clone();
        game.players[seat as usize] = by.clone();
        game.v = SEATS_SINCE;
        game.presence[seat as usize] = Some(Presence::Resumed);
        Some(game)
    }

    pub fn resumed(&self, seat: Seat, now_ms: u64) -> ServerMessage {
        ServerMessage::GameResumed {
            game: self.id.clone(),
            round: self.round,
            play_within_ms: self.deadline_ms.saturating_sub(now_ms),
            you: self.played(seat),
            max_rounds: self.rules.max_rounds().into(),
            decide_early: self.rules.decide_early(),
            opponent: self.opponent(),
        }
    }
}
