//! The three plays and their order.

use serde::{Deserialize, Serialize};

/// A player's choice in a round.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Play {
    /// Beats scissors.
    Rock,
    /// Beats rock.
    Paper,
    /// Beats paper.
    Scissors,
}

impl Play {
    pub const ALL: [Self; 3] = [Self::Rock, Self::Paper, Self::Scissors];

    /// Equal plays do not beat each other.
    pub fn beats(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::Rock, Self::Scissors)
                | (Self::Paper, Self::Rock)
                | (Self::Scissors, Self::Paper)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Play::{self, Paper, Rock, Scissors};

    #[test]
    fn each_play_beats_exactly_one_other() {
        let wins = [(Rock, Scissors), (Paper, Rock), (Scissors, Paper)];
        for a in Play::ALL {
            for b in Play::ALL {
                assert_eq!(a.beats(b), wins.contains(&(a, b)), "{a} against {b}");
            }
        }
    }
}
