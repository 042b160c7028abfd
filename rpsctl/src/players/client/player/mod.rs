//! A player, who reconnects until the game is over.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use rps_game::{ClientMessage, Play, ServerMessage};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::session::{FrameKind, JoinKind, Session};
use super::socket::{ConnectionEnd, PlayerSocket};
use super::{ConnectError, Contradiction};
use crate::target::Address;

/// Tries to reach a server that is busy or fails.
const CHECK_TRIES: u32 = 5;

const CHECK_PAUSE: Duration = Duration::from_millis(500);

/// The delays of the player's automatic actions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// Reconnect a waiting player: API Gateway closes a connection that is idle for 10 minutes.
    reconnect: Duration,
    /// Send an unanswered message again after a `try-again`: at most this long at first, and longer each time.
    resend: Duration,
    /// Join again this long after the window if no outcome has arrived, or if no game starts after
    /// `already-in-a-game`. The join makes the server send a lost round timer again.
    late: Duration,
    /// Disconnect after the game if the server does not.
    hang_up: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            reconnect: Duration::from_mins(9),
            resend: Duration::from_millis(500),
            late: Duration::from_secs(10),
            hang_up: Duration::from_secs(5),
        }
    }
}

/// The longest pause before a message is sent again.
const MAX_RESEND: Duration = Duration::from_secs(8);

impl Timing {
    /// Each pause is doubled, times a random factor between 0.5 and 1 (docs/protocol.md).
    fn resends(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.resend / 2)
            .with_max_delay(MAX_RESEND / 2)
            .without_max_times()
            .with_jitter()
            .build()
    }
}

#[derive(Debug)]
pub(crate) struct TimedEvent {
    pub(crate) at: Instant,
    pub(crate) event: PlayerEvent,
}

#[derive(Debug)]
pub(crate) enum PlayerEvent {
    /// The player is connected and asks to join.
    Join(JoinKind),
    Message(ServerMessage),
    Contradiction(Contradiction),
    /// The server or the player closed the connection, for this reason. This is the last event.
    Closed(String),
    /// The connection broke, for this reason: the player has lost its place. This is the last event.
    Broken(String),
}

impl From<ConnectionEnd> for PlayerEvent {
    fn from(end: ConnectionEnd) -> Self {
        match end {
            ConnectionEnd::Closed(why) => Self::Closed(why),
            ConnectionEnd::Broken(why) => Self::Broken(why),
        }
    }
}

enum Command {
    Play(Play),
    Resume,
}

/// A player who has joined. Dropping it disconnects.
pub(crate) struct Player {
    commands: UnboundedSender<Command>,
    events: UnboundedReceiver<TimedEvent>,
    task: JoinHandle<()>,
}

impl Player {
    /// Checks that the game is reachable: connects and disconnects. Tries again while the server is busy or fails.
    pub(crate) async fn check(address: &Address) -> Result<(), ConnectError> {
        let mut tries = 1;
        let mut socket = loop {
            match PlayerSocket::connect(address).await {
                Err(error) if error.is_temporary() && tries < CHECK_TRIES => tries += 1,
                result => break result?,
            }
            sleep(CHECK_PAUSE).await;
        };
        socket.close().await;
        Ok(())
    }

    pub(crate) async fn join(address: &Address, kind: JoinKind) -> Result<Self, ConnectError> {
        Self::join_with(address, kind, Timing::default()).await
    }

    async fn join_with(
        address: &Address,
        kind: JoinKind,
        timing: Timing,
    ) -> Result<Self, ConnectError> {
        let (commands, commands_to_run) = unbounded_channel();
        let (sender, events) = unbounded_channel();
        let mut task = PlayerTask {
            address: address.clone(),
            timing,
            resends: timing.resends(),
            socket: PlayerSocket::connect(address).await?,
            session: Session::new(kind.clone()),
            window: Duration::ZERO,
            due: None,
            events: sender,
        };
        task.report(PlayerEvent::Join(kind));
        let join = task.session.join();
        task.socket.send(join).await;
        Ok(Self {
            commands,
            events,
            task: tokio::spawn(task.run(commands_to_run)),
        })
    }

    /// Plays in the current round. Does nothing if none is open.
    pub(crate) fn play(&self, play: Play) {
        // `next` reports the end of the connection.
        let _ = self.commands.send(Command::Play(play));
    }

    /// Breaks the connection without a close frame, and resumes the game on another. Does nothing if no game runs.
    pub(crate) fn resume(&self) {
        let _ = self.commands.send(Command::Resume);
    }

    /// The next event; none after the last one. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<TimedEvent> {
        self.events.recv().await
    }

    pub(crate) async fn leave(self) {
        drop(self.commands);
        // It fails only after a panic, which was already reported.
        let _ = self.task.await;
    }
}

