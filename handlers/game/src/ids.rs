//! The ids of games, joins and connections, which travel as strings and must not be mixed up.

use std::convert::Infallible;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A player's WebSocket connection, named by API Gateway. Never shown to the opponent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(String);

impl ConnectionId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for ConnectionId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

impl Display for ConnectionId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A game, named before it starts: the waiting player already knows the id of the game to be. It carries the
/// shard of the lobby where that player waits, so whoever knows the game knows its lobby item, whatever the
/// setting is by then. As a string `unique`, or `unique-7` outside of shard 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(with = "String", inline))]
pub struct GameId {
    /// In no other id.
    unique: String,
    shard: u8,
}

impl GameId {
    /// `unique` has no `-`.
    #[must_use]
    pub fn in_shard(unique: impl Into<String>, shard: u8) -> Self {
        let unique = unique.into();
        Self { unique, shard }
    }

    pub fn shard(&self) -> u8 {
        self.shard
    }
}

impl FromStr for GameId {
    type Err = Infallible;

    /// Every string is an id; one that does not end as ours do is of shard 0.
    fn from_str(id: &str) -> Result<Self, Infallible> {
        let sharded = id.rsplit_once('-').and_then(|(unique, shard)| {
            let shard = shard.parse().ok()?;
            Some(Self::in_shard(unique, shard)).filter(|parsed| parsed.to_string() == id)
        });
        Ok(sharded.unwrap_or_else(|| Self::in_shard(id, 0)))
    }
}

impl Display for GameId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.shard {
            0 => f.pad(&self.unique),
            shard => f.pad(&format!("{}-{shard}", self.unique)),
        }
    }
}

/// One run of a join: tells what it has claimed itself from what another join of the same connection
/// has, even in the same millisecond. As a string `unique`, or `unique@game`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct JoinId {
    pub unique: String,
    /// The game whose [`Gather`](crate::Gather) brought about this join.
    pub gathered_from: Option<GameId>,
}

impl FromStr for JoinId {
    type Err = Infallible;

    fn from_str(id: &str) -> Result<Self, Infallible> {
        let (unique, game) = id
            .rsplit_once('@')
            .map_or((id, None), |(unique, game)| (unique, Some(game)));
        Ok(Self {
            unique: unique.to_owned(),
            gathered_from: game.map(GameId::from),
        })
    }
}

impl Display for JoinId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.gathered_from {
            None => f.pad(&self.unique),
            Some(game) => f.pad(&format!("{}@{game}", self.unique)),
        }
    }
}

macro_rules! from_strings {
    ($($id:ident),+) => {$(
        impl From<&str> for $id {
            fn from(id: &str) -> Self {
                let Ok(id) = id.parse();
                id
            }
        }

        impl From<String> for $id {
            fn from(id: String) -> Self {
                id.as_str().into()
            }
        }

        impl From<$id> for String {
            fn from(id: $id) -> Self {
                id.to_string()
            }
        }
    )+};
}

from_strings!(GameId, JoinId);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_game_tells_its_shard(unique in "[0-9a-f]{32}", shard in 0..16u8, other in 0..16u8) {
            let id = GameId::in_shard(&*unique, shard);
            prop_assert_eq!(id.shard(), shard);
            prop_assert_eq!(GameId::from(id.to_string()), id.clone());
            prop_assert!(id.to_string().starts_with(&unique));
            prop_assert_eq!(id == GameId::in_shard(unique, other), shard == other);
        }

        #[test]
        fn every_string_is_an_id_and_stays_as_it_is(id in "[0-9a-f@+-]{0,12}|.*") {
            prop_assert_eq!(GameId::from(&*id).to_string(), &*id);
            prop_assert_eq!(JoinId::from(&*id).to_string(), id);
        }
    }

    #[test]
    fn shards_of_ids() {
        let plain = "40720c6372644caa8dc5aadbe2d908a8";
        assert_eq!(GameId::in_shard(plain, 7).to_string(), format!("{plain}-7"));
        // Games that a release without shards began, and what no release makes.
        for (id, shard) in [
            (plain, 0),
            ("g-7", 7),
            ("g-h-7", 7),
            ("g-h", 0),
            ("g-256", 0),
            ("", 0),
        ] {
            assert_eq!(GameId::from(id).shard(), shard, "{id}");
        }
    }

    #[test]
    fn ids_travel_as_strings() {
        let join = JoinId {
            unique: "j".to_owned(),
            gathered_from: Some(GameId::in_shard("g", 7)),
        };
        assert_eq!(serde_json::to_string(&join).expect("JSON"), r#""j@g-7""#);
        assert_eq!(
            serde_json::from_str::<JoinId>(r#""j@g-7""#).expect("an id"),
            join
        );
        assert_eq!(JoinId::from("j").gathered_from, None);
    }
}
