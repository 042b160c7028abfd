use rps_game::{ConnectionId, Game, JoinId, Position};
use rps_handlers::ports::{Changed, Disconnect as _};
use rps_handlers::service::operate::{self as service, Seen};
use rps_handlers::time::{System, now_ms};
use uuid::Uuid;

use crate::aws::{Counts, Deletion, Deployment, Queue, State, Switch};
use crate::confirmed::Confirmed;
use crate::exit::Failure;
use crate::operate::ClassifiedMessage;
use crate::words::{count, place_name, progress, time_span};

/// A game may go on this often while it is being ended, until that is given up.
const ATTEMPTS: usize = 5;

/// One change to one thing. AWS refuses it if things are no longer as planned.
pub(crate) enum Step<'a> {
    /// Tells both players that an operator ended the game, and removes it.
    EndGame { game: Box<Game>, rounds: Rounds },
    /// Closes a connection and frees its place. A stale one is closed already.
    Disconnect { seen: Box<Seen>, stale: bool },
    /// Closes a connection that is not in the table.
    CloseSocket { connection: ConnectionId },
    DeleteMessage {
        queue: &'a Queue<'a>,
        message: ClassifiedMessage<'a>,
    },
    /// Announces the messages that will be deleted once the mapping is off. Each is a step by itself then.
    DeleteObsoleteMessages {
        queue: &'a Queue<'a>,
        counts: Counts,
    },
    SwitchMapping {
        uuid: &'a str,
        state: State,
        to: Switch,
    },
    Redrive {
        from: &'a Queue<'a>,
        to: &'a Queue<'a>,
        messages: u64,
    },
}

/// The rounds in which a game is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounds {
    /// The round that was seen: the game is still as stuck as it was then.
    Seen,
    Any,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// There is nothing left to do: somebody else, or an earlier run, has done it.
    Gone,
    /// It is not as planned any more, for this reason, and was left alone.
    Refused(String),
}

impl Step<'_> {
    pub(crate) fn end_game(game: Game, rounds: Rounds) -> Self {
        let game = Box::new(game);
        Self::EndGame { game, rounds }
    }

    /// What will be done, as the end of "this would".
    pub(crate) fn words(&self) -> String {
        match self {
            Self::EndGame { game, .. } => {
                let progress = progress(game, now_ms());
                format!("end game {} ({progress}) and tell both players", game.id)
            }
            Self::Disconnect { seen, stale } => disconnect_words(seen, *stale),
            Self::CloseSocket { connection } => {
                format!("close {connection} (it is open, and not in the table)")
            }
            Self::DeleteMessage { message, .. } => {
                let age = time_span(now_ms().saturating_sub(message.message.sent_ms));
                let (content, loss) = (message.content.words(), message.loss());
                format!("delete a message of {age} ago, {content}: {loss}")
            }
            Self::DeleteObsoleteMessages { counts, .. } => format!(
                "delete the messages that can be received and have nothing to do then (now visible: {}, \
                 delayed: {}, in flight: {})",
                counts.visible, counts.delayed, counts.in_flight
            ),
            Self::SwitchMapping { state, to, .. } => match (to, state.is_off()) {
                (Switch::Off, false) => {
                    "turn the mapping off meanwhile, so that no round is decided"
                }
                (Switch::Off, true) => "leave the mapping off meanwhile",
                (Switch::On, false) => "turn the mapping on again at the end, whatever happens",
                (Switch::On, true) => "turn the mapping on, which is off now",
            }
            .to_owned(),
            Self::Redrive { from, to, messages } => {
                let (letters, from, to) = (count(*messages, "dead letter"), from.name(), to.name());
                format!("send {letters} of {from} back to {to}, to be delivered again")
            }
        }
    }

    pub(crate) async fn carry_out(
        &self,
        deployment: &Deployment,
        confirmed: &Confirmed,
    ) -> Result<Outcome, Failure> {
        match self {
            Self::EndGame { game, rounds } => end_game(deployment, game, *rounds).await,
            Self::Disconnect { seen, .. } => disconnect(deployment, seen).await,
            Self::CloseSocket { connection } => close_socket(deployment, connection).await,
            Self::DeleteMessage { queue, message } => {
                Ok(match queue.delete(message.message, confirmed).await? {
                    Deletion::Done => Outcome::Done,
                    Deletion::TooLate => {
                        refused("it was received too long ago, and somebody else may have it now")
                    }
                })
            }
            Self::DeleteObsoleteMessages { .. } => Ok(Outcome::Done),
            Self::SwitchMapping { to, .. } => {
                deployment.switch_mapping(*to, confirmed).await?;
                Ok(Outcome::Done)
            }
            Self::Redrive { from, to, .. } => {
                from.start_move(to, confirmed).await?;
                Ok(Outcome::Done)
            }
        }
    }
}

