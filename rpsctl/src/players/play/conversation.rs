//! Print the game, for people or programs.

use std::io;

use rps_game::words::{self, ending, fill, refusal, seconds};
use rps_game::{Outcome, Play, Reason, ServerMessage};

use super::input::{Input, PlayerInput};
use crate::output::{self, Paint, Screen, Text};

pub(crate) enum Conversation {
    Person(Screen, Paint),
    /// Prints the server's messages as JSON, one per line.
    Program,
}

impl Conversation {
    /// `live` switches the terminal to raw mode until this value is dropped.
    pub(crate) fn open(people: bool, live: bool) -> io::Result<Self> {
        Ok(match (people, live) {
            (false, _) => Self::Program,
            (true, true) => Self::Person(Screen::terminal()?, Paint::stdout()),
            (true, false) => Self::Person(Screen::lines(), Paint::stdout()),
        })
    }

    pub(super) fn message(&mut self, message: &ServerMessage) -> anyhow::Result<()> {
        match self {
            Self::Program => output::json(message)?,
            Self::Person(screen, paint) => {
                for line in lines(message, *paint, screen.is_live()) {
                    screen.line(line)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn remark(&mut self, text: &str) -> io::Result<()> {
        match self {
            Self::Program => Ok(()),
            Self::Person(screen, _) => screen.line(text),
        }
    }

    /// Redraws the status line, on a terminal.
    pub(super) fn status(&mut self, text: String) -> io::Result<()> {
        match self {
            Self::Program => Ok(()),
            Self::Person(screen, _) => screen.status(text),
        }
    }

    /// Whether [`Conversation::status`] shows anything.
    pub(super) fn is_live(&self) -> bool {
        matches!(self, Self::Person(screen, _) if screen.is_live())
    }

    pub(crate) async fn ask_again(&mut self, input: &mut Input) -> io::Result<bool> {
        let question = format!("{}? [y/n]", words::AGAIN);
        if self.is_live() {
            self.status(question)?;
        } else {
            self.remark(&question)?;
        }
        loop {
            match input.next(true).await {
                PlayerInput::Yes => {
                    self.status(String::new())?;
                    self.remark("")?;
                    return Ok(true);
                }
                PlayerInput::No | PlayerInput::Quit | PlayerInput::EndOfInput => return Ok(false),
                // Ignore late input for the last round.
                PlayerInput::Play(_) | PlayerInput::Invalid => (),
            }
        }
    }
}

/// Formats a server message for a person. A live terminal shows part of it in the status line.
fn lines(message: &ServerMessage, paint: Paint, live: bool) -> Vec<Text> {
    // On a live terminal the status line shows the choice.
    let choice = (!live).then(|| Text::from("[r]ock, [p]aper or [s]cissors?"));
    match message {
        ServerMessage::Waiting {} if live => Vec::new(),
        ServerMessage::Waiting {} => vec![words::WAITING.into()],
        ServerMessage::GameStarted { play_within_ms, .. } => {
            let start = fill(words::OPPONENT, &[("time", &seconds(*play_within_ms))]);
            [paint.bold(&start)].into_iter().chain(choice).collect()
        }
        ServerMessage::GameResumed {
            round,
            play_within_ms,
            ..
        } => {
            let time = seconds(*play_within_ms);
            let next = fill(words::NEXT_ROUND, &[("round", round), ("time", &time)]);
            [paint.bold(&next)].into_iter().chain(choice).collect()
        }
        ServerMessage::PlayReceived { .. } => Vec::new(),
        ServerMessage::RoundDrawn {
            round,
            you,
            next_round,
            play_within_ms,
            ..
        } => {
            let drawn = fill(words::DRAWN, &[("round", round), ("play", you)]);
            let time = seconds(*play_within_ms);
            let next = fill(words::NEXT_ROUND, &[("round", next_round), ("time", &time)]);
            let lines = [paint.even(&drawn), paint.bold(&next)];
            lines.into_iter().chain(choice).collect()
        }
        ServerMessage::GameOver {
            outcome,
            reason,
            you,
            opponent,
            ..
        } => end(*outcome, *reason, [*you, *opponent], paint),
        ServerMessage::Error { code, .. } => vec![paint.dim(refusal(*code))],
    }
}

fn end(
    outcome: Outcome,
    reason: Reason,
    [you, opponent]: [Option<Play>; 2],
    paint: Paint,
) -> Vec<Text> {
    let name = |play: Option<Play>| play.map_or(words::NOTHING, <&str>::from);
    let plays = format!("you: {}   opponent: {}", name(you), name(opponent));
    let end = ending(outcome, reason, you, opponent);
    let end = match outcome {
        Outcome::Won => paint.good(&end),
        Outcome::Lost => paint.bad(&end),
        Outcome::Drawn | Outcome::Abandoned => paint.even(&end),
    };
    // These ends do not reveal the opponent's play.
    let is_hidden = matches!(reason, Reason::OpponentLeft | Reason::EndedByOperator);
    let plays = (!is_hidden).then(|| Text::from(plays));
    plays.into_iter().chain([end]).collect()
}
