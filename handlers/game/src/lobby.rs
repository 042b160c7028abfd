//! Waiting players, claims, and where a connection is.
//!
//! Each waiting player has one place in the lobby, which names the id of its future game. A connection *claims* a game
//! id before it plays that game: two joins of one connection conflict at the claim, and so do two joiners who want the
//! same waiting player. A joiner claims the game for the waiting player and for itself. A claim whose game does not
//! exist means that a joiner is starting the game, for at most [`LEASE_MS`]. After that its function is dead, and
//! another join may replace the claim.
//!
//! A room is a lobby of its own, with one place: a third visitor waits for a fourth. A player who waits in a room has a
//! claim without a lease, which names the room.
//!
//! A player is in a game only if the game names the player, and the player claims the game. A player in a game may have
//! a place in the lobby, because AWS stored it late: such a leftover means nothing, and the next joiner removes it.

use std::collections::BTreeMap;

use crate::rules::LEASE_MS;
use crate::{ConnectionId, Game, GameId, JoinId, Room, Seat};

/// The possible limits of the lobby's places. With 28, the lobby's item stays below one kilobyte, so each write of it costs
/// one write unit.
pub const PLACES: std::ops::RangeInclusive<u8> = 1..=28;

/// The players who wait for each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Lobby {
    /// `None`: the lobby of all players without a room.
    pub room: Option<Room>,
    /// The waiting players, each with the id of its future game.
    pub places: BTreeMap<ConnectionId, GameId>,
}

impl Lobby {
    /// The lobby or room without places, as if it is not stored.
    #[must_use]
    pub fn empty(room: Option<&Room>) -> Self {
        Self {
            room: room.cloned(),
            places: BTreeMap::new(),
        }
    }
}

