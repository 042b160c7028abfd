//! How a player who waits alone in its shard of the lobby is brought to the others.
//!
//! Two players who wait in different shards would wait for ever. So a player who is about to wait
//! elsewhere than in shard 0 first sends a [`Gather`], which arrives when the join that sent it is
//! certainly over: whoever still waits then steps out and joins in shard 0, where no message is sent.

use serde::{Deserialize, Serialize};

use crate::lobby::{LEASE_MS, standing};
use crate::message::VERSION;
use crate::{Claim, ConnectionId, Game, GameId, JoinId, Standing, Waiting};

/// How long a [`Gather`] is on its way, seconds: the lease. It is sent before its player enters the lobby.
/// Arriving sooner, it could take the player out while that entry is still on the wire, repeated by the
/// SDK; the entry would then put the player back, and leave it in two places.
pub const GATHER_DELAY_S: u8 = 5;
const _: () = assert!(GATHER_DELAY_S as u64 * 1000 >= LEASE_MS);

/// The message that gathers a player: if it still waits, it joins in shard 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gather {
    /// The version of this message.
    pub v: u32,
    /// Who waits. Its name in JSON tells this message from a tick.
    #[serde(rename = "gather")]
    pub connection: ConnectionId,
    /// The game it waits for.
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
    /// Join in shard 0.
    Join,
}

impl Gather {
    /// The message for a player who is about to wait for that game.
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
    #[must_use]
    pub fn join_id(&self, unique: &JoinId) -> JoinId {
        format!("{unique}@{}", self.game).into()
    }

    /// Whether this message is to see to the claim: it is the wait it was sent for, or was made by a join
    /// it brought about. Any other was made by a later join of the player, who was answered by that.
    #[must_use]
    pub fn concerns(&self, claim: &Claim) -> bool {
        claim.game == self.game || claim.gathered_from() == Some(self.game.as_str())
    }

    /// What to do about a claim that this message [concerns](Self::concerns), given the claimed game's
    /// shard of the lobby and the game, read in this order after the claim.
    #[must_use]
    pub fn step(
        &self,
        claim: &Claim,
        waiting: Option<&Waiting>,
        game: Option<&Game>,
        now_ms: u64,
    ) -> Step {
        match standing(&self.connection, claim, waiting, game, now_ms) {
            Standing::Playing => Step::Done,
            Standing::Joining => Step::Later,
            Standing::Idle => Step::Join,
            Standing::Waiting if claim.game.shard() == 0 => Step::Done,
            Standing::Waiting => match waiting {
                Some(waiting) if !waiting.is_being_taken(now_ms) => Step::Out(waiting.clone()),
                _ => Step::Later,
            },
        }
    }
}

impl Claim {
    /// The same place, claimed anew by another join. A message that [concerns](Gather::concerns) the claim
    /// still does: the player has not been answered since.
    #[must_use]
    pub fn renewed(&self, by: &JoinId, at_ms: u64) -> Self {
        let by = match self.gathered_from() {
            Some(game) => format!("{by}@{game}").into(),
            None => by.clone(),
        };
        Self {
            by,
            at_ms,
            ..self.clone()
        }
    }

    fn gathered_from(&self) -> Option<&str> {
        self.by.as_str().rsplit_once('@').map(|(_, game)| game)
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
        let own = gather().join_id(&"j".into());
        let others = Gather::new("x".into(), "h-7".into()).join_id(&"j".into());
        assert!(gather().concerns(&claim("g-7", "i", 0)));
        assert!(gather().concerns(&claim("other", own.as_str(), 0)));
        for (game, by) in [
            ("g", "i"),
            ("other", "i"),
            ("other", others.as_str()),
            ("other", "g-7"),
        ] {
            assert!(!gather().concerns(&claim(game, by, 0)), "{game} {by}");
        }
    }

    #[test]
    fn a_claim_that_is_renewed_is_anothers_and_concerns_the_same_message() {
        let gathered = claim("h", gather().join_id(&"j".into()).as_str(), 1);
        for old in [claim("g-7", "j", 1), gathered, claim("h", "j", 1)] {
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
        let by = gather().join_id(&"j".into());
        let there = Waiting {
            connection: "x".into(),
            game: "h".into(),
            taken: None,
        };
        let old = claim("h", by.as_str(), NOW - LEASE_MS);
        assert_eq!(gather().step(&old, Some(&there), None, NOW), Step::Done);
        assert_eq!(gather().step(&old, None, None, NOW), Step::Join);
    }
}
