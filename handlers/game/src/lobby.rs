//! Who waits, and what joining means for a connection.
//!
//! The lobby has shards, and each holds one waiting player at most. A connection *claims* its place (the id of the game it
//! waits for or plays in) before the lobby or a game names it, so that two joins of one connection
//! meet at the claim and only one goes on. A claim that is neither waiting nor playing belongs to a
//! join still running, for [`LEASE_MS`] at most: after that its function is dead and the claim free.

use crate::rules::LEASE_MS;
use crate::{ConnectionId, Game, GameId, JoinId, Seat};

/// How many shards the lobby may have. Shard 0 is where players gather who wait alone ([`crate::gather`]).
pub const SHARDS: std::ops::RangeInclusive<u8> = 1..=16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub connection: ConnectionId,
    pub game: GameId,
    /// Who is starting that game right now, if anybody.
    pub taken: Option<Taken>,
}

impl Waiting {
    /// Whether a joiner has taken the player and may still be starting the game.
    pub fn is_being_taken(&self, now_ms: u64) -> bool {
        let taken = self.taken.as_ref();
        taken.is_some_and(|taken| is_leased(taken.at_ms, now_ms))
    }
}

/// A joiner has taken the waiting player and is starting the game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub by: JoinId,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub game: GameId,
    /// Who waited sits first, who joined sits second.
    pub seat: Seat,
    pub by: JoinId,
    /// When it was made, milliseconds since 1970.
    pub at_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub id: ConnectionId,
    /// When it connected, milliseconds since 1970.
    pub connected_at_ms: u64,
    pub claim: Option<Claim>,
}

/// What a player who joins does next, as the lobby stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Join {
    Wait,
    Take(Waiting),
    /// Somebody else is taking the waiting player at this moment: look again.
    Busy,
    AlreadyWaiting(Waiting),
}

pub fn join(waiting: Option<&Waiting>, me: &ConnectionId, now_ms: u64) -> Join {
    match waiting {
        None => Join::Wait,
        Some(waiting) if waiting.connection == *me => Join::AlreadyWaiting(waiting.clone()),
        Some(waiting) if waiting.is_being_taken(now_ms) => Join::Busy,
        Some(waiting) => Join::Take(waiting.clone()),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// Nowhere. A claim is left over and may be replaced.
    Idle,
    /// Nowhere yet: a join of the same connection is running, or died a moment ago. Look again.
    Joining,
    Waiting(Waiting),
    Playing(Game, Seat),
}

impl Position {
    /// Where the connection `me` with `claim` is, given the claimed game's shard of the lobby and the game,
    /// read in this order after the claim: a player leaves the lobby for a game that is stored.
    #[must_use]
    pub fn of(
        me: &ConnectionId,
        claim: &Claim,
        waiting: Option<&Waiting>,
        game: Option<&Game>,
        now_ms: u64,
    ) -> Self {
        let playing = game.and_then(|game| Some(Self::Playing(game.clone(), game.seat_of(me)?)));
        let own = waiting.filter(|it| it.connection == *me && it.game == claim.game);
        playing
            .or_else(|| own.cloned().map(Self::Waiting))
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

    fn waiting(taken: Option<(&str, u64)>) -> Waiting {
        Waiting {
            connection: "x".into(),
            game: "g".into(),
            taken: taken.map(|(by, at_ms)| Taken {
                by: by.into(),
                at_ms,
            }),
        }
    }

    #[test]
    fn joining_by_what_the_lobby_holds() {
        let me = ConnectionId::from("y");
        let now = 1_000_000;
        let free = waiting(None);
        let fresh = waiting(Some(("z", now - LEASE_MS + 1)));
        let stale = waiting(Some(("z", now - LEASE_MS)));

        assert_eq!(join(None, &me, now), Join::Wait);
        assert_eq!(
            join(Some(&free), &"x".into(), now),
            Join::AlreadyWaiting(free.clone())
        );
        assert_eq!(join(Some(&free), &me, now), Join::Take(free.clone()));
        assert_eq!(join(Some(&fresh), &me, now), Join::Busy);
        assert_eq!(join(Some(&stale), &me, now), Join::Take(stale.clone()));
    }

    #[test]
    fn position_by_what_lobby_and_game_say() {
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
            let found = Position::of(&"x".into(), &claim(at_ms), waiting, game, now);
            assert_eq!(found, position);
        }
    }
}
