//! Games in the table. The conditions are those of [`Game`]'s own methods; a test holds the two to each
//! other.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use rps_game::game::GRACE_MS;
use rps_game::{Claim, Closed, ConnectionId, Game, GameId, Seat, Tick};

use crate::outbound::dynamo::items::{GameItem, game_key, play_attribute, player_attribute};
use crate::outbound::dynamo::{DynamoStore, Updated, deleted, n, read, s, updated, word};
use crate::ports::{
    Arrival, ChangeGame, Changed, Failure, FindGame, Removal, RemoveGame, StartGame,
};

pub(super) async fn send(change: UpdateItemFluentBuilder, id: &GameId) -> Result<Changed, Failure> {
    Ok(match updated::<GameItem>(change).await? {
        Updated::Yes(item) => Changed::Yes(item.into_game(id.clone())),
        Updated::No(Some(item)) => Changed::No(item.into_game(id.clone())),
        Updated::No(None) => Changed::NoGame,
    })
}

impl FindGame for DynamoStore {
    async fn find_game(&self, id: &GameId) -> Result<Option<Game>, Failure> {
        let get = self.get(game_key(id)).consistent_read(true);
        let item: Option<GameItem> = read(get).await?;
        Ok(item.map(|item| item.into_game(id.clone())))
    }
}

impl StartGame for DynamoStore {
    async fn start_game(&self, game: &Game) -> Result<bool, Failure> {
        // Our own game, whose answer was lost, counts as started: the deadline tells.
        let found = self.put_if_absent(&GameItem::from(game)).await?;
        Ok(found
            .map(|item| item.into_game(game.id.clone()))
            .is_none_or(|found| {
                found.players == game.players && found.deadline_ms == game.deadline_ms
            }))
    }
}

impl ChangeGame for DynamoStore {
    async fn record_play(&self, claim: &Claim, arrival: Arrival<'_>) -> Result<Changed, Failure> {
        let (player, play) = (player_attribute(claim.seat), play_attribute(claim.seat));
        let mut condition = format!(
            "{player} = :me AND ({play} = :play OR (attribute_not_exists({play}) \
             AND attribute_not_exists(closed) AND deadline_ms >= :earliest))"
        );
        if arrival.round.is_some() {
            condition.push_str(" AND round = :round");
        }
        let mut change = self
            .update(game_key(&claim.game), &format!("SET {play} = :play"))
            .condition_expression(condition)
            .expression_attribute_values(":me", s(arrival.from.as_str()))
            .expression_attribute_values(
                ":earliest",
                n(arrival.arrived_ms.saturating_sub(GRACE_MS)),
            )
            .expression_attribute_values(":play", word(arrival.play)?);
        if let Some(round) = arrival.round {
            change = change.expression_attribute_values(":round", n(round));
        }
        send(change, &claim.game).await
    }

    async fn close_round(&self, tick: &Tick) -> Result<Changed, Failure> {
        // A round that was closed by something else stays closed by that: this tick finishes it.
        let change = self
            .update(
                game_key(&tick.game),
                "SET closed = if_not_exists(closed, :clock)",
            )
            .condition_expression("round = :round AND deadline_ms = :deadline")
            .expression_attribute_values(":clock", word(Closed::ByClock)?)
            .expression_attribute_values(":round", n(tick.round))
            .expression_attribute_values(":deadline", n(tick.deadline_ms));
        send(change, &tick.game).await
    }

    async fn close_by_leaving(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> Result<Changed, Failure> {
        // Closed by this very leaving: our own close, whose answer was lost.
        let condition = format!(
            "(attribute_not_exists(closed) OR closed = :leaving) AND {} = :player",
            player_attribute(seat)
        );
        let change = self
            .update(game_key(game), "SET closed = :leaving")
            .condition_expression(condition)
            .expression_attribute_values(":leaving", word(Closed::by_leaving(seat))?)
            .expression_attribute_values(":player", s(player.as_str()));
        send(change, game).await
    }

    async fn next_round(&self, now: &Game, next: &Game) -> Result<Changed, Failure> {
        let change = self
            .update(
                game_key(&now.id),
                "SET round = :next, deadline_ms = :next_deadline REMOVE closed, play_1, play_2",
            )
            .condition_expression("round = :round AND deadline_ms = :deadline AND closed = :clock")
            .expression_attribute_values(":next", n(next.round))
            .expression_attribute_values(":next_deadline", n(next.deadline_ms))
            .expression_attribute_values(":round", n(now.round))
            .expression_attribute_values(":deadline", n(now.deadline_ms))
            .expression_attribute_values(":clock", word(Closed::ByClock)?);
        Ok(match send(change, &now.id).await? {
            // Our own next round, whose answer was lost: the deadline tells.
            Changed::No(found) if found.tick() == next.tick() => Changed::Yes(found),
            changed => changed,
        })
    }
}

impl RemoveGame for DynamoStore {
    async fn remove_game(&self, id: &GameId, removal: Removal) -> Result<bool, Failure> {
        let mut delete = self.delete(game_key(id));
        if removal == Removal::IfOpen {
            delete = delete.condition_expression("attribute_not_exists(closed)");
        }
        Ok(deleted(delete).await?.is_some())
    }
}
