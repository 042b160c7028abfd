use rps_game::{ConnectionId, Game, JoinId, Position, Waiting};
use rps_handlers::ports::{ChangeResult, Disconnect as _, PortError, Random as _};
use rps_handlers::service::lobby;
use rps_handlers::service::operate as service;
use rps_handlers::service::position::{self, ConnectionSnapshot};
use rps_handlers::time::{System, now_ms};

use crate::aws::{Deletion, Deployment, MappingChange, MappingState, Queue, QueueCounts};
use crate::confirmed::Confirmed;
use crate::exit::Failure;
use crate::operate::ClassifiedMessage;
use crate::words::{count, position_name, progress, time_span};

/// How often to try to end a game whose rounds advance meanwhile.
const ATTEMPTS: usize = 5;

/// One change to one resource. AWS refuses it if the state has changed since the plan was made.
pub(crate) enum Step<'a> {
    /// Notifies both players that an operator ended the game, and deletes the game.
    EndGame { game: Box<Game>, rounds: Rounds },
    /// Closes a connection and removes it from its game or the lobby. A stale connection is already closed.
    Disconnect {
        snapshot: Box<ConnectionSnapshot>,
        stale: bool,
    },
    /// Closes a connection that is not in the table.
    CloseSocket { connection: ConnectionId },
    /// Removes a player who has disconnected or plays from the lobby.
    ClearLobby { waiting: Waiting },
    DeleteMessage {
        queue: &'a Queue<'a>,
        message: ClassifiedMessage<'a>,
    },
    /// Announces that obsolete messages will be deleted while the mapping is paused. Each deletion is its own step.
    DeleteObsoleteMessages {
        queue: &'a Queue<'a>,
        counts: QueueCounts,
    },
    SwitchMapping {
        uuid: &'a str,
        state: MappingState,
        to: MappingChange,
    },
    Redrive {
        from: &'a Queue<'a>,
        to: &'a Queue<'a>,
        messages: u64,
    },
}

/// The rounds in which a step may end a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounds {
    /// Only the round in the plan, so that a game that continues is kept.
    Planned,
    Any,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StepOutcome {
    Done,
    /// There is nothing left to do: someone else or an earlier run did it.
    Gone,
    /// The step was skipped, because the state changed after the plan was made.
    Refused(String),
}

impl Step<'_> {
    pub(crate) fn end_game(game: Game, rounds: Rounds) -> Self {
        let game = Box::new(game);
        Self::EndGame { game, rounds }
    }

    /// Describes the step in the imperative.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::EndGame { game, .. } => {
                let progress = progress(game, false, now_ms());
                format!("end game {} ({progress}) and notify both players", game.id)
            }
            Self::Disconnect { snapshot, stale } => disconnect_words(snapshot, *stale),
            Self::CloseSocket { connection } => {
                format!("close {connection} (open, but not in the table)")
            }
            Self::ClearLobby { waiting } => clear_words(waiting),
            Self::DeleteMessage { message, .. } => {
                let age = time_span(now_ms().saturating_sub(message.message.sent_ms));
                let (content, effect) = (message.content.words(), message.deletion_effect());
                format!("delete a message sent {age} ago, {content} ({effect})")
            }
            Self::DeleteObsoleteMessages { counts, .. } => format!(
                "delete obsolete messages while the mapping is paused (now {} visible, {} delayed, {} in \
                 flight)",
                counts.visible, counts.delayed, counts.in_flight
            ),
            Self::SwitchMapping { state, to, .. } => match (to, state.is_off()) {
                (MappingChange::Pause, false) => {
                    "pause the mapping, so that no round is decided until it is on again"
                }
                (MappingChange::Pause, true) => "keep the mapping paused meanwhile",
                (MappingChange::Resume, false) => {
                    "after all other steps, resume the mapping, even after an error"
                }
                (MappingChange::Resume, true) => "resume the mapping, which is paused now",
            }
            .to_owned(),
            Self::Redrive { from, to, messages } => {
                let (letters, from, to) = (count(*messages, "dead letter"), from.name(), to.name());
                format!("move {letters} from {from} back to {to}")
            }
        }
    }

    pub(crate) async fn carry_out(
        &self,
        deployment: &Deployment,
        confirmed: &Confirmed,
    ) -> Result<StepOutcome, Failure> {
        match self {
            Self::EndGame { game, rounds } => end_game(deployment, game, *rounds).await,
            Self::Disconnect { snapshot, .. } => disconnect(deployment, snapshot).await,
            Self::CloseSocket { connection } => close_socket(deployment, connection).await,
            Self::ClearLobby { waiting } => clear_lobby(deployment, waiting).await,
            Self::DeleteMessage { queue, message } => {
                Ok(match queue.delete(message.message, confirmed).await? {
                    Deletion::Done => StepOutcome::Done,
                    Deletion::TooLate => {
                        refused("the receive expired, so another process may have the message")
                    }
                })
            }
            Self::DeleteObsoleteMessages { .. } => Ok(StepOutcome::Done),
            Self::SwitchMapping { to, .. } => {
                deployment.change_mapping(*to, confirmed).await?;
                Ok(StepOutcome::Done)
            }
            Self::Redrive { from, to, .. } => {
                from.start_move(to, confirmed).await?;
                Ok(StepOutcome::Done)
            }
        }
    }
}

