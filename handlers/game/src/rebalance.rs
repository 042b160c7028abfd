//! Moves a player who waits alone in a lobby shard to shard 0.
//!
//! Two players who wait in different shards would wait forever. Before a player enters another shard
//! than 0, its join sends a delayed [`Rebalance`] message. The message arrives when that join is
//! certainly over. If the player still waits then, `decide` removes it from the shard and joins it in
//! shard 0.

use serde::{Deserialize, Serialize};

use crate::rules::{LEASE_MS, VERSION};
use crate::{Claim, ConnectionId, Game, GameId, JoinId, Position, RoundTimer, Waiting};

/// Delay of a [`Rebalance`] message, seconds: at least the lease. With a shorter delay, the message would find that the
/// join still runs, and go back to the queue.
pub const REBALANCE_DELAY_S: u8 = 5;
const _: () = assert!(REBALANCE_DELAY_S as u64 * 1000 >= LEASE_MS);

/// The delayed message that moves a player to shard 0 if it still waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebalance {
    pub v: u32,
    /// The waiting player. The published JSON name `gather` distinguishes this message from a round timer.
    #[serde(rename = "gather")]
    pub connection: ConnectionId,
    pub game: GameId,
}

/// The next step of a rebalance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebalanceStep {
    /// The player plays.
    Done,
    /// The player is in this game, which has no timer any more if AWS stored it late: send the timer.
    SendTimer(RoundTimer),
    /// The player waits in shard 0: renew its claim, so that a late claim of an earlier delivery fails.
    Renew,
    /// A join may still be running, or a joiner may still be starting a game with the player.
    Later,
    /// Remove the player from the lobby, if it still waits there; then join in shard 0.
    LeaveLobby(Waiting),
    /// Join in shard 0.
    Join,
}

impl Rebalance {
    #[must_use]
    pub fn new(connection: ConnectionId, game: GameId) -> Self {
        Self {
            v: VERSION,
            connection,
            game,
        }
    }

    /// The id of a join that this message causes. It contains the message's game, so that a redelivery
    /// recognizes an unfinished claim of that join.
    pub fn join_id(&self, unique: String) -> JoinId {
        JoinId {
            unique,
            rebalanced_from: Some(self.game.clone()),
        }
    }

    /// Returns true if the claim is for the wait that this message was sent for, or belongs to a join that
    /// this message caused. Any other claim belongs to a later join, which gave the player an answer.
    pub fn concerns(&self, claim: &Claim) -> bool {
        claim.game == self.game || claim.by.rebalanced_from.as_ref() == Some(&self.game)
    }

    /// The next step for a claim that this message [concerns](Self::concerns). Read the claim first, then
    /// the claimed game's lobby shard, then the game.
    pub fn step(
        &self,
        claim: &Claim,
        waiting: Option<&Waiting>,
        game: Option<&Game>,
        now_ms: u64,
    ) -> RebalanceStep {
        match Position::of(&self.connection, claim, waiting, game, now_ms) {
            Position::Playing(game, _) if game.overdue_ms(now_ms) > 0 => {
                RebalanceStep::SendTimer(game.round_timer())
            }
            Position::Playing(..) => RebalanceStep::Done,
            Position::Joining => RebalanceStep::Later,
            Position::Idle => RebalanceStep::Join,
            Position::Waiting(_) if claim.game.shard() == 0 => RebalanceStep::Renew,
            Position::Waiting(_) if claim.is_reserved(now_ms) => RebalanceStep::Later,
            Position::Waiting(waiting) => RebalanceStep::LeaveLobby(waiting),
        }
    }
}

