//! A player, who reconnects until the game is over.

mod timing;

use std::time::Duration;

use backon::ExponentialBackoff;
use rps_game::{ClientMessage, Play, ServerMessage};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use self::timing::{MAX_RESEND, Timing};
use super::session::{FrameKind, JoinKind, Session};
use super::socket::{ConnectionEnd, PlayerSocket};
use super::{ConnectError, Contradiction};
use crate::target::Address;

/// Tries to reach a server that is busy or fails.
const CHECK_TRIES: u32 = 5;

const CHECK_PAUSE: Duration = Duration::from_millis(500);

/// How long the player's task may take to leave. It may be connecting, or closing a connection.
const LEAVE_WITHIN: Duration = Duration::from_secs(3);

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
    /// The connection is lost. The player connects again, and resumes its game or joins again.
    Lost,
    /// This is the last event.
    End(PlayerEnd),
}

/// Why a player's events end.
#[derive(Debug)]
pub(crate) enum PlayerEnd {
    /// The game ended while the player had no connection.
    Missed,
    /// Another connection has the player's seat.
    Replaced,
    /// The server or the player closed the connection, for this reason.
    Closed(String),
    /// The connection broke, for this reason: the player has lost its place.
    Broken(String),
}

impl From<ConnectionEnd> for PlayerEnd {
    fn from(end: ConnectionEnd) -> Self {
        match end {
            ConnectionEnd::Finished(why) | ConnectionEnd::Closed(why) => Self::Closed(why),
            ConnectionEnd::Broken(why) => Self::Broken(why),
        }
    }
}

enum Command {
    Play(Play),
    Join(JoinKind),
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

    /// Joins like [`Player::join`], and replaces a lost connection.
    pub(crate) async fn join_and_stay(
        address: &Address,
        kind: JoinKind,
    ) -> Result<Self, ConnectError> {
        Self::join_with(address, kind, Timing::recovering()).await
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
            lost_at: None,
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

    /// Asks for another opponent, while the player waits.
    pub(crate) fn ask_for(&self, kind: JoinKind) {
        let _ = self.commands.send(Command::Join(kind));
    }

    /// Breaks the connection without a close frame, and resumes the game on another. Does nothing if no game runs.
    pub(crate) fn resume(&self) {
        let _ = self.commands.send(Command::Resume);
    }

    /// The next event; none after the last one. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<TimedEvent> {
        self.events.recv().await
    }

    pub(crate) async fn leave(mut self) {
        drop(self.commands);
        // The task fails only after a panic, which was already reported.
        if timeout(LEAVE_WITHIN, &mut self.task).await.is_err() {
            self.task.abort();
        }
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
    /// When the connection was lost, until the server has answered on another one.
    lost_at: Option<Instant>,
    due: Option<(Instant, Due)>,
    events: UnboundedSender<TimedEvent>,
}

#[derive(Debug, Clone, Copy)]
enum Due {
    Reconnect,
    /// Replace the lost connection.
    Recover,
    Resend,
    JoinAgain,
    HangUp,
    /// Give up the outcome of a game that is over.
    Miss,
}

impl PlayerTask {
    async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        loop {
            let due = self.due;
            let when = due.map_or_else(Instant::now, |(when, _)| when);
            let is_connected = !matches!(due, Some((_, Due::Recover)));
            let ended = tokio::select! {
                command = commands.recv() => self.run_command(command).await,
                frame = self.socket.receive(), if is_connected => match frame {
                    Ok(frame) => {
                        self.handle_frame(&frame);
                        Ok(())
                    }
                    Err(end) => self.lose(end),
                },
                () = sleep_until(when), if due.is_some() => self.act(due).await,
            };
            if let Err(end) = ended {
                self.socket.close().await;
                return self.report(PlayerEvent::End(end));
            }
        }
    }

    fn report(&self, event: PlayerEvent) {
        let at = Instant::now();
        // It fails only if the caller dropped the player.
        let _ = self.events.send(TimedEvent { at, event });
    }

