//! Find a game or a connection by its id or by a unique prefix.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::{StreamExt, TryStreamExt};
use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, attribute};
use rps_game::{Connection, Game};
use rps_handlers::outbound::dynamo::{StoredItem, Unreadable, parse_item};

use crate::aws::Deployment;
use crate::exit::{Exit, Failure};

/// How many matching ids the error for an ambiguous prefix lists.
const MAX_LISTED: usize = 5;

impl Deployment {
    /// Finds a game by its id or by a unique prefix.
    pub(crate) async fn game(&self, id: &str) -> Result<Game, Failure> {
        let item = self.find(GAME_KEY_PREFIX, id).await?;
        item.and_then(StoredItem::try_as_game).ok_or_else(|| {
            let message = format!(
                "game {id} not found: it is over or never existed; list the running games with `rpsctl games list`"
            );
            Failure::new(Exit::NoSuchThing, message)
        })
    }

    /// Finds a connection by its id or by a unique prefix. Returns none if the table has no such connection.
    pub(crate) async fn connection(&self, id: &str) -> Result<Option<Connection>, Failure> {
        let item = self.find(CONNECTION_KEY_PREFIX, id).await?;
        Ok(item.and_then(StoredItem::try_as_connection))
    }

    async fn find(&self, prefix: &str, id: &str) -> Result<Option<StoredItem>, Failure> {
        let key = format!("{prefix}{id}");
        if let Some(item) = self.item(&key).await? {
            return Ok(Some(item));
        }
        let items = self.items(&key).map(|item| Ok(parse_item(item?)?));
        let matches: Result<Vec<StoredItem>, Failure> =
            items.take(MAX_LISTED + 1).try_collect().await;
        let mut matches = matches?;
        if matches.len() < 2 {
            return Ok(matches.pop());
        }
        let mut ids: Vec<_> = matches.iter().map(id_of).collect();
        ids.sort_unstable();
        let more = if ids.len() > MAX_LISTED {
            " and more"
        } else {
            ""
        };
        ids.truncate(MAX_LISTED);
        let ids = ids.join(", ");
        let message = format!("ambiguous id {id}: it matches {ids}{more}; use a longer prefix");
        Err(Failure::usage(message))
    }

    pub(crate) async fn item(&self, key: &str) -> Result<Option<StoredItem>, ReadFailure> {
        let key = AttributeValue::S(key.to_owned());
        let request = self.dynamo().get_item().table_name(self.table());
        let request = request.key(attribute::KEY, key).consistent_read(true);
        match request.send().await {
            Ok(output) => Ok(output.item.map(parse_item).transpose()?),
            Err(error) => Err(self.explain_table("dynamodb:GetItem", &error).await.into()),
        }
    }
}

/// Why an item could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadFailure {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<ReadFailure> for Failure {
    fn from(why: ReadFailure) -> Self {
        match why {
            ReadFailure::Unreadable(item) => item.into(),
            ReadFailure::Failed(failure) => failure,
        }
    }
}

fn id_of(item: &StoredItem) -> String {
    match item {
        StoredItem::Game(game) => game.id.to_string(),
        StoredItem::Connection(connection) => connection.id.to_string(),
        StoredItem::Lobby(_) => "lobby".to_owned(),
        StoredItem::Other(key) => key.clone(),
    }
}

impl From<Unreadable> for Failure {
    fn from(item: Unreadable) -> Self {
        let message = match item {
            Unreadable::Newer { .. } => item.to_string(),
            Unreadable::Invalid { .. } => {
                format!("{item}; wait until its time to live ends, or delete the item")
            }
        };
        Self::new(Exit::Unexpected, message)
    }
}
