//! The codes of rooms. Players with the same code meet only each other.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest code, in characters.
const MAX_LEN: usize = 40;

/// The code of a room: 1 to 40 of A-Z, a-z, 0-9, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(inline, !try_from, transparent)
)]
pub struct Room(#[cfg_attr(test, schemars(regex(pattern = "^[A-Za-z0-9_-]{1,40}$")))] String);

impl Room {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Room {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if (1..=MAX_LEN).contains(&code.len()) && code.bytes().all(is_valid) {
            Ok(Self(code))
        } else {
            Err("a room's code has 1 to 40 of the characters A-Z, a-z, 0-9, '-' and '_'")
        }
    }
}

impl FromStr for Room {
    type Err = &'static str;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        code.to_owned().try_into()
    }
}

impl Display for Room {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_1_to_40_of_its_characters() {
        let longest = "x".repeat(MAX_LEN);
        for code in ["a", "-", "_", "Az09-_", &longest] {
            assert_eq!(
                code.parse::<Room>().map(|room| room.to_string()),
                Ok(code.to_owned())
            );
        }
        let too_long = "x".repeat(MAX_LEN + 1);
        for code in ["", " ", "a b", "a#b", "ü", "a\n", &too_long] {
            assert!(code.parse::<Room>().is_err(), "{code:?}");
        }
    }
}