impl<const N: usize> From<[(ConnectionId, GameId); N]> for Lobby {
    fn from(places: [(ConnectionId, GameId); N]) -> Self {
        Self {
            room: None,
            places: places.into(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Waiting {
    pub connection: ConnectionId,
    pub game: GameId,
    pub room: Option<Room>,
}

impl Waiting {
    /// The player's place in the lobby, if it has one.
    #[must_use]
    pub fn find(lobby: &Lobby, connection: &ConnectionId) -> Option<Self> {
        let (connection, game) = lobby.places.get_key_value(connection)?;
        Some(Self {
            connection: connection.clone(),
            game: game.clone(),
            room: lobby.room.clone(),
        })
    }

    pub fn is_in(&self, lobby: &Lobby) -> bool {
        lobby.places.get(&self.connection) == Some(&self.game)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    pub game: GameId,
    pub seat: Seat,
    /// The attempt to join that made this claim.
    pub by: JoinId,
    /// Milliseconds since 1970.
    pub at_ms: u64,
    /// The room of the game.
    pub room: Option<Room>,
}

impl Claim {
    /// The claim of a player who waits in a room. Another joiner may replace it at once. It tells `$disconnect` where the
    /// player waits, and is known to the joiner who pairs the player.
    #[must_use]
    pub fn of_waiting(waiting: &Waiting) -> Self {
        Self {
            game: waiting.game.clone(),
            seat: Seat::First,
            by: waiting.game.as_str().into(),
            at_ms: 0,
            room: waiting.room.clone(),
        }
    }

    /// Returns true while the joiner who made this claim may still be starting the game.
    pub fn is_leased(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.at_ms) < LEASE_MS
    }

    /// The claim of a joiner who does not start the game: others may replace it at once. A claim that AWS executes late
    /// fails, because it must replace an older one.
    #[must_use]
    pub fn given_up(&self, by: JoinId) -> Self {
        Self {
            by,
            at_ms: 0,
            ..self.clone()
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Connection {
    pub id: ConnectionId,
    /// Milliseconds since 1970.
    pub connected_at_ms: u64,
    pub claim: Option<Claim>,
}

impl Connection {
    /// The room where the connection may wait or play.
    pub fn room(&self) -> Option<&Room> {
        self.claim.as_ref()?.room.as_ref()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// Neither waiting nor playing. A new join may replace the claim.
    Idle,
    /// A joiner is starting a game with the player.
    Joining,
    Waiting(Waiting),
    Playing(Game, Seat),
}

impl Position {
    /// The position of a connection. Read the lobby first, then the connection, then the claimed game: a joiner claims
    /// the game, stores it, and then closes the place. If the connection's claim names a room, `lobby` is that room, read
    /// between connection and game.
    #[must_use]
    pub fn of(connection: &Connection, lobby: &Lobby, game: Option<&Game>, now_ms: u64) -> Self {
        if let Some(claim) = &connection.claim {
            let game = game.filter(|game| game.id == claim.game);
            if let Some((game, seat)) = game.and_then(|it| Some((it, it.seat_of(&connection.id)?)))
            {
                return Self::Playing(game.clone(), seat);
            }
            if claim.is_leased(now_ms) {
                return Self::Joining;
            }
        }
        Waiting::find(lobby, &connection.id).map_or(Self::Idle, Self::Waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;

    const NOW: u64 = 1_000_000;

    fn claim(game: &str, at_ms: u64) -> Claim {
        Claim {
            game: game.into(),
            seat: Seat::First,
            by: "j".into(),
            at_ms,
            room: None,
        }
    }

    #[test]
    fn a_place_belongs_to_one_player_and_one_game() {
        let lobby = Lobby::from([("x".into(), "g".into())]);
        let waiting = Waiting::find(&lobby, &"x".into()).expect("a place");
        assert!(waiting.is_in(&lobby) && !waiting.is_in(&Lobby::default()));
        assert_eq!(Waiting::find(&lobby, &"y".into()), None);
        let other = Waiting {
            game: "h".into(),
            ..waiting
        };
        assert!(!other.is_in(&lobby));
    }

    #[test]
    fn a_claim_is_leased_until_the_lease_ends_or_is_given_up() {
        let leased = claim("g", NOW - LEASE_MS + 1);
        assert!(leased.is_leased(NOW) && claim("g", u64::MAX).is_leased(NOW));
        assert!(!claim("g", NOW - LEASE_MS).is_leased(NOW));
        let given_up = leased.given_up("k".into());
        assert!(!given_up.is_leased(NOW));
        assert_eq!(
            (given_up.game, given_up.by),
            (leased.game, JoinId::from("k"))
        );
    }

    #[test]
    fn the_position_depends_on_claim_game_and_lobby() {
        let game_of = |first: &str| {
            let players = [first.into(), "y".into()];
            Game::start("g".into(), players, Rules::default(), NOW)
        };
        let (ours, others) = (game_of("x"), game_of("w"));
        let lobby = Lobby::from([("x".into(), "g".into())]);
        let elsewhere = Lobby::from([("x".into(), "h".into())]);
        let nobody = Lobby::default();
        let (leased, expired) = (claim("g", NOW), claim("g", NOW - LEASE_MS));
        let playing = || Position::Playing(ours.clone(), Seat::First);
        let waits =
            |lobby: &Lobby| Position::Waiting(Waiting::find(lobby, &"x".into()).expect("a place"));
        for (claim, lobby, game, position) in [
            (None, &nobody, None, Position::Idle),
            (None, &lobby, None, waits(&lobby)),
            (None, &lobby, Some(&ours), waits(&lobby)),
            (Some(&leased), &lobby, None, Position::Joining),
            (Some(&leased), &nobody, Some(&others), Position::Joining),
            (Some(&leased), &lobby, Some(&ours), playing()),
            (Some(&expired), &nobody, Some(&ours), playing()),
            (Some(&expired), &elsewhere, Some(&ours), playing()),
            (Some(&expired), &lobby, None, waits(&lobby)),
            (Some(&expired), &lobby, Some(&others), waits(&lobby)),
            (Some(&expired), &elsewhere, None, waits(&elsewhere)),
            (Some(&expired), &nobody, None, Position::Idle),
            (Some(&claim("h", 0)), &nobody, Some(&ours), Position::Idle),
        ] {
            let connection = Connection {
                id: "x".into(),
                connected_at_ms: 0,
                claim: claim.cloned(),
            };
            let actual = Position::of(&connection, lobby, game, NOW);
            assert_eq!(actual, position, "{connection:?} {lobby:?} {game:?}");
        }
    }
}
