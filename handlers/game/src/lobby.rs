//! Waiting players, and the steps of a join.
//!
//! The lobby has shards; each shard has at most one waiting player. A connection *claims* a game id
//! before it waits for that game or plays it. Two joins of one connection conflict at the claim, so only
//! one continues. A connection with a claim that neither waits nor plays is still joining, for at most
//! [`LEASE_MS`]. After that its function is dead, and another join may replace the claim.

use crate::rules::LEASE_MS;
use crate::{ConnectionId, Game, GameId, JoinId, Seat};

/// The possible numbers of lobby shards. A player who waits alone moves to shard 0 ([`crate::rebalance`]).
pub const SHARDS: std::ops::RangeInclusive<u8> = 1..=16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub connection: ConnectionId,
    pub game: GameId,
    /// The joiner that is starting the game, if there is one.
    pub reservation: Option<Reservation>,
}

impl Waiting {
    /// Returns true while a joiner may still be starting the game.
    pub fn is_reserved(&self, now_ms: u64) -> bool {
        let reservation = self.reservation.as_ref();
        reservation.is_some_and(|reservation| is_leased(reservation.at_ms, now_ms))
    }
}

/// A joiner reserves the waiting player while it starts the game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub by: JoinId,
    /// Milliseconds since 1970.
    pub at_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub game: GameId,
    pub seat: Seat,
    pub by: JoinId,
    /// Milliseconds since 1970.
    pub at_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Another joiner has reserved the waiting player: read the lobby again.
    Busy,
    AlreadyWaiting(Waiting),
}

pub fn join(waiting: Option<&Waiting>, me: &ConnectionId, now_ms: u64) -> JoinStep {
    match waiting {
        None => JoinStep::Wait,
        Some(waiting) if waiting.connection == *me => JoinStep::AlreadyWaiting(waiting.clone()),
        Some(waiting) if waiting.is_reserved(now_ms) => JoinStep::Busy,
        Some(waiting) => JoinStep::Take(waiting.clone()),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// Neither waiting nor playing. A new join may replace the claim.
    Idle,
    /// Another join of the connection is running, or crashed less than a lease ago.
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
            .unwrap_or(if is_leased(claim.at_ms, now_ms) {
                Self::Joining
            } else {
                Self::Idle
            })
    }
}

fn is_leased(at_ms: u64, now_ms: u64) -> bool {
    now_ms.saturating_sub(at_ms) < LEASE_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;

    fn waiting(reservation: Option<(&str, u64)>) -> Waiting {
        Waiting {
            connection: "x".into(),
            game: "g".into(),
            reservation: reservation.map(|(by, at_ms)| Reservation {
                by: by.into(),
                at_ms,
            }),
        }
    }

    #[test]
    fn the_next_step_of_a_join_depends_on_the_lobby() {
        let me = ConnectionId::from("y");
        let now = 1_000_000;
        let free = waiting(None);
        let fresh = waiting(Some(("z", now - LEASE_MS + 1)));
        let stale = waiting(Some(("z", now - LEASE_MS)));

        assert_eq!(join(None, &me, now), JoinStep::Wait);
        assert_eq!(
            join(Some(&free), &"x".into(), now),
            JoinStep::AlreadyWaiting(free.clone())
        );
        assert_eq!(join(Some(&free), &me, now), JoinStep::Take(free.clone()));
        assert_eq!(join(Some(&fresh), &me, now), JoinStep::Busy);
        assert_eq!(join(Some(&stale), &me, now), JoinStep::Take(stale.clone()));
    }

    #[test]
    fn the_position_depends_on_lobby_and_game() {
        let now = 1_000_000;
        let claim = |at_ms| Claim {
            game: "g".into(),
            seat: Seat::First,
            by: "j".into(),
            at_ms,
        };
        let game_of = |first: &str| {
            let players = [first.into(), "y".into()];
            Game::start("g".into(), players, Rules::default(), now).0
        };
        let (lobby, ours, others) = (waiting(None), game_of("x"), game_of("w"));
        let other_lobby = Waiting {
            game: "h".into(),
            ..lobby.clone()
        };
        let old = now - LEASE_MS;
        let playing = Position::Playing(ours.clone(), Seat::First);
        let waits = Position::Waiting(lobby.clone());
        for (at_ms, waiting, game, position) in [
            (old, Some(&lobby), Some(&ours), playing),
            (old, Some(&lobby), None, waits),
            (old, None, Some(&others), Position::Idle),
            (old, Some(&other_lobby), None, Position::Idle),
            (old + 1, None, None, Position::Joining),
            (u64::MAX, None, None, Position::Joining),
        ] {
            let actual = Position::of(&"x".into(), &claim(at_ms), waiting, game, now);
            assert_eq!(actual, position);
        }
    }
}
