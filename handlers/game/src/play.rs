//! The three plays and which beats which.

use serde::{Deserialize, Serialize};

/// What a player shows in a round.
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
    /// All plays, in the order of the game's name.
    pub const ALL: [Self; 3] = [Self::Rock, Self::Paper, Self::Scissors];

    /// Whether this play wins against `other`. Equal plays beat neither way.
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
    fn the_table_of_the_game() {
        let wins = [(Rock, Scissors), (Paper, Rock), (Scissors, Paper)];
        for a in Play::ALL {
            for b in Play::ALL {
                assert_eq!(a.beats(b), wins.contains(&(a, b)), "{a} against {b}");
            }
        }
    }
}
