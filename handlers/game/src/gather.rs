//! How a player who waits alone in its shard of the lobby is brought to the others.
//!
//! Two players who wait in different shards would wait for ever. So a player who is about to wait
//! elsewhere than in shard 0 first sends a [`Gather`], which arrives when the join that sent it is
//! certainly over: whoever still waits then steps out and joins in shard 0, where no message is sent.

use serde::{Deserialize, Serialize};

use crate::rules::{LEASE_MS, VERSION};
use crate::{Claim, ConnectionId, Game, GameId, JoinId, Position, Waiting};

/// How long a [`Gather`] is on its way, seconds: the lease. It is sent before its player enters the lobby.
/// Arriving sooner, it could take the player out while that entry is still on the wire, repeated by the
/// SDK; the entry would then put the player back, and leave it in two places.
pub const GATHER_DELAY_S: u8 = 5;
const _: () = assert!(GATHER_DELAY_S as u64 * 1000 >= LEASE_MS);

/// The message that gathers a player: if it still waits, it joins in shard 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gather {
    pub v: u32,
    /// Who waits. Its name in JSON tells this message from a tick.
    #[serde(rename = "gather")]
    pub connection: ConnectionId,
    pub game: GameId,
}

/// What gathering a player takes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing more: it plays, or waits in shard 0.
    Done,
    /// Nothing yet: a join, or who has taken the player, may still be at work.
    Later,
    /// Out of the lobby, if it is exactly like this; then join.
    Out(Waiting),
    Join,
}

impl Gather {
    #[must_use]
    pub fn new(connection: ConnectionId, game: GameId) -> Self {
        Self {
            v: VERSION,
            connection,
            game,
        }
    }

    /// The id of a join in shard 0 that this message brings about. It names the wait that it ends, so that
    /// the message, delivered again, knows what such a join has claimed and not finished.
    pub fn join_id(&self, unique: String) -> JoinId {
        JoinId {
            unique,
            gathered_from: Some(self.game.clone()),
        }
    }

    /// Whether this message is to see to the claim: it is the wait it was sent for, or was made by a join
    /// it brought about. Any other was made by a later join of the player, who was answered by that.
    pub fn concerns(&self, claim: &Claim) -> bool {
        claim.game == self.game || claim.by.gathered_from.as_ref() == Some(&self.game)
    }

    /// What to do about a claim that this message [concerns](Self::concerns), given the claimed game's
    /// shard of the lobby and the game, read in this order after the claim.
    pub fn step(
        &self,
        claim: &Claim,
        waiting: Option<&Waiting>,
        game: Option<&Game>,
        now_ms: u64,
    ) -> Step {
        match Position::of(&self.connection, claim, waiting, game, now_ms) {
            Position::Playing(..) => Step::Done,
            Position::Joining => Step::Later,
            Position::Idle => Step::Join,
            Position::Waiting(_) if claim.game.shard() == 0 => Step::Done,
            Position::Waiting(waiting) if waiting.is_being_taken(now_ms) => Step::Later,
            Position::Waiting(waiting) => Step::Out(waiting),
        }
    }
}

impl Claim {
    /// The same place, claimed anew by another join. A message that [concerns](Gather::concerns) the claim
    /// still does: the player has not been answered since.
    #[must_use]
    pub fn renewed(&self, by: &JoinId, at_ms: u64) -> Self {
        let by = JoinId {
            unique: by.unique.clone(),
            gathered_from: self.by.gathered_from.clone(),
        };
        Self {
            by,
            at_ms,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rules, Seat, Taken};

    const NOW: u64 = 1_000_000;

    fn claim(game: &str, by: &str, at_ms: u64) -> Claim {
        Claim {
            game: game.into(),
            seat: Seat::First,
            by: by.into(),
            at_ms,
        }
    }

    fn gather() -> Gather {
        Gather::new("x".into(), "g-7".into())
    }

    #[test]
    fn a_gather_concerns_its_wait_and_what_came_of_it() {
        assert_eq!(gather().join_id("j".to_owned()), "j@g-7".into());
        for (game, by, concerns) in [
            ("g-7", "i", true),
            ("other", "j@g-7", true),
            ("g", "i", false),
            ("other", "i", false),
            ("other", "j@h-7", false),
            ("other", "g-7", false),
        ] {
            let found = gather().concerns(&claim(game, by, 0));
            assert_eq!(found, concerns, "{game} {by}");
        }
    }

    #[test]
    fn a_claim_that_is_renewed_is_anothers_and_concerns_the_same_message() {
        for (game, by) in [("g-7", "j"), ("h", "j@g-7"), ("h", "j")] {
            let old = claim(game, by, 1);
            let new = old.renewed(&"k".into(), 2);
            assert_eq!((&new.game, new.seat, new.at_ms), (&old.game, old.seat, 2));
            assert_ne!(new.by, old.by);
            assert_eq!(gather().concerns(&new), gather().concerns(&old), "{old:?}");
        }
    }

    #[test]
    fn steps_by_where_the_player_is() {
        let old = claim("g-7", "j", NOW - LEASE_MS);
        let lobby = |connection: &str, taken_at_ms: Option<u64>| Waiting {
            connection: connection.into(),
            game: "g-7".into(),
            taken: taken_at_ms.map(|at_ms| Taken {
                by: "z".into(),
                at_ms,
            }),
        };
        let step = |claim: &Claim, lobby: Option<&Waiting>, game: Option<&Game>| {
            gather().step(claim, lobby, game, NOW)
        };
        let (free, dead) = (lobby("x", None), lobby("x", Some(NOW - LEASE_MS)));
        let taken = lobby("x", Some(NOW - LEASE_MS + 1));
        assert_eq!(step(&old, Some(&free), None), Step::Out(free.clone()));
        assert_eq!(step(&old, Some(&dead), None), Step::Out(dead.clone()));
        assert_eq!(step(&old, Some(&taken), None), Step::Later);

        let players = ["x".into(), "y".into()];
        let (game, _) = Game::start("g-7".into(), players, Rules::default(), NOW);
        assert_eq!(step(&old, Some(&free), Some(&game)), Step::Done);
        assert_eq!(step(&old, None, Some(&game)), Step::Done);

        let young = claim("g-7", "j", NOW - LEASE_MS + 1);
        assert_eq!(step(&young, Some(&free), None), Step::Out(free));
        assert_eq!(step(&young, Some(&lobby("w", None)), None), Step::Later);
        assert_eq!(step(&old, Some(&lobby("w", None)), None), Step::Join);
        assert_eq!(step(&old, None, None), Step::Join);
    }

    #[test]
    fn who_waits_in_shard_0_has_been_gathered() {
        let there = Waiting {
            connection: "x".into(),
            game: "h".into(),
            taken: None,
        };
        let old = claim("h", "j@g-7", NOW - LEASE_MS);
        assert_eq!(gather().step(&old, Some(&there), None, NOW), Step::Done);
        assert_eq!(gather().step(&old, None, None, NOW), Step::Join);
    }
}
