//! Operations for operators: parse any item of the table, and end a game.

use rps_contract::names::{
    CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, LOBBY_KEY, ROOM_KEY_PREFIX, attribute,
};
use rps_game::{Connection, GAME_VERSION, Game, Lobby, PLAYS_CLOSE_SINCE};
use serde::de::DeserializeOwned;
use strum::EnumTryAs;

use crate::outbound::dynamo::games::{NOT_PLAYED, change_game};
use crate::outbound::dynamo::items::{ConnectionItem, GameItem, LobbyItem, game_key};
use crate::outbound::dynamo::{DynamoStore, Item, encode, n, word};
use crate::ports::{ChangeResult, CloseByOperator, PortError};

#[derive(Debug, Clone, PartialEq, Eq, EnumTryAs)]
pub enum StoredItem {
    Connection(Connection),
    Lobby(Lobby),
    Game(Game),
    /// The key of another item: the stack's description, or an item of another program.
    Other(String),
}

impl StoredItem {
    /// The item that the functions store at `now_ms`. They store no [`StoredItem::Other`].
    pub fn to_item(&self, now_ms: u64) -> Option<Item> {
        let item = match self {
            Self::Connection(connection) => encode("PutItem", ConnectionItem::from(connection)),
            Self::Lobby(lobby) => encode("PutItem", LobbyItem::new(lobby, now_ms)),
            Self::Game(game) => encode("PutItem", GameItem::from(game)),
            Self::Other(_) => return None,
        };
        item.ok()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// An item with a key of the game and wrong attributes.
    #[error("the item {key} is unreadable: {why}")]
    Invalid { key: String, why: String },
    /// An item of a later release. Its format is unknown, and the game may need it.
    #[error("the item {key} is of the newer version {version}; update rpsctl")]
    Newer { key: String, version: u64 },
}

impl Unreadable {
    pub fn key(&self) -> &str {
        match self {
            Self::Invalid { key, .. } | Self::Newer { key, .. } => key,
        }
    }
}

pub fn parse_item(item: Item) -> Result<StoredItem, Unreadable> {
    let key = item.get(attribute::KEY).and_then(|key| key.as_s().ok());
    let key = key.cloned().unwrap_or_default();
    let version = item.get(attribute::VERSION).and_then(|v| v.as_n().ok());
    let version = version.and_then(|v| v.parse().ok()).unwrap_or_default();
    if version > u64::from(GAME_VERSION) {
        return Err(Unreadable::Newer { key, version });
    }
    if let Some(id) = key.strip_prefix(GAME_KEY_PREFIX) {
        let game: GameItem = read(&key, item)?;
        Ok(StoredItem::Game(game.into_game(id.into())))
    } else if let Some(id) = key.strip_prefix(CONNECTION_KEY_PREFIX) {
        let connection: ConnectionItem = read(&key, item)?;
        Ok(StoredItem::Connection(
            connection.into_connection(id.into()),
        ))
    } else if key == LOBBY_KEY {
        let lobby: LobbyItem = read(&key, item)?;
        Ok(StoredItem::Lobby(lobby.into_lobby(None)))
    } else if let Some(room) = key
        .strip_prefix(ROOM_KEY_PREFIX)
        .and_then(|code| code.parse().ok())
    {
        let lobby: LobbyItem = read(&key, item)?;
        Ok(StoredItem::Lobby(lobby.into_lobby(Some(room))))
    } else {
        Ok(StoredItem::Other(key))
    }
}

fn read<T: DeserializeOwned>(key: &str, item: Item) -> Result<T, Unreadable> {
    serde_dynamo::from_item(item).map_err(|why| Unreadable::Invalid {
        key: key.to_owned(),
        why: why.to_string(),
    })
}

impl CloseByOperator for DynamoStore {
    async fn close_by_operator(&self, snapshot: &Game) -> Result<ChangeResult, PortError> {
        let closed = snapshot.ended_by_operator().closed;
        let change = self
            .update(game_key(&snapshot.id), "SET closed = :closed")
            .expression_attribute_values(":closed", word(closed)?)
            .expression_attribute_values(":round", n(snapshot.round))
            .expression_attribute_values(":deadline", n(snapshot.deadline_ms));
        let open = "attribute_not_exists(closed)";
        let (is_unchanged, change) = match snapshot.closed {
            None if snapshot.is_played() => (open.to_owned(), change),
            None => (
                format!("{open} AND {NOT_PLAYED}"),
                change.expression_attribute_values(":since", n(PLAYS_CLOSE_SINCE)),
            ),
            Some(closed) => (
                "closed = :snapshot".to_owned(),
                change.expression_attribute_values(":snapshot", word(closed)?),
            ),
        };
        // `closed = :closed` is an earlier write of an operator; its response was lost, or rpsctl died.
        let change = change.condition_expression(format!(
            "round = :round AND deadline_ms = :deadline AND (({is_unchanged}) OR closed = :closed)"
        ));
        change_game(change, &snapshot.id).await
    }
}

#[cfg(test)]
mod tests {
    use rps_contract::names::{CONNECTION_LIFETIME_S, TTL_SLACK_S};
    use rps_game::{Claim, CloseReason, Play, Rules, Seat};

