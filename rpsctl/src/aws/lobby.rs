//! Find lobby places whose player no longer waits.

use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, LOBBY_KEY_PREFIX};
use rps_game::Waiting;
use rps_handlers::outbound::dynamo::StoredItem;

use crate::aws::{Deployment, ReadFailure};

impl Deployment {
    pub(crate) async fn waiting(&self, shard: u8) -> Result<Option<Waiting>, ReadFailure> {
        let item = self.item(&format!("{LOBBY_KEY_PREFIX}{shard}")).await?;
        Ok(item.and_then(StoredItem::try_as_waiting))
    }

    /// Whether the lobby names a player who has disconnected, already plays, or claims another game. It reads the lobby
    /// twice: an unchanged lobby did not change in between.
    pub(crate) async fn is_orphaned(&self, waiting: &Waiting) -> Result<bool, ReadFailure> {
        let shard = waiting.game.shard();
        let before = self.waiting(shard).await?;
        if before.as_ref() != Some(waiting) {
            return Ok(false);
        }
        let game = format!("{GAME_KEY_PREFIX}{}", waiting.game);
        let game = self.item(&game).await?;
        let connection = format!("{CONNECTION_KEY_PREFIX}{}", waiting.connection);
        let connection = self.item(&connection).await?;
        let claim = connection
            .and_then(StoredItem::try_as_connection)
            .and_then(|connection| connection.claim)
            .filter(|claim| claim.game == waiting.game);
        let is_reserved = claim
            .as_ref()
            .is_some_and(|it| it.is_reserved(self.now_ms()));
        let after = self.waiting(shard).await?;
        Ok(after == before && !is_reserved && (game.is_some() || claim.is_none()))
    }
}