    async fn run_command(&mut self, command: Option<Command>) -> Result<(), PlayerEnd> {
        match command {
            Some(Command::Play(play)) => {
                let message = self.session.play(play);
                self.send(message).await;
            }
            // A game that has just started has precedence.
            Some(Command::Join(kind)) if self.session.is_waiting() => {
                self.session = Session::rejoining(kind);
                let join = self.session.join();
                self.socket.send(join).await;
            }
            Some(Command::Join(_)) => (),
            Some(Command::Resume) => self.resume().await.map_err(PlayerEnd::Broken)?,
            None => return Err(PlayerEnd::Closed("the player left".to_owned())),
        }
        Ok(())
    }

    async fn send(&mut self, message: Option<ClientMessage>) {
        if let Some(message) = message {
            self.socket.send(message).await;
        }
    }

    /// The connection is lost. Replaces it at once, and later after pauses, or returns the last event.
    fn lose(&mut self, end: ConnectionEnd) -> Result<(), PlayerEnd> {
        if self.session.has_missed_the_end() {
            return Err(PlayerEnd::Missed);
        }
        if self.session.is_replaced() {
            return Err(PlayerEnd::Replaced);
        }
        let now = Instant::now();
        let pause = match self.lost_at {
            Some(_) => self.resends.next().unwrap_or(MAX_RESEND),
            None => Duration::ZERO,
        };
        let is_late = now + pause >= self.lost_at.unwrap_or(now) + self.timing.recover;
        let is_finished = matches!(end, ConnectionEnd::Finished(_));
        if is_late || !self.session.can_continue(is_finished) {
            return Err(end.into());
        }
        if self.lost_at.is_none() {
            self.lost_at = Some(now);
            self.report(PlayerEvent::Lost);
        }
        self.due = Some((now + pause, Due::Recover));
        Ok(())
    }

    fn handle_frame(&mut self, frame: &str) {
        self.lost_at = None;
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
            FrameKind::Old => return,
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
        } else if self.session.has_missed_the_end() {
            Some((now + self.timing.outcome, Due::Miss))
        } else if self.session.unanswered().is_some() {
            // A new message that leaves the player's message unanswered was a `try-again`.
            let pause = self.resends.next().unwrap_or(MAX_RESEND);
            Some((now + pause, Due::Resend))
        } else if self.session.is_waiting() {
            Some((now + self.timing.reconnect, Due::Reconnect))
        } else {
            Some((now + self.window + self.timing.late, Due::JoinAgain))
        };
    }

    async fn act(&mut self, due: Option<(Instant, Due)>) -> Result<(), PlayerEnd> {
        self.due = None;
        match due {
            Some((_, Due::Reconnect)) => {
                let session = self.session.still_waiting();
                if let Err(why) = self.reconnect(session).await {
                    return self.lose(ConnectionEnd::Closed(why));
                }
            }
            Some((_, Due::Recover)) => {
                if let Err(why) = self.recover().await {
                    return self.lose(ConnectionEnd::Broken(why));
                }
            }
            Some((_, Due::Resend)) => self.send(self.session.unanswered()).await,
            Some((_, Due::JoinAgain)) => {
                let join = self.session.join_again();
                self.socket.send(join).await;
                self.due = Some((Instant::now() + self.timing.late, Due::JoinAgain));
            }
            Some((_, Due::HangUp)) => {
                let why = "the player disconnected after the game";
                return Err(PlayerEnd::Closed(why.to_owned()));
            }
            Some((_, Due::Miss)) => return Err(PlayerEnd::Missed),
            None => (),
        }
        Ok(())
    }

    /// Connects again, and resumes the game or joins again.
    async fn recover(&mut self) -> Result<(), String> {
        if self.session.is_playing() {
            return self.resume().await;
        }
        let session = Session::rejoining(self.session.kind().clone());
        self.reconnect(session).await
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
    async fn reconnect(&mut self, session: Session) -> Result<(), String> {
        let socket = PlayerSocket::connect(&self.address)
            .await
            .map_err(|error| error.to_string())?;
        // Close the old connection first: otherwise the player could meet itself.
        std::mem::replace(&mut self.socket, socket).close().await;
        self.session = session;
        let join = self.session.join();
        self.socket.send(join).await;
        self.due = Some((Instant::now() + self.timing.reconnect, Due::Reconnect));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
