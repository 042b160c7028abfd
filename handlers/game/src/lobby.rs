//! Waiting players, and the steps of a join.
//!
//! The lobby has shards; each shard has at most one waiting player. A connection *claims* a game id
//! before it waits for that game or plays it. Two joins of one connection conflict at the claim, so only
//! one continues. A connection with a claim that neither waits nor plays is still joining, for at most
//! [`LEASE_MS`]. After that its function is dead, and another join may replace the claim.
//!
//! A joiner *reserves* the waiting player while it starts the game. The reservation belongs to the waiting player's
//! claim: until it expires, the player cannot move to another game.

use crate::rules::LEASE_MS;
use crate::{ConnectionId, Game, GameId, JoinId, Seat};

/// The possible numbers of lobby shards. A player who waits alone moves to shard 0 ([`crate::rebalance`]).
pub const SHARDS: std::ops::RangeInclusive<u8> = 1..=16;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Waiting {
    pub connection: ConnectionId,
    pub game: GameId,
}

/// A joiner reserves the waiting player while it starts the game.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reservation {
    pub by: JoinId,
    /// Milliseconds since 1970.
    pub at_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    pub game: GameId,
    pub seat: Seat,
    pub by: JoinId,
    /// Milliseconds since 1970.
    pub at_ms: u64,
    /// The joiner that is starting the game, if there is one.
    pub reservation: Option<Reservation>,
}

impl Claim {
    /// Returns true while a joiner may still be starting the game.
    pub fn is_reserved(&self, now_ms: u64) -> bool {
        let reservation = self.reservation.as_ref();
        reservation.is_some_and(|reservation| is_leased(reservation.at_ms, now_ms))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Connection {
    pub id: ConnectionId,
    /// Milliseconds since 1970.
    pub connected_at_ms: u64,
    pub claim: Option<Claim>,
}

/// The joiner's next step, given the lobby's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinStep {
    Wait,
    Take(Waiting),
    AlreadyWaiting(Waiting),
}

pub fn join(waiting: Option<Waiting>, me: &ConnectionId) -> JoinStep {
    match waiting {
        None => JoinStep::Wait,
        Some(waiting) if waiting.connection == *me => JoinStep::AlreadyWaiting(waiting),
        Some(waiting) => JoinStep::Take(waiting),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// Neither waiting nor playing. A new join may replace the claim.
    Idle,
    /// A join of the connection, or the reservation of a joiner, is less than a lease old.
    Joining,
    Waiting(Waiting),
    Playing(Game, Seat),
}

impl Position {
    /// The position of the connection `me` with `claim`. Read the claim first, then the claimed game's
    /// lobby shard, then the game: a joiner stores the game before it clears the lobby.
    #[must_use]
    pub fn of(
        me: &ConnectionId,
        claim: &Claim,
        waiting: Option<&Waiting>,
        game: Option<&Game>,
        now_ms: u64,
    ) -> Self {
        let playing = game.and_then(|game| Some(Self::Playing(game.clone(), game.seat_of(me)?)));
        let is_mine = |it: &&Waiting| it.connection == *me && it.game == claim.game;
        playing
            .or_else(|| waiting.filter(is_mine).cloned().map(Self::Waiting))
            .unwrap_or(
                if is_leased(claim.at_ms, now_ms) || claim.is_reserved(now_ms) {
                    Self::Joining
                } else {
                    Self::Idle
                },
            )
    }
}

fn is_leased(at_ms: u64, now_ms: u64) -> bool {
    now_ms.saturating_sub(at_ms) < LEASE_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;

    #[test]
    fn the_next_step_of_a_join_depends_on_the_lobby() {
        let waiting = Waiting {
            connection: "x".into(),
            game: "g".into(),
        };
        let step = |waiting, me: &str| join(waiting, &me.into());
        assert_eq!(step(None, "y"), JoinStep::Wait);
        let already = JoinStep::AlreadyWaiting(waiting.clone());
        assert_eq!(step(Some(waiting.clone()), "x"), already);
        let take = JoinStep::Take(waiting.clone());
        assert_eq!(step(Some(waiting), "y"), take);
    }

    #[test]
    fn the_position_depends_on_lobby_and_game() {
        let now = 1_000_000;
        let reserved = |at_ms, reserved_at_ms| Claim {
            game: "g".into(),
            seat: Seat::First,
            by: "j".into(),
            at_ms,
            reservation: Some(Reservation {
                by: "k".into(),
                at_ms: reserved_at_ms,
            }),
        };
        let game_of = |first: &str| {
            let players = [first.into(), "y".into()];
            Game::start("g".into(), players, Rules::default(), now).0
        };
        let lobby = Waiting {
            connection: "x".into(),
            game: "g".into(),
        };
        let (ours, others) = (game_of("x"), game_of("w"));
        let other_lobby = Waiting {
            game: "h".into(),
            ..lobby.clone()
        };
        let old = now - LEASE_MS;
        let playing = Position::Playing(ours.clone(), Seat::First);
        let waits = Position::Waiting(lobby.clone());
        for (at_ms, reserved_at_ms, waiting, game, position) in [
            (old, old, Some(&lobby), Some(&ours), playing),
            (old, old + 1, Some(&lobby), None, waits),
            (old, old, None, Some(&others), Position::Idle),
            (old, old, Some(&other_lobby), None, Position::Idle),
            (old + 1, old, None, None, Position::Joining),
            (old, old + 1, None, None, Position::Joining),
            (u64::MAX, old, None, None, Position::Joining),
        ] {
            let claim = reserved(at_ms, reserved_at_ms);
            let actual = Position::of(&"x".into(), &claim, waiting, game, now);
            assert_eq!(actual, position);
        }
    }
}