fn refused(why: &str) -> StepOutcome {
    StepOutcome::Refused(why.to_owned())
}

fn disconnect_words(snapshot: &ConnectionSnapshot, stale: bool) -> String {
    let action = if stale { "remove stale" } else { "close" };
    let effect = match &snapshot.place {
        Position::Idle => "idle".to_owned(),
        Position::Joining => {
            "joining, so this step will be refused; run the command again in 5 s".to_owned()
        }
        Position::Waiting(_) => "waiting; it leaves the lobby".to_owned(),
        Position::Playing(game, _) => {
            format!("the opponent wins game {} by opponent-left", game.id)
        }
    };
    format!("{action} {} ({effect})", snapshot.connection.id)
}

async fn end_game(
    deployment: &Deployment,
    game: &Game,
    rounds: Rounds,
) -> Result<StepOutcome, Failure> {
    let (store, gateway) = (deployment.store(), deployment.gateway().await?);
    let mut expected = game.clone();
    for _ in 0..ATTEMPTS {
        let ended = Box::pin(service::end_game(store, gateway, &System, &expected)).await;
        match ended.map_err(|error| explain(deployment, &error, half_ended))? {
            ChangeResult::Yes(_) => return Ok(StepOutcome::Done),
            ChangeResult::NoGame => return Ok(StepOutcome::Gone),
            ChangeResult::No(now) if rounds == Rounds::Any => expected = now,
            ChangeResult::No(now) if now.round_timer() == expected.round_timer() => {
                return Ok(refused("its round is being decided now"));
            }
            ChangeResult::No(_) => return Ok(refused("the game has continued")),
        }
    }
    Ok(refused(
        "its rounds advance too fast; run the command again",
    ))
}

async fn disconnect(
    deployment: &Deployment,
    snapshot: &ConnectionSnapshot,
) -> Result<StepOutcome, Failure> {
    let by = JoinId::from(System.unique());
    let (store, gateway) = (deployment.store(), deployment.gateway().await?);
    let half_done = match snapshot.place {
        Position::Playing(..) => half_ended,
        Position::Waiting(_) => half_freed,
        _ => half_disconnected,
    };
    let done = Box::pin(service::disconnect(store, gateway, &System, snapshot, &by)).await;
    if done.map_err(|error| explain(deployment, &error, half_done))? {
        return Ok(StepOutcome::Done);
    }
    let now = position::find(store, &System, &snapshot.connection.id).await;
    let now = now.map_err(|error| deployment.explain_port(&error))?;
    Ok(now.map_or(StepOutcome::Gone, |now| {
        StepOutcome::Refused(why_not_disconnected(snapshot, &now))
    }))
}

