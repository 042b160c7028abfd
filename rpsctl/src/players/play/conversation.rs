//! What is said, as people or programs read it.

use std::io;

use rps_game::words::{self, ending, fill, refusal, seconds};
use rps_game::{Outcome, Play, Reason, ServerMessage};

use super::input::{Input, Said};
use crate::output::{self, Paint, Screen};

pub(crate) enum Conversation {
    Person(Screen, Paint),
    /// With a program: the server's messages, one a line.
    Program,
}

impl Conversation {
    /// Opens it; `live` takes the terminal into raw mode until this is dropped.
    pub(crate) fn open(people: bool, live: bool) -> io::Result<Self> {
        Ok(match (people, live) {
            (false, _) => Self::Program,
            (true, true) => Self::Person(Screen::terminal()?, Paint::stdout()),
            (true, false) => Self::Person(Screen::lines(), Paint::stdout()),
        })
    }

    pub(super) fn told(&mut self, message: &ServerMessage) -> anyhow::Result<()> {
        match self {
            Self::Program => output::json(message)?,
            Self::Person(screen, paint) => {
                for line in lines(message, *paint, screen.is_live()) {
                    screen.line(&line)?;
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

    /// The line redrawn in place, on a terminal.
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
                Said::Yes => {
                    self.status(String::new())?;
                    self.remark("")?;
                    return Ok(true);
                }
                Said::No | Said::Quit | Said::Nothing => return Ok(false),
                // Keys struck late in the last round, or lines meant for it.
                Said::Play(_) | Said::Noise => (),
            }
        }
    }
}

/// What the server said, in lines for a person. On a live terminal the status says part of it.
fn lines(message: &ServerMessage, paint: Paint, live: bool) -> Vec<String> {
    // The choice, where no status line shows it.
    let choice = (!live).then(|| "[r]ock, [p]aper or [s]cissors?".to_owned());
    match message {
        ServerMessage::Waiting {} if live => Vec::new(),
        ServerMessage::Waiting {} => vec![words::WAITING.to_owned()],
        ServerMessage::GameStarted { play_within_ms, .. } => {
            let start = fill(words::OPPONENT, &[("time", &seconds(*play_within_ms))]);
            [paint.bold(&start)].into_iter().chain(choice).collect()
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
) -> Vec<String> {
    let name = |play: Option<Play>| play.map_or(words::NOTHING, <&str>::from);
    let plays = format!("you: {}   opponent: {}", name(you), name(opponent));
    let end = ending(outcome, reason, you, opponent);
    let end = match outcome {
        Outcome::Won => paint.good(&end),
        Outcome::Lost => paint.bad(&end),
        Outcome::Drawn | Outcome::Abandoned => paint.even(&end),
    };
    // Where a play stays secret there is nothing to compare.
    let secret = matches!(reason, Reason::OpponentLeft | Reason::EndedByOperator);
    let plays = (!secret).then_some(plays);
    plays.into_iter().chain([end]).collect()
}