/// The task that owns the socket, so that a caller can drop any future without losing a frame.
struct PlayerTask {
    address: Address,
    timing: Timing,
    /// The pauses before the unanswered message is sent again.
    resends: ExponentialBackoff,
    socket: PlayerSocket,
    session: Session,
    /// Of the current round.
    window: Duration,
    due: Option<(Instant, Due)>,
    events: UnboundedSender<TimedEvent>,
}

#[derive(Debug, Clone, Copy)]
enum Due {
    Reconnect,
    Resend,
    JoinAgain,
    HangUp,
}

impl PlayerTask {
    async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        loop {
            let due = self.due;
            let when = due.map_or_else(Instant::now, |(when, _)| when);
            let ended = tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Play(play)) => {
                        let message = self.session.play(play);
                        self.send(message).await;
                        Ok(())
                    }
                    Some(Command::Resume) => self.resume().await.map_err(PlayerEvent::Broken),
                    None => Err(PlayerEvent::Closed("the player left".to_owned())),
                },
                frame = self.socket.receive() => {
                    frame.and_then(|frame| self.handle_frame(&frame)).map_err(PlayerEvent::from)
                }
                () = sleep_until(when), if due.is_some() => {
                    self.act(due).await.map_err(PlayerEvent::Closed)
                }
            };
            if let Err(end) = ended {
                self.socket.close().await;
                return self.report(end);
            }
        }
    }

    fn report(&self, event: PlayerEvent) {
        let at = Instant::now();
        // It fails only if the caller dropped the player.
        let _ = self.events.send(TimedEvent { at, event });
    }

    async fn send(&mut self, message: Option<ClientMessage>) {
        if let Some(message) = message {
            self.socket.send(message).await;
        }
    }

    fn handle_frame(&mut self, frame: &str) -> Result<(), ConnectionEnd> {
        match self.session.receive(frame) {
            FrameKind::New(message) => {
                if let ServerMessage::GameStarted { play_within_ms, .. }
                | ServerMessage::GameResumed { play_within_ms, .. }
                | ServerMessage::RoundDrawn { play_within_ms, .. } = message
                {
                    self.window = Duration::from_millis(play_within_ms);
                }
                self.report(PlayerEvent::Message(message));
            }
            FrameKind::Contradiction(contradiction) => {
                self.report(PlayerEvent::Contradiction(contradiction));
            }
            FrameKind::Old => return Ok(()),
        }
        if self.session.has_missed_the_end() {
            let why = "the game ended before the player resumed";
            return Err(ConnectionEnd::Broken(why.to_owned()));
        }
        let now = Instant::now();
        if self.session.unanswered().is_none() {
            self.resends = self.timing.resends();
        }
        self.due = if self.session.is_over() {
            // Keep an earlier time, so that repeated messages cannot keep the connection open.
            self.due
                .filter(|(_, due)| matches!(due, Due::HangUp))
                .or(Some((now + self.timing.hang_up, Due::HangUp)))
        } else if self.session.unanswered().is_some() {
            // A new message that leaves the player's message unanswered was a `try-again`.
            let pause = self.resends.next().unwrap_or(MAX_RESEND);
            Some((now + pause, Due::Resend))
        } else if self.session.is_waiting() {
            Some((now + self.timing.reconnect, Due::Reconnect))
        } else {
            Some((now + self.window + self.timing.late, Due::JoinAgain))
        };
        Ok(())
    }

    async fn act(&mut self, due: Option<(Instant, Due)>) -> Result<(), String> {
        self.due = None;
        match due {
            Some((_, Due::Reconnect)) => self.reconnect().await,
            Some((_, Due::Resend)) => {
                self.send(self.session.unanswered()).await;
                Ok(())
            }
            Some((_, Due::JoinAgain)) => {
                self.socket.send(self.session.join_again()).await;
                self.due = Some((Instant::now() + self.timing.late, Due::JoinAgain));
                Ok(())
            }
            Some((_, Due::HangUp)) => Err("the player disconnected after the game".to_owned()),
            None => Ok(()),
        }
    }

    async fn resume(&mut self) -> Result<(), String> {
        let Some(resume) = self.session.resume() else {
            return Ok(());
        };
        let socket = PlayerSocket::connect(&self.address).await;
        self.socket = socket.map_err(|error| error.to_string())?;
        self.socket.send(resume).await;
        self.due = Some((Instant::now() + self.timing.late, Due::Resend));
        Ok(())
    }

    /// Moves a waiting player to a new connection.
    async fn reconnect(&mut self) -> Result<(), String> {
        let socket = PlayerSocket::connect(&self.address)
            .await
            .map_err(|error| error.to_string())?;
        // Close the old connection first: otherwise the player could meet itself.
        std::mem::replace(&mut self.socket, socket).close().await;
        self.session = self.session.still_waiting();
        let join = self.session.join();
        self.socket.send(join).await;
        self.due = Some((Instant::now() + self.timing.reconnect, Due::Reconnect));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
