//! A play arrives.
//!
//! One conditional write stores it, so it can neither be lost nor counted after the round is closed;
//! when the condition does not hold, the game as it is (for which DynamoDB does not charge) says why.

use rps_game::{ConnectionId, ErrorCode, Game, Play, Refusal, ServerMessage};

use crate::ports::{Arrival, ChangeGame, Changed, Failure, FindConnection};

/// Takes a play from a player, and gives the answer to send back.
pub async fn play(
    store: &(impl FindConnection + ChangeGame),
    from: &ConnectionId,
    play: Play,
    round: Option<u32>,
    arrived_ms: u64,
) -> Result<ServerMessage, Failure> {
    // A connection that is open but not stored belongs to a game that has just ended.
    let Some(connection) = store.find_connection(from).await? else {
        return Ok(ErrorCode::TooLate.into());
    };
    let Some(claim) = connection.claim else {
        return Ok(ErrorCode::NotInAGame.into());
    };
    let arrival = Arrival {
        from,
        play,
        round,
        arrived_ms,
    };
    Ok(match store.record_play(&claim, arrival).await? {
        Changed::Yes(game) | Changed::No(game) => answer(&game, arrival),
        Changed::NoGame => ErrorCode::NotInAGame.into(),
    })
}

/// A stored play is accepted once more by the same rule; a refused one is refused again, with the
/// reason.
fn answer(game: &Game, arrival: Arrival<'_>) -> ServerMessage {
    let Arrival {
        from,
        play,
        round,
        arrived_ms,
    } = arrival;
    match game.play(from, play, round, arrived_ms) {
        Ok((_, received)) => received,
        Err(Refusal::NotInThisGame) => ErrorCode::NotInAGame.into(),
        Err(Refusal::TooLate) => ErrorCode::TooLate.into(),
        Err(Refusal::AlreadyPlayed) => ErrorCode::AlreadyPlayed.into(),
    }
}
