//! The state of the game for a person: its status line, and the meaning of an input.

use std::time::Duration;

use rps_game::words::{self, fill};
use rps_game::{ErrorCode, Play, ServerMessage};
use tokio::time::Instant;

use super::input::{PlayerInput, play_of};
use super::partner::Partner;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scene {
    /// Connected, without a message yet.
    Joining,
    Waiting {
        since: Instant,
        /// Whether the person got an offer of another opponent.
        has_offer: bool,
    },
    Round(Round),
    /// The connection is lost, perhaps in a round, and the player reconnects.
    Lost(Option<Round>),
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    number: u32,
    ends_at: Instant,
    choice: Choice,
    decide_early: bool,
}

/// A person's play in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Open,
    Sent(Play),
    Confirmed(Play),
    /// The server refused it, because the time was up.
    Late,
}

/// The meaning of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Play(Play),
    /// Ask for another partner.
    Ask(Partner),
    Leave,
    /// No more input comes.
    Close,
    Refuse,
}

impl Round {
    fn new(number: u32, play_within_ms: u64, at: Instant, decide_early: bool) -> Self {
        Self {
            number,
            ends_at: at + Duration::from_millis(play_within_ms),
            choice: Choice::Open,
            decide_early,
        }
    }

    fn locked_text(&self) -> &'static str {
        if self.decide_early {
            words::LOCKED_EARLY
        } else {
            words::LOCKED
        }
    }

    fn status(&self, width: usize) -> String {
        match self.choice {
            Choice::Open => "[r]ock [p]aper [s]cissors".to_owned(),
            Choice::Sent(play) => fill(words::YOU_PLAY, &[("play", &play)]),
            Choice::Confirmed(play) if width < 80 => format!("{play}. Locked in."),
            Choice::Confirmed(play) => format!("{play}. {}", self.locked_text()),
            Choice::Late => "Too late.".to_owned(),
        }
    }
}

impl Scene {
    pub(super) fn follow(&mut self, message: &ServerMessage, at: Instant) {
        match *message {
            ServerMessage::Waiting {} => self.wait(at),
            ServerMessage::GameStarted {
                round,
                play_within_ms,
                decide_early,
                ..
            } => *self = Self::Round(Round::new(round, play_within_ms, at, decide_early)),
            ServerMessage::RoundDrawn {
                next_round,
                play_within_ms,
                ..
            } => {
                let decide_early = self.round().is_some_and(|round| round.decide_early);
                *self = Self::Round(Round::new(next_round, play_within_ms, at, decide_early));
            }
            ServerMessage::GameResumed {
                round,
                play_within_ms,
                you,
                decide_early,
                ..
            } => self.resume(Round::new(round, play_within_ms, at, decide_early), you),
            ServerMessage::GameOver { .. } => *self = Self::Over,
            ServerMessage::PlayReceived { play, .. } => self.choose(Choice::Confirmed(play)),
            ServerMessage::Error { code, .. } => match code {
                ErrorCode::AlreadyWaiting if *self == Self::Joining => self.wait(at),
                ErrorCode::TooLate if self.sent().is_some() => self.choose(Choice::Late),
                _ => (),
            },
        }
    }

    /// Returns to a round, in which the server has this play.
    fn resume(&mut self, round: Round, you: Option<Play>) {
        let before = self.round().filter(|before| before.number == round.number);
        let choice = match (you, before.map(|before| before.choice)) {
            (Some(play), _) => Choice::Confirmed(play),
            // The play was lost with the connection.
            (None, Some(Choice::Sent(play) | Choice::Confirmed(play))) => Choice::Sent(play),
            (None, _) => Choice::Open,
        };
        *self = Self::Round(Round { choice, ..round });
    }

    fn wait(&mut self, since: Instant) {
        *self = Self::Waiting {
            since,
            has_offer: false,
        };
    }

    /// The connection is lost.
    pub(super) fn lose(&mut self) {
        *self = Self::Lost(self.round());
    }

