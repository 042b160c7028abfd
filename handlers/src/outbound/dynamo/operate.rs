//! What operators do: read any item of the whole table, and end a game.

use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, LOBBY_KEY_PREFIX, attribute};
use rps_game::{Connection, Game, Waiting};
use serde::de::DeserializeOwned;
use strum::EnumTryAs;

use crate::outbound::dynamo::games::send;
use crate::outbound::dynamo::items::{ConnectionItem, GameItem, LobbyItem, game_key};
use crate::outbound::dynamo::{DynamoStore, Item, n, word};
use crate::ports::{Changed, CloseByOperator, Failure};

#[derive(Debug, Clone, PartialEq, Eq, EnumTryAs)]
pub enum Stored {
    Connection(Connection),
    Waiting(Waiting),
    Game(Game),
    /// Nothing of a game: the description of the stack, or what somebody else has put there.
    Other(String),
}

/// An item that says it is of the game, and does not read so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} does not read as what it says it is: {why}")]
pub struct Unreadable {
    pub key: String,
    pub why: String,
}

pub fn stored(item: Item) -> Result<Stored, Unreadable> {
    let key = item.get(attribute::KEY).and_then(|key| key.as_s().ok());
    let key = key.cloned().unwrap_or_default();
    if let Some(id) = key.strip_prefix(GAME_KEY_PREFIX) {
        let game: GameItem = read(&key, item)?;
        Ok(Stored::Game(game.into_game(id.into())))
    } else if let Some(id) = key.strip_prefix(CONNECTION_KEY_PREFIX) {
        let connection: ConnectionItem = read(&key, item)?;
        Ok(Stored::Connection(connection.into_connection(id.into())))
    } else if key.starts_with(LOBBY_KEY_PREFIX) {
        let waiting: LobbyItem = read(&key, item)?;
        Ok(Stored::Waiting(waiting.into()))
    } else {
        Ok(Stored::Other(key))
    }
}

fn read<T: DeserializeOwned>(key: &str, item: Item) -> Result<T, Unreadable> {
    serde_dynamo::from_item(item).map_err(|why| Unreadable {
        key: key.to_owned(),
        why: why.to_string(),
    })
}

impl CloseByOperator for DynamoStore {
    async fn close_by_operator(&self, seen: &Game) -> Result<Changed, Failure> {
        // What an operator's own close leaves, whose answer was lost or who died after it, counts as seen.
        let as_seen = match seen.closed {
            None => "attribute_not_exists(closed)",
            Some(_) => "closed = :seen",
        };
        let condition = format!(
            "round = :round AND deadline_ms = :deadline AND ({as_seen} OR closed = :closed)"
        );
        let closed = seen.ended_by_operator().closed;
        let mut change = self
            .update(game_key(&seen.id), "SET closed = :closed")
            .condition_expression(condition)
            .expression_attribute_values(":closed", word(closed)?)
            .expression_attribute_values(":round", n(seen.round))
            .expression_attribute_values(":deadline", n(seen.deadline_ms));
        if seen.closed.is_some() {
            change = change.expression_attribute_values(":seen", word(seen.closed)?);
        }
        send(change, &seen.id).await
    }
}

#[cfg(test)]
mod tests {
    use rps_game::{Claim, Closed, Play, Rules, Seat, Taken};

    use super::super::encode;
    use super::*;

    fn game() -> Game {
        let players = ["x".into(), "y".into()];
        let (game, _) = Game::start("g".into(), players, Rules::default(), 1);
        Game {
            plays: [None, Some(Play::Paper)],
            closed: Some(Closed::ByOperator),
            ..game
        }
    }

    fn item(of: impl serde::Serialize) -> Item {
        encode("", of).expect("an item")
    }

    #[test]
    fn each_reads_as_it_was_stored() {
        let connection = Connection {
            id: "x".into(),
            connected_at_ms: 3,
            claim: Some(Claim {
                game: "g-3".into(),
                seat: Seat::First,
                by: "j".into(),
                at_ms: 4,
            }),
        };
        let waiting = Waiting {
            connection: "x".into(),
            game: "g-3".into(),
            taken: Some(Taken {
                by: "k".into(),
                at_ms: 5,
            }),
        };
        let read = |item| stored(item).expect("readable");
        assert_eq!(read(item(GameItem::from(&game()))), Stored::Game(game()));
        let found = read(item(ConnectionItem::from(&connection)));
        assert_eq!(found, Stored::Connection(connection));
        let found = read(item(LobbyItem::new(&waiting, 6)));
        assert_eq!(found, Stored::Waiting(waiting));
        let stack = Item::from([(attribute::KEY.to_owned(), super::super::s("STACK"))]);
        assert_eq!(read(stack), Stored::Other("STACK".to_owned()));
    }

    #[test]
    fn a_half_written_item_is_named() {
        let mut half = item(GameItem::from(&game()));
        half.remove("round");
        let refused = stored(half).expect_err("no game").to_string();
        assert_eq!(
            refused,
            "G#g does not read as what it says it is: missing field `round`"
        );
    }

    /// A release that did not store the start.
    #[test]
    fn the_start_of_an_older_game_is_that_of_its_round() {
        let mut older = item(GameItem::from(&game()));
        older.remove("started_at_ms");
        assert_eq!(stored(older), Ok(Stored::Game(game())));
    }
}
