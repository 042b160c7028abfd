//! The two seats of a game. A player whose connection broke may take its seat again on another connection.

use std::fmt::{self, Debug, Formatter};

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seat {
    /// The player who waited.
    First,
    /// The player who joined.
    Second,
}

impl Seat {
    pub const BOTH: [Self; 2] = [Self::First, Self::Second];

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// What has happened to the connection of a seat since the game began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// It broke. The player may resume.
    Absent,
    /// The player resumed on another connection.
    Resumed,
}

/// Proves that a seat is its player's own: 128 random bits, as 32 hexadecimal digits. Only the player learns it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(inline, !try_from, transparent)
)]
pub struct SeatSecret(#[cfg_attr(test, schemars(regex(pattern = "^[0-9a-f]{32}$")))] String);

impl SeatSecret {
    /// Use two random numbers for each seat.
    #[must_use]
    pub fn new(high: u64, low: u64) -> Self {
        Self(format!("{high:016x}{low:016x}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SeatSecret {
    type Error = &'static str;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        let is_valid = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 32 && digits.bytes().all(is_valid) {
            Ok(Self(digits))
        } else {
            Err("a seat has 32 hexadecimal digits")
        }
    }
}

/// Does not show the secret.
impl Debug for SeatSecret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SeatSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_32_digits_and_is_not_shown() {
        let secret = SeatSecret::new(1, u64::MAX);
        assert_eq!(secret.as_str(), "0000000000000001ffffffffffffffff");
        assert_eq!(
            SeatSecret::try_from(secret.as_str().to_owned()),
            Ok(secret.clone())
        );
        assert_eq!(format!("{secret:?}"), "SeatSecret");
        for invalid in [
            "",
            "0",
            &"0".repeat(31),
            &"0".repeat(33),
            &"F".repeat(32),
            &"g".repeat(32),
        ] {
            assert!(
                SeatSecret::try_from(invalid.to_owned()).is_err(),
                "{invalid}"
            );
        }
    }
}
