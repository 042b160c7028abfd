//! A player: one connection after the other until the game is over.

use std::time::Duration;

use rps_game::{ClientMessage, Play, ServerMessage};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::session::{Heard, Session};
use super::socket::Socket;
use super::{ConnectError, Contradiction};
use crate::target::Address;

/// After what time the player does what nobody asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// Waiting this long, connect again: API Gateway ends a connection that was idle for 10 minutes.
    reconnect: Duration,
    /// After a `try-again`, send again what was not answered.
    resend: Duration,
    /// After the game, hang up if the server has not.
    hang_up: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            reconnect: Duration::from_mins(9),
            resend: Duration::from_millis(500),
            hang_up: Duration::from_secs(5),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Happening {
    pub(crate) at: Instant,
    pub(crate) event: Event,
}

#[derive(Debug)]
pub(crate) enum Event {
    /// The player is connected and asks to join.
    Joins,
    Told(ServerMessage),
    /// The server said something that cannot be true.
    Contradicted(Contradiction),
    /// The connection is over, and nothing more will happen.
    Closed(String),
}

/// A player who has joined. Dropping it hangs up.
pub(crate) struct Player {
    plays: UnboundedSender<Play>,
    happenings: UnboundedReceiver<Happening>,
    task: JoinHandle<()>,
}

impl Player {
    /// Finds out whether the game can be reached: connects, and leaves.
    pub(crate) async fn reach(address: &Address) -> Result<(), ConnectError> {
        Socket::connect(address).await?.close().await;
        Ok(())
    }

    pub(crate) async fn join(address: &Address) -> Result<Self, ConnectError> {
        Self::join_with(address, Timing::default()).await
    }

    async fn join_with(address: &Address, timing: Timing) -> Result<Self, ConnectError> {
        let (plays, plays_to_send) = unbounded_channel();
        let (teller, happenings) = unbounded_channel();
        let mut talk = Talk {
            address: address.clone(),
            timing,
            socket: Socket::connect(address).await?,
            session: Session::default(),
            due: None,
            teller,
        };
        talk.tell(Event::Joins);
        let join = talk.session.join();
        talk.socket.send(join).await;
        Ok(Self {
            plays,
            happenings,
            task: tokio::spawn(talk.run(plays_to_send)),
        })
    }

    /// Plays in the current round; nothing happens if none is open.
    pub(crate) fn play(&self, play: Play) {
        // A player whose connection is over learns it from `next`.
        let _ = self.plays.send(play);
    }

    /// What happens next; none after [`Event::Closed`]. May be dropped before it is done.
    pub(crate) async fn next(&mut self) -> Option<Happening> {
        self.happenings.recv().await
    }

    pub(crate) async fn leave(self) {
        drop(self.plays);
        // Only a panic makes it fail, and that has been reported.
        let _ = self.task.await;
    }
}

/// The task that holds the socket, so that nothing the caller drops can lose a frame.
struct Talk {
    address: Address,
    timing: Timing,
    socket: Socket,
    session: Session,
    due: Option<(Instant, Due)>,
    teller: UnboundedSender<Happening>,
}

#[derive(Debug, Clone, Copy)]
enum Due {
    Reconnect,
    Resend,
    HangUp,
}

impl Talk {
    async fn run(mut self, mut plays: UnboundedReceiver<Play>) {
        loop {
            let due = self.due;
            let when = due.map_or_else(Instant::now, |(when, _)| when);
            let ended = tokio::select! {
                play = plays.recv() => match play {
                    Some(play) => {
                        let message = self.session.play(play);
                        self.send(message).await;
                        Ok(())
                    }
                    None => Err("left".to_owned()),
                },
                frame = self.socket.receive() => frame.map(|frame| self.hear(&frame)),
                () = sleep_until(when), if due.is_some() => self.act(due).await,
            };
            if let Err(why) = ended {
                self.socket.close().await;
                return self.tell(Event::Closed(why));
            }
        }
    }

    fn tell(&self, event: Event) {
        let at = Instant::now();
        // A caller that has left hears nothing.
        let _ = self.teller.send(Happening { at, event });
    }

    async fn send(&mut self, message: Option<ClientMessage>) {
        if let Some(message) = message {
            self.socket.send(message).await;
        }
    }

    fn hear(&mut self, frame: &str) {
        match self.session.receive(frame) {
            Heard::News(message) => self.tell(Event::Told(message)),
            Heard::Contradiction(contradiction) => self.tell(Event::Contradicted(contradiction)),
            Heard::Old => return,
        }
        let now = Instant::now();
        self.due = if self.session.is_over() {
            // Keep an earlier one: a repeat must not keep the connection.
            self.due
                .filter(|(_, due)| matches!(due, Due::HangUp))
                .or(Some((now + self.timing.hang_up, Due::HangUp)))
        } else if self.session.unanswered().is_some() {
            // News, and yet no answer to what was sent: it was a try-again.
            Some((now + self.timing.resend, Due::Resend))
        } else if self.session.is_waiting() {
            Some((now + self.timing.reconnect, Due::Reconnect))
        } else {
            None
        };
    }

    async fn act(&mut self, due: Option<(Instant, Due)>) -> Result<(), String> {
        self.due = None;
        match due {
            Some((_, Due::Reconnect)) => self.reconnect().await,
            Some((_, Due::Resend)) => {
                self.send(self.session.unanswered()).await;
                Ok(())
            }
            Some((_, Due::HangUp)) => Err("left after the game".to_owned()),
            None => Ok(()),
        }
    }

    /// A waiting player moves to a new connection, and waits there.
    async fn reconnect(&mut self) -> Result<(), String> {
        let socket = Socket::connect(&self.address)
            .await
            .map_err(|error| error.to_string())?;
        // The old one leaves first: joining beside it would be a game against oneself.
        std::mem::replace(&mut self.socket, socket).close().await;
        self.session = Session::still_waiting();
        let join = self.session.join();
        self.socket.send(join).await;
        self.due = Some((Instant::now() + self.timing.reconnect, Due::Reconnect));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
