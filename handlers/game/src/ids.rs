//! The ids of games and connections: opaque strings that must not be mixed up.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(id: T) -> Self {
                Self(id.into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

id! {
    /// A game, named before it starts: the waiting player already knows the id of the game to be.
    #[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
    GameId
}
impl GameId {
    /// The id of a game to be, whose first player waits in that shard of the lobby. It carries the shard,
    /// so whoever knows the game knows its lobby item, whatever the setting is by then. `unique` is in no
    /// other id and has no `-`.
    #[must_use]
    pub fn in_shard(unique: &str, shard: u8) -> Self {
        Self(match shard {
            0 => unique.to_owned(),
            _ => format!("{unique}-{shard}"),
        })
    }

    /// The shard of the lobby where the first player waits.
    #[must_use]
    pub fn shard(&self) -> u8 {
        let suffix = self.0.rsplit_once('-').map(|(_, suffix)| suffix);
        suffix.and_then(|shard| shard.parse().ok()).unwrap_or(0)
    }
}

id! {
    /// One run of a join: tells what it has claimed itself from what another join of the same connection
    /// has, even in the same millisecond.
    JoinId
}
id! {
    /// A player's WebSocket connection, named by API Gateway. Never shown to the opponent.
    ConnectionId
}
