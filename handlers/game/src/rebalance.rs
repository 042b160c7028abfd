//! Pairs a player who waits beside others.
//!
//! Two players who both wait would wait forever, if nobody else comes. So before a player takes a place beside others,
//! its join sends a delayed [`Rebalance`] message. It arrives when that join is certainly over. If the player still
//! waits then, and not alone, `decide` joins it with one of the others.

use serde::{Deserialize, Serialize};

use crate::rules::{LEASE_MS, VERSION};
use crate::{ConnectionId, GameId, Lobby, Waiting};

/// Delay of a [`Rebalance`] message, seconds: at least the lease. With a shorter delay, the join that sent it might still
/// run.
pub const REBALANCE_DELAY_S: u8 = 5;
const _: () = assert!(REBALANCE_DELAY_S as u64 * 1000 >= LEASE_MS);

/// The delayed message that pairs a player if it still waits beside others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebalance {
    pub v: u32,
    /// The waiting player. The published JSON name `gather` distinguishes this message from a round timer.
    #[serde(rename = "gather")]
    pub connection: ConnectionId,
    pub game: GameId,
}

impl Rebalance {
    #[must_use]
    pub fn new(waiting: Waiting) -> Self {
        Self {
            v: VERSION,
            connection: waiting.connection,
            game: waiting.game,
        }
    }

    /// Returns false if the player does not wait for this game any more.
    pub fn is_needed(&self, lobby: &Lobby) -> bool {
        lobby.places.get(&self.connection) == Some(&self.game)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_player_who_waits_for_the_same_game_needs_a_rebalance() {
        let rebalance = Rebalance::new(Waiting {
            connection: "x".into(),
            game: "g".into(),
            room: None,
        });
        let lobby = |places: &[(&str, &str)]| {
            let places = places.iter();
            let places = places.map(|(id, game)| ((*id).into(), (*game).into()));
            Lobby {
                places: places.collect(),
                ..Lobby::default()
            }
        };
        for (places, is_needed) in [
            (&[("x", "g"), ("y", "h")][..], true),
            (&[("x", "g")], true),
            (&[("y", "g"), ("z", "h")], false),
            (&[("x", "h"), ("y", "g")], false),
            (&[], false),
        ] {
            assert_eq!(rebalance.is_needed(&lobby(places)), is_needed, "{places:?}");
        }
    }
}