fn why_not_disconnected(planned: &ConnectionSnapshot, now: &ConnectionSnapshot) -> String {
    let (planned, now) = (position_name(&planned.place), &now.place);
    match now {
        Position::Joining => "a join is running; run the command again in 5 s".to_owned(),
        Position::Playing(game, _) if game.closed.is_some() => {
            format!("its game {} is ending", game.id)
        }
        place if position_name(place) == planned => {
            format!("it has changed, and is {planned} again")
        }
        place => format!("it is {} now", position_name(place)),
    }
}

async fn close_socket(
    deployment: &Deployment,
    connection: &ConnectionId,
) -> Result<StepOutcome, Failure> {
    let explain = |error| deployment.explain_port(&error);
    let snapshot = position::find(deployment.store(), &System, connection).await;
    if snapshot.map_err(explain)?.is_some() {
        return Ok(refused("it is in the table now"));
    }
    let sockets = deployment.sockets().await?;
    if sockets.open_as_typed(connection).await?.is_none() {
        return Ok(StepOutcome::Gone);
    }
    let gateway = deployment.gateway().await?;
    gateway.disconnect(connection).await.map_err(explain)?;
    Ok(StepOutcome::Done)
}

async fn clear_lobby(deployment: &Deployment, waiting: &Waiting) -> Result<StepOutcome, Failure> {
    let mut lobby = deployment.lobby(waiting.room.as_ref()).await?;
    if !waiting.is_in(&lobby) {
        return Ok(StepOutcome::Gone);
    }
    let id = &waiting.connection;
    if !deployment.is_orphaned(&lobby, id).await? {
        return Ok(refused("it has changed; run the command again in 5 s"));
    }
    let left = lobby::leave(deployment.store(), waiting, &mut lobby).await;
    left.map_err(|error| deployment.explain_port(&error))?;
    Ok(StepOutcome::Done)
}

fn clear_words(waiting: &Waiting) -> String {
    let lobby = match &waiting.room {
        Some(room) => format!("room {room}"),
        None => "the lobby".to_owned(),
    };
    let id = &waiting.connection;
    format!("remove the place of {id} from {lobby} (it no longer waits)")
}

/// Explains a failed call of a step, and what the step leaves half done.
fn explain(
    deployment: &Deployment,
    error: &PortError,
    half_done: fn(&str) -> Option<&'static str>,
) -> Failure {
    let failure = deployment.explain_port(error);
    match half_done(error.operation) {
        Some(state) => failure.half_done(state),
        None => failure,
    }
}

/// What is half done if this call fails while a game ends. The first call, `UpdateItem`, marks the game as ended.
fn half_ended(operation: &str) -> Option<&'static str> {
    match operation {
        "UpdateItem" => None,
        "PostToConnection" => Some(
            "the game is marked as ended, but a player may not know it yet; its round timer, or the same command, \
             finishes this",
        ),
        _ => Some(
            "the game is marked as ended and the players know it, but they may still be connected, and the game is \
             still in the table; its round timer, or the same command, finishes this",
        ),
    }
}

/// What is half done if this call fails while a waiting player is disconnected. `UpdateItem` claims a game, and may later
/// remove the place.
fn half_freed(operation: &str) -> Option<&'static str> {
    match operation {
        "UpdateItem" => Some(
            "the player may be unable to start a game for 5 s, or disconnected but still in the table; the same command \
             finishes this",
        ),
        operation => half_disconnected(operation),
    }
}

/// What is half done if this call fails while a player who does not play is disconnected. The first call,
/// `UpdateItem`, keeps the player from joining a game for the length of a lease.
fn half_disconnected(operation: &str) -> Option<&'static str> {
    match operation {
        "UpdateItem" => None,
        "DeleteConnection" => Some(
            "the player is still connected, and cannot start a game for 5 s; the same command finishes this",
        ),
        _ => Some(
            "the connection may be closed, but is still in the table; the same command finishes this",
        ),
    }
}

#[cfg(test)]
mod tests;
