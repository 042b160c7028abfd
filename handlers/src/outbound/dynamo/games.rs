//! Games in the table. The conditions repeat those of [`Game`]'s methods; a test compares the two.

use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use rps_game::game::GRACE_MS;
use rps_game::{
    Claim, CloseReason, ConnectionId, Game, GameId, PLAYS_CLOSE_SINCE, Presence, RoundTimer,
    SEATS_SINCE, Seat,
};

use crate::outbound::dynamo::items::{
    GameItem, game_key, play_attribute, player_attribute, presence_attribute, secret_attribute,
};
use crate::outbound::dynamo::{
    DynamoStore, UpdateResult, delete_or_find, n, read, s, send_delete, send_update, word,
};
use crate::ports::{
    ChangeGame, ChangeResult, FindGame, IncomingPlay, PortError, RemoveGame, StartGame,
};

/// Refuses a round that only the plays may decide: see [`Game::is_played`].
pub(super) const NOT_PLAYED: &str =
    "(v < :since OR attribute_not_exists(play_1) OR attribute_not_exists(play_2))";

pub(super) async fn change_game(
    change: UpdateItemFluentBuilder,
    id: &GameId,
) -> Result<ChangeResult, PortError> {
    Ok(match send_update::<GameItem>(change).await? {
        UpdateResult::Yes(item) => ChangeResult::Yes(item.into_game(id.clone())),
        UpdateResult::No(Some(item)) => ChangeResult::No(item.into_game(id.clone())),
        UpdateResult::No(None) => ChangeResult::NoGame,
    })
}

impl FindGame for DynamoStore {
    async fn find_game(&self, id: &GameId) -> Result<Option<Game>, PortError> {
        let get = self.get(game_key(id)).consistent_read(true);
        let item: Option<GameItem> = read(get).await?;
        Ok(item.map(|item| item.into_game(id.clone())))
    }

    async fn peek_closed_game(&self, id: &GameId) -> Result<Option<Game>, PortError> {
        let item: Option<GameItem> = read(self.get(game_key(id))).await?;
        let game = item.map(|item| item.into_game(id.clone()));
        Ok(game.filter(|game| game.closed_by().is_some()))
    }
}

impl StartGame for DynamoStore {
    async fn start_game(&self, game: &Game) -> Result<bool, PortError> {
        // If the response to an earlier put was lost, the stored game has our deadline: it is started.
        let existing = self.put_if_absent(&GameItem::from(game)).await?;
        Ok(existing
            .map(|item| item.into_game(game.id.clone()))
            .is_none_or(|existing| {
                existing.players == game.players
                    && existing.deadline_ms == game.deadline_ms
                    && existing.secrets == game.secrets
            }))
    }
}

impl ChangeGame for DynamoStore {
    async fn record_play(
        &self,
        claim: &Claim,
        incoming: IncomingPlay<'_>,
    ) -> Result<ChangeResult, PortError> {
        let (player, play) = (player_attribute(claim.seat), play_attribute(claim.seat));
        let mut condition = format!(
            "{player} = :me AND attribute_not_exists({play}) AND attribute_not_exists(closed) \
             AND deadline_ms >= :earliest"
        );
        if incoming.round.is_some() {
            condition.push_str(" AND round = :round");
        }
        let mut change = self
            .update(game_key(&claim.game), &format!("SET {play} = :play"))
            .condition_expression(condition)
            .expression_attribute_values(":me", s(incoming.from.as_str()))
            .expression_attribute_values(
                ":earliest",
                n(incoming.arrived_ms.saturating_sub(GRACE_MS)),
            )
            .expression_attribute_values(":play", word(incoming.play)?);
        if let Some(round) = incoming.round {
            change = change.expression_attribute_values(":round", n(round));
        }
        change_game(change, &claim.game).await
    }

    async fn close_round(&self, round_timer: &RoundTimer) -> Result<ChangeResult, PortError> {
        // A closed round keeps its first reason; this round timer then settles it.
        let change = self
            .update(
                game_key(&round_timer.game),
                "SET closed = if_not_exists(closed, :clock)",
            )
            .condition_expression("round = :round AND deadline_ms = :deadline")
            .expression_attribute_values(":clock", word(CloseReason::ByClock)?)
            .expression_attribute_values(":round", n(round_timer.round))
            .expression_attribute_values(":deadline", n(round_timer.deadline_ms));
        change_game(change, &round_timer.game).await
    }

