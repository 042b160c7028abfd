//! The house: a bot that plays the second seat of a game, for players who wait alone.

use serde::{Deserialize, Serialize};

use crate::{ConnectionId, Play};

/// Stands for the house among a game's players. No connection has this id: API Gateway's end in `=`.
const PLAYER: &str = "house";

/// The secret of the house in one game. It decides all plays of the house, so every function that starts a round stores
/// the same play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct House(u64);

impl House {
    /// Use a random number for each game.
    #[must_use]
    pub fn new(secret: u64) -> Self {
        Self(secret)
    }

    /// The id of the house among a game's players.
    #[must_use]
    pub fn player() -> ConnectionId {
        PLAYER.into()
    }

    #[must_use]
    pub fn play(self, round: u32) -> Play {
        let [rock, paper, scissors] = Play::ALL;
        match mixed(self.0 ^ mixed(round.into())) % 3 {
            0 => rock,
            1 => paper,
            _ => scissors,
        }
    }
}

/// The plays at the beginning of a round, by seat.
pub(crate) fn first_plays(house: Option<House>, round: u32) -> [Option<Play>; 2] {
    [None, house.map(|house| house.play(round))]
}

/// `SplitMix64`: each bit of the result depends on every bit of the number.
fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(play: Play) -> usize {
        let mut plays = Play::ALL.iter();
        plays.position(|it| *it == play).expect("a play")
    }

    #[test]
    fn the_house_plays_everything_equally_often_in_each_round() {
        for round in 1..=12 {
            let mut counts = [0_u32; 3];
            for secret in 0..3000 {
                let play = House::new(secret).play(round);
                counts[index(play)] += 1;
            }
            for count in counts {
                assert!((900..1100).contains(&count), "round {round}: {counts:?}");
            }
        }
    }

    /// Otherwise a player would win every second round.
    #[test]
    fn a_play_says_nothing_about_the_next() {
        let mut counts = [[0_u32; 3]; 3];
        for secret in 0..9000 {
            let house = House::new(secret);
            counts[index(house.play(1))][index(house.play(2))] += 1;
        }
        for count in counts.into_iter().flatten() {
            assert!((900..1100).contains(&count), "{counts:?}");
        }
    }
}