impl Claim {
    /// The same claim, made by another join. A message that [concerns](Rebalance::concerns) this claim also
    /// concerns the renewed one, because the player has received no answer since.
    #[must_use]
    pub fn renewed(&self, by: &JoinId, at_ms: u64) -> Self {
        let by = JoinId {
            unique: by.unique.clone(),
            rebalanced_from: self.by.rebalanced_from.clone(),
        };
        Self {
            by,
            at_ms,
            reservation: None,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reservation, Rules, Seat};

    const NOW: u64 = 1_000_000;

    fn claim(game: &str, by: &str, at_ms: u64) -> Claim {
        Claim {
            game: game.into(),
            seat: Seat::First,
            by: by.into(),
            at_ms,
            reservation: None,
        }
    }

    fn reservation(at_ms: u64) -> Reservation {
        let by = "z".into();
        Reservation { by, at_ms }
    }

    fn rebalance() -> Rebalance {
        Rebalance::new("x".into(), "g-7".into())
    }

    #[test]
    fn a_rebalance_concerns_its_wait_and_its_own_joins() {
        assert_eq!(rebalance().join_id("j".to_owned()), "j@g-7".into());
        for (game, by, concerns) in [
            ("g-7", "i", true),
            ("other", "j@g-7", true),
            ("g", "i", false),
            ("other", "i", false),
            ("other", "j@h-7", false),
            ("other", "g-7", false),
        ] {
            let actual = rebalance().concerns(&claim(game, by, 0));
            assert_eq!(actual, concerns, "{game} {by}");
        }
    }

    #[test]
    fn a_renewed_claim_has_another_join_and_the_same_message() {
        for (game, by) in [("g-7", "j"), ("h", "j@g-7"), ("h", "j")] {
            let old = Claim {
                reservation: Some(reservation(1)),
                ..claim(game, by, 1)
            };
            let new = old.renewed(&"k".into(), 2);
            assert_eq!((&new.game, new.seat, new.at_ms), (&old.game, old.seat, 2));
            assert_eq!(new.reservation, None);
            assert_ne!(new.by, old.by);
            assert_eq!(
                rebalance().concerns(&new),
                rebalance().concerns(&old),
                "{old:?}"
            );
        }
    }

    #[test]
    fn the_next_step_depends_on_the_players_position() {
        let old = claim("g-7", "j", NOW - LEASE_MS);
        let lobby = |connection: &str| Waiting {
            connection: connection.into(),
            game: "g-7".into(),
        };
        let reserved = |at_ms| Claim {
            reservation: Some(reservation(at_ms)),
            ..old.clone()
        };
        let step = |claim: &Claim, lobby: Option<&Waiting>, game: Option<&Game>| {
            rebalance().step(claim, lobby, game, NOW)
        };
        let leave = |waiting: &Waiting| RebalanceStep::LeaveLobby(waiting.clone());
        let (free, other) = (lobby("x"), lobby("w"));
        let (expired, fresh) = (reserved(NOW - LEASE_MS), reserved(NOW - LEASE_MS + 1));
        assert_eq!(step(&old, Some(&free), None), leave(&free));
        assert_eq!(step(&expired, Some(&free), None), leave(&free));
        assert_eq!(step(&fresh, Some(&free), None), RebalanceStep::Later);
        assert_eq!(step(&fresh, None, None), RebalanceStep::Later);

        let players = ["x".into(), "y".into()];
        let (game, _) = Game::start("g-7".into(), players, Rules::default(), NOW);
        assert_eq!(step(&old, Some(&free), Some(&game)), RebalanceStep::Done);
        assert_eq!(step(&old, None, Some(&game)), RebalanceStep::Done);
        let overdue = Game {
            deadline_ms: NOW - 1,
            ..game
        };
        let send = RebalanceStep::SendTimer(overdue.round_timer());
        assert_eq!(step(&old, None, Some(&overdue)), send);

        let young = claim("g-7", "j", NOW - LEASE_MS + 1);
        assert_eq!(step(&young, Some(&free), None), leave(&free));
        assert_eq!(step(&young, Some(&other), None), RebalanceStep::Later);
        assert_eq!(step(&old, Some(&other), None), RebalanceStep::Join);
        assert_eq!(step(&old, None, None), RebalanceStep::Join);
    }

    #[test]
    fn a_player_in_shard_0_needs_no_rebalance() {
        let there = Waiting {
            connection: "x".into(),
            game: "h".into(),
        };
        let old = claim("h", "j@g-7", NOW - LEASE_MS);
        assert_eq!(
            rebalance().step(&old, Some(&there), None, NOW),
            RebalanceStep::Renew
        );
        assert_eq!(rebalance().step(&old, None, None, NOW), RebalanceStep::Join);
    }
}
