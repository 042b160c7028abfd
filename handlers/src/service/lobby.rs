//! Removes places from the lobby. The last one removes the lobby's item, so that nothing remains.

use rps_game::{ConnectionId, Lobby, Waiting};

use crate::ports::{ChangeLobby, LeaveLobby, LobbyResult, PortError};

/// Removes the player's place, if it has one in this lobby.
pub async fn leave_if_waiting(
    store: &(impl ChangeLobby + LeaveLobby),
    player: &ConnectionId,
    lobby: &mut Lobby,
) -> Result<(), PortError> {
    match Waiting::find(lobby, player) {
        Some(waiting) => leave(store, &waiting, lobby).await,
        None => Ok(()),
    }
}

/// Removes the place, if the player waits for this game. `lobby` is its last known state, and then its new one.
pub async fn leave(
    store: &(impl ChangeLobby + LeaveLobby),
    waiting: &Waiting,
    lobby: &mut Lobby,
) -> Result<(), PortError> {
    if lobby.places.len() <= 1 {
        match store.leave_lobby(waiting).await? {
            LobbyResult::Yes(rest) => {
                *lobby = rest;
                return Ok(());
            }
            LobbyResult::No(current) => *lobby = current,
        }
        if !waiting.is_in(lobby) {
            return Ok(());
        }
    }
    let (LobbyResult::Yes(rest) | LobbyResult::No(rest)) = store.close_place(waiting).await?;
    *lobby = rest;
    if lobby.places.is_empty() {
        store.leave_lobby(waiting).await?;
    }
    Ok(())
}