    use super::*;

    fn game() -> Game {
        let players = ["x".into(), "y".into()];
        let game = Game::start("g".into(), players, Rules::default(), 1);
        Game {
            plays: [None, Some(Play::Paper)],
            closed: Some(CloseReason::ByOperator),
            ..game
        }
    }

    fn item(of: impl serde::Serialize) -> Item {
        encode("", of).expect("an item")
    }

    #[test]
    fn each_item_parses_as_it_was_stored() {
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: 3,
            claim: Some(Claim {
                game: "g".into(),
                seat: Seat::First,
                by: "j".into(),
                at_ms: 4,
                room: Some("r".parse().expect("a code")),
            }),
        };
        let lobby = Lobby::from([("x".into(), "g".into())]);
        let room = Lobby {
            room: Some("r".parse().expect("a code")),
            ..lobby.clone()
        };
        let parse = |item| parse_item(item).expect("readable");
        assert_eq!(
            parse(item(GameItem::from(&game()))),
            StoredItem::Game(game())
        );
        let parsed = parse(item(ConnectionItem::from(&connection)));
        assert_eq!(parsed, StoredItem::Connection(connection));
        for lobby in [lobby, room] {
            let parsed = parse(item(LobbyItem::new(&lobby, 6)));
            assert_eq!(parsed, StoredItem::Lobby(lobby));
        }
        let stack = Item::from([(attribute::KEY.to_owned(), super::super::s("STACK"))]);
        assert_eq!(parse(stack), StoredItem::Other("STACK".to_owned()));
    }

    /// Otherwise DynamoDB could delete an item that a running game needs.
    #[test]
    fn each_item_expires_after_the_longest_life_of_a_connection() {
        let now_ms = 1_700_000_000_900;
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: now_ms,
            claim: None,
        };
        let game = Game {
            deadline_ms: now_ms,
            ..game()
        };
        let ttl = n(1_700_000_000 + CONNECTION_LIFETIME_S + TTL_SLACK_S);
        for stored in [
            StoredItem::Connection(connection),
            StoredItem::Lobby(Lobby::default()),
            StoredItem::Game(game),
        ] {
            let item = stored.to_item(now_ms).expect("an item");
            assert_eq!(item[attribute::TTL], ttl, "{stored:?}");
        }
    }

    #[test]
    fn an_unreadable_items_error_has_key_and_reason() {
        let mut half = item(GameItem::from(&game()));
        half.remove("round");
        let error = parse_item(half).expect_err("no game");
        let text = "the item G#g is unreadable: missing field `round`";
        assert_eq!((error.key(), &*error.to_string()), ("G#g", text));
    }

    /// A later release may have kinds of items that this one does not know.
    #[test]
    fn an_item_of_a_newer_version_is_neither_invalid_nor_foreign() {
        for (key, expected) in [("G#g", None), ("G#g", Some(5)), ("R#room", Some(300))] {
            let mut item = item(GameItem::from(&game()));
            item.insert(attribute::KEY.to_owned(), super::super::s(key));
            if let Some(version) = expected {
                item.insert(attribute::VERSION.to_owned(), n(version));
                item.remove("round");
            }
            let version = match parse_item(item) {
                Err(Unreadable::Newer { version, .. }) => Some(version),
                _ => None,
            };
            assert_eq!(version, expected, "{key}");
        }
    }

    /// An earlier release did not store the start.
    #[test]
    fn a_game_without_a_start_started_with_its_round() {
        let mut older = item(GameItem::from(&game()));
        older.remove("started_at_ms");
        assert_eq!(parse_item(older), Ok(StoredItem::Game(game())));
    }
}
