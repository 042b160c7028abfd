//! One item by its id, or by the beginning of it if that is of one only.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::{StreamExt, TryStreamExt};
use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, attribute};
use rps_game::{Connection, Game};
use rps_handlers::outbound::dynamo::{Stored, Unreadable, stored};

use crate::aws::Deployment;
use crate::exit::{Exit, Failure};

/// Ids that are named when a beginning is of more than one.
const NAMED: usize = 5;

impl Deployment {
    /// The game with that id, or the only one whose id begins so.
    pub(crate) async fn game(&self, id: &str) -> Result<Game, Failure> {
        let found = self.find(GAME_KEY_PREFIX, id).await?;
        found.and_then(Stored::try_as_game).ok_or_else(|| {
            let message = format!(
                "there is no game {id}: it is over, or never was; `rpsctl games list` shows those under way"
            );
            Failure::new(Exit::NoSuchThing, message)
        })
    }

    /// The connection with that id, or the only one whose id begins so, if the table has it.
    pub(crate) async fn connection(&self, id: &str) -> Result<Option<Connection>, Failure> {
        let found = self.find(CONNECTION_KEY_PREFIX, id).await?;
        Ok(found.and_then(Stored::try_as_connection))
    }

    async fn find(&self, prefix: &str, id: &str) -> Result<Option<Stored>, Failure> {
        let key = format!("{prefix}{id}");
        if let Some(item) = self.item(&key).await? {
            return Ok(Some(item));
        }
        let items = self.items(&key).map(|item| Ok(stored(item?)?));
        let found: Result<Vec<Stored>, Failure> = items.take(NAMED + 1).try_collect().await;
        let mut found = found?;
        if found.len() < 2 {
            return Ok(found.pop());
        }
        let mut ids: Vec<_> = found.iter().map(id_of).collect();
        ids.sort_unstable();
        let more = if ids.len() > NAMED { " and more" } else { "" };
        ids.truncate(NAMED);
        let ids = ids.join(", ");
        let message = format!("more than one begins with {id}: {ids}{more}; pass more of the id");
        Err(Failure::usage(message))
    }

    pub(crate) async fn item(&self, key: &str) -> Result<Option<Stored>, ReadFailure> {
        let key = AttributeValue::S(key.to_owned());
        let read = self.dynamo().get_item().table_name(self.table());
        let read = read.key(attribute::KEY, key).consistent_read(true);
        match read.send().await {
            Ok(output) => Ok(output.item.map(stored).transpose()?),
            Err(error) => Err(self.explain_table("dynamodb:GetItem", &error).await.into()),
        }
    }
}

/// Why it is not known what is in an item.
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

fn id_of(item: &Stored) -> String {
    match item {
        Stored::Game(game) => game.id.to_string(),
        Stored::Connection(connection) => connection.id.to_string(),
        Stored::Waiting(waiting) => waiting.game.to_string(),
        Stored::Other(key) => key.clone(),
    }
}

impl From<Unreadable> for Failure {
    fn from(item: Unreadable) -> Self {
        let message = format!("{item}; leave it to its time to live, or delete the item");
        Self::new(Exit::Unexpected, message)
    }
}