fn refused(why: &str) -> Outcome {
    Outcome::Refused(why.to_owned())
}

fn disconnect_words(seen: &Seen, stale: bool) -> String {
    let close = if stale { "remove the closed" } else { "close" };
    let meaning = match &seen.place {
        Position::Idle => "it is idle".to_owned(),
        Position::Joining => "it is joining, so that will be refused; again in 5 s".to_owned(),
        Position::Waiting(_) => "it waits, and leaves the lobby".to_owned(),
        Position::Playing(game, _) => {
            format!("its opponent wins game {} by opponent-left", game.id)
        }
    };
    format!("{close} {} ({meaning})", seen.connection.id)
}

async fn end_game(
    deployment: &Deployment,
    game: &Game,
    rounds: Rounds,
) -> Result<Outcome, Failure> {
    let (store, gateway) = (deployment.store(), deployment.gateway().await?);
    let mut seen = game.clone();
    for _ in 0..ATTEMPTS {
        match Box::pin(service::end_game(store, gateway, &System, &seen)).await? {
            Changed::Yes(_) => return Ok(Outcome::Done),
            Changed::NoGame => return Ok(Outcome::Gone),
            Changed::No(now) if rounds == Rounds::Any => seen = now,
            Changed::No(now) if now.tick() == seen.tick() => {
                return Ok(refused("its round is being decided at this moment"));
            }
            Changed::No(_) => return Ok(refused("the game has gone on")),
        }
    }
    Ok(refused("its rounds go by too fast"))
}

async fn disconnect(deployment: &Deployment, seen: &Seen) -> Result<Outcome, Failure> {
    let by = JoinId::from(Uuid::new_v4().simple().to_string());
    let (store, gateway) = (deployment.store(), deployment.gateway().await?);
    if Box::pin(service::disconnect(store, gateway, &System, seen, &by)).await? {
        return Ok(Outcome::Done);
    }
    let now = service::find(store, &System, &seen.connection.id).await?;
    Ok(now.map_or(Outcome::Gone, |now| {
        Outcome::Refused(why_not_disconnected(seen, &now))
    }))
}

fn why_not_disconnected(planned: &Seen, now: &Seen) -> String {
    let (planned, now) = (place_name(&planned.place), &now.place);
    match now {
        Position::Joining => "a join is running; again in 5 s".to_owned(),
        Position::Waiting(waiting) if waiting.is_being_taken(now_ms()) => {
            "a game is being started with it; again in 5 s".to_owned()
        }
        Position::Playing(game, _) if game.closed.is_some() => {
            format!("its game {} is about to end", game.id)
        }
        place if place_name(place) == planned => format!("it has moved on, and is {planned} again"),
        place => format!("it is {} by now", place_name(place)),
    }
}

async fn close_socket(
    deployment: &Deployment,
    connection: &ConnectionId,
) -> Result<Outcome, Failure> {
    let found = service::find(deployment.store(), &System, connection).await?;
    if found.is_some() {
        return Ok(refused("it is in the table by now"));
    }
    let sockets = deployment.sockets().await?;
    if sockets.open_as_typed(connection).await?.is_none() {
        return Ok(Outcome::Gone);
    }
    deployment.gateway().await?.disconnect(connection).await?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests;