    async fn close_by_leaving(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> Result<ChangeResult, PortError> {
        // `closed = :leaving` is our own earlier write; its response was lost.
        let condition = format!(
            "((attribute_not_exists(closed) AND {NOT_PLAYED}) OR closed = :leaving) AND {} = :player",
            player_attribute(seat)
        );
        let change = self
            .update(game_key(game), "SET closed = :leaving")
            .condition_expression(condition)
            .expression_attribute_values(":leaving", word(CloseReason::by_leaving(seat))?)
            .expression_attribute_values(":since", n(PLAYS_CLOSE_SINCE))
            .expression_attribute_values(":player", s(player.as_str()));
        change_game(change, game).await
    }

    async fn mark_absent(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> Result<ChangeResult, PortError> {
        let condition = format!(
            "{} = :player AND attribute_exists({}) AND attribute_not_exists(closed) AND {NOT_PLAYED}",
            player_attribute(seat),
            secret_attribute(seat),
        );
        let expression = format!("SET {} = :absent, v = :seats", presence_attribute(seat));
        let change = self
            .update(game_key(game), &expression)
            .condition_expression(condition)
            .expression_attribute_values(":absent", word(Presence::Absent)?)
            .expression_attribute_values(":seats", n(SEATS_SINCE))
            .expression_attribute_values(":since", n(PLAYS_CLOSE_SINCE))
            .expression_attribute_values(":player", s(player.as_str()));
        change_game(change, game).await
    }

    async fn next_round(&self, now: &Game, next: &Game) -> Result<ChangeResult, PortError> {
        let set = "SET round = :next, deadline_ms = :next_deadline";
        let [_, house] = next.plays;
        let change = match house {
            Some(play) => self
                .update(
                    game_key(&now.id),
                    &format!("{set}, play_2 = :house REMOVE closed, play_1"),
                )
                .expression_attribute_values(":house", word(play)?),
            None => self.update(
                game_key(&now.id),
                &format!("{set} REMOVE closed, play_1, play_2"),
            ),
        };
        let change = change
            .condition_expression(
                "round = :round AND deadline_ms = :deadline AND play_1 = play_2 \
                 AND (closed = :clock OR (attribute_not_exists(closed) AND v >= :since))",
            )
            .expression_attribute_values(":since", n(PLAYS_CLOSE_SINCE))
            .expression_attribute_values(":next", n(next.round))
            .expression_attribute_values(":next_deadline", n(next.deadline_ms))
            .expression_attribute_values(":round", n(now.round))
            .expression_attribute_values(":deadline", n(now.deadline_ms))
            .expression_attribute_values(":clock", word(CloseReason::ByClock)?);
        Ok(match change_game(change, &now.id).await? {
            // The stored round is our own earlier write; its response was lost.
            ChangeResult::No(stored) if stored.round_timer() == next.round_timer() => {
                ChangeResult::Yes(stored)
            }
            result => result,
        })
    }
}

impl RemoveGame for DynamoStore {
    async fn remove_game(&self, game: &Game) -> Result<Option<Game>, PortError> {
        let delete = self.delete_game(game).condition_expression(SAME_PLAYERS);
        let current: Option<GameItem> = delete_or_find(delete).await?.err().flatten();
        Ok(current.map(|item| item.into_game(game.id.clone())))
    }

    async fn remove_open_game(&self, game: &Game) -> Result<bool, PortError> {
        let condition = format!(
            "attribute_not_exists(pk) OR ({SAME_PLAYERS} AND attribute_not_exists(closed) AND {NOT_PLAYED})"
        );
        let delete = self
            .delete_game(game)
            .condition_expression(condition)
            .expression_attribute_values(":since", n(PLAYS_CLOSE_SINCE));
        Ok(send_delete(delete).await?.is_some())
    }
}

const SAME_PLAYERS: &str = "player_1 = :first AND player_2 = :second";

impl DynamoStore {
    fn delete_game(&self, game: &Game) -> DeleteItemFluentBuilder {
        let [first, second] = &game.players;
        self.delete(game_key(&game.id))
            .expression_attribute_values(":first", s(first.as_str()))
            .expression_attribute_values(":second", s(second.as_str()))
    }
}
