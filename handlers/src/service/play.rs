//! Stores a play.
//!
//! One conditional write stores the play, so it is never lost and never counts after the round closed.
//! If the condition fails, DynamoDB returns the current game free of charge, and the game gives the
//! reason for the refusal.
//!
//! If the rules say so, the second play wakes `decide` at once, by a second round timer. If that fails, the delayed
//! timer ends the round.

use rps_game::{ConnectionId, ErrorCode, Game, Play, PlayRefusal, ServerMessage};
use tracing::warn;

use crate::ports::{
    ChangeGame, ChangeResult, Clock, FindConnection, IncomingPlay, PortError, Schedule,
};

/// Stores a player's play and returns the answer to the player.
pub async fn play(
    store: &(impl FindConnection + ChangeGame),
    queue: &impl Schedule,
    clock: &impl Clock,
    from: &ConnectionId,
    play: Play,
    round: Option<u32>,
    arrived_ms: u64,
) -> Result<ServerMessage, PortError> {
    // The connection is open but not stored: its game has just ended.
    let Some(connection) = store.find_connection(from).await? else {
        return Ok(ErrorCode::TooLate.into());
    };
    let Some(claim) = connection.claim else {
        return Ok(ErrorCode::NotInAGame.into());
    };
    let incoming = IncomingPlay {
        from,
        play,
        round,
        arrived_ms,
    };
    Ok(match store.record_play(&claim, incoming).await? {
        ChangeResult::Yes(game) => {
            end_early(queue, clock, &game).await;
            answer(&game, incoming)
        }
        ChangeResult::No(game) => answer(&game, incoming),
        ChangeResult::NoGame => ErrorCode::NotInAGame.into(),
    })
}

async fn end_early(queue: &impl Schedule, clock: &impl Clock, game: &Game) {
    if let Some(round_timer) = game.early_timer(clock.now_ms())
        && let Err(failure) = queue.schedule(&round_timer.into(), 0).await
    {
        warn!(%failure, game = %game.id, "cannot end the round early; its round timer will end it");
    }
}

/// Applies the pure game's rule to the stored game: it accepts a stored play again, and gives the reason
/// for a refused one.
fn answer(game: &Game, incoming: IncomingPlay<'_>) -> ServerMessage {
    let IncomingPlay {
        from,
        play,
        round,
        arrived_ms,
    } = incoming;
    match game.play(from, play, round, arrived_ms) {
        Ok((_, received)) => received,
        Err(PlayRefusal::NotInThisGame) => ErrorCode::NotInAGame.into(),
        Err(PlayRefusal::TooLate) => ErrorCode::TooLate.into(),
        Err(PlayRefusal::AlreadyPlayed) => ErrorCode::AlreadyPlayed.into(),
    }
}
