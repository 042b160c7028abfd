//! Stores a play.
//!
//! One conditional write stores the play, so it is never lost and never counts after the round closed.
//! If the condition fails, DynamoDB returns the current game free of charge, and the game gives the
//! reason for the refusal.

use rps_game::{ConnectionId, ErrorCode, Game, Play, PlayRefusal, ServerMessage};

use crate::ports::{ChangeGame, ChangeResult, FindConnection, IncomingPlay, PortError};

/// Stores a player's play and returns the answer to the player.
pub async fn play(
    store: &(impl FindConnection + ChangeGame),
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
        ChangeResult::Yes(game) | ChangeResult::No(game) => answer(&game, incoming),
        ChangeResult::NoGame => ErrorCode::NotInAGame.into(),
    })
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