    /// The current round, even without a connection.
    pub(super) fn round(&self) -> Option<Round> {
        match self {
            Self::Round(round) => Some(*round),
            Self::Lost(round) => *round,
            Self::Joining | Self::Waiting { .. } | Self::Over => None,
        }
    }

    fn choose(&mut self, choice: Choice) {
        if let Self::Round(round) = self {
            round.choice = choice;
        }
    }

    pub(super) fn send(&mut self, play: Play) {
        self.choose(Choice::Sent(play));
    }

    /// The play of this round that the server has not confirmed.
    pub(super) fn sent(&self) -> Option<Play> {
        match self.round()?.choice {
            Choice::Sent(play) => Some(play),
            Choice::Open | Choice::Confirmed(_) | Choice::Late => None,
        }
    }

    /// The text for a play that the server has confirmed.
    pub(super) fn locked_text(&self) -> Option<&'static str> {
        match self.round()? {
            round @ Round {
                choice: Choice::Confirmed(_),
                ..
            } => Some(round.locked_text()),
            _ => None,
        }
    }

    pub(super) fn wants_play(&self) -> bool {
        matches!(
            self,
            Self::Round(Round {
                choice: Choice::Open,
                ..
            })
        )
    }

    /// The sent play that does not count, according to this message.
    pub(super) fn missed_play(&self, message: &ServerMessage) -> Option<Play> {
        match message {
            ServerMessage::GameOver { you: None, .. }
            | ServerMessage::Error {
                code: ErrorCode::TooLate,
                ..
            } => self.sent(),
            _ => None,
        }
    }

    /// The offer of another opponent, once, when its time has come.
    pub(super) fn offer(&mut self, partner: &Partner, now: Instant) -> Option<&'static str> {
        let Self::Waiting { since, has_offer } = self else {
            return None;
        };
        let (after, text) = partner.offer();
        if *has_offer || now.saturating_duration_since(*since) < after {
            return None;
        }
        *has_offer = true;
        Some(text)
    }

    /// The meaning of an input; none if it is for a later scene. `live`: on a terminal.
    pub(super) fn action(
        &self,
        input: &PlayerInput,
        partner: &Partner,
        live: bool,
    ) -> Option<Action> {
        let is_waiting = matches!(self, Self::Waiting { .. });
        match input {
            PlayerInput::Word(word) if self.wants_play() => match play_of(word) {
                Some(play) => Some(Action::Play(play)),
                None => (!live).then_some(Action::Refuse),
            },
            PlayerInput::Word(word) if is_waiting => match (word.as_str(), partner) {
                ("b" | "bot", _) => Some(Action::Ask(Partner::Bot)),
                ("n" | "new", Partner::Rematch(_)) => Some(Action::Ask(Partner::Anyone)),
                _ => None,
            },
            PlayerInput::Word(_) => None,
            // After a play, the next line of a script answers the question after the game.
            PlayerInput::Quit => (live || is_waiting || self.wants_play()).then_some(Action::Leave),
            PlayerInput::EndOfInput => self.wants_play().then_some(Action::Close),
        }
    }

    /// The status line for a terminal of this width; at most 40 columns on a narrow one.
    pub(super) fn status(&self, partner: &Partner, now: Instant, width: usize) -> String {
        let text = match self {
            Self::Joining => words::JOINING.to_owned(),
            Self::Waiting { since, has_offer } => {
                let s = now.saturating_duration_since(*since).as_secs();
                if *has_offer {
                    format!("Waiting {s} s  {}", partner.offered_keys())
                } else {
                    format!("Waiting {s} s")
                }
            }
            Self::Round(round) => {
                let ms = round.ends_at.saturating_duration_since(now).as_millis();
                format!("{:2}  {}", ms.div_ceil(1000), round.status(width))
            }
            Self::Lost(_) => "Reconnecting.".to_owned(),
            Self::Over => return String::new(),
        };
        format!("{text}  q leaves")
    }
}

#[cfg(test)]
mod tests;
