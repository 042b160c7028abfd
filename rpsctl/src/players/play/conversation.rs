//! Print the game, for people or programs.

use std::io;
use std::time::Duration;

use rps_game::words::{self, ending, fill, refusal, seconds};
use rps_game::{ErrorCode, Opponent, Outcome, Play, Reason, ServerMessage};
use tokio::time::Instant;

use super::input::{Input, PlayerInput};
use super::partner::Partner;
use super::scene::Scene;
use crate::output::{self, Paint, Screen, Text};

/// On a terminal, an `r` for rock may come after the end of the game: it does not ask for a rematch so soon.
const LATE_PLAY: Duration = Duration::from_secs(1);

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

    /// Prints a message. `scene`: the state after it.
    pub(super) fn message(&mut self, message: &ServerMessage, scene: &Scene) -> anyhow::Result<()> {
        match self {
            Self::Program => output::json(message)?,
            Self::Person(screen, paint) => {
                for line in lines(message, scene, *paint) {
                    screen.line(line)?;
                }
                // On a live terminal the status line shows it.
                if !screen.is_live()
                    && let Some(prompt) = prompt(message, scene)
                {
                    screen.line(prompt)?;
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

    /// Asks for another game. Returns its partner, or none to stop.
    pub(crate) async fn ask_again(
        &mut self,
        rematch: &Partner,
        input: &mut Input,
    ) -> io::Result<Option<Partner>> {
        let live = self.is_live();
        if live {
            self.status(match rematch {
                Partner::Bot => "Enter plays again  q leaves".to_owned(),
                _ => "Enter again  [r]ematch  [b]ot  q leaves".to_owned(),
            })?;
        } else {
            self.remark(match rematch {
                Partner::Bot => "Play again? [y]es or [n]o",
                _ => "Play again? [y]es, [r]ematch, [b]ot or [n]o",
            })?;
        }
        let asked_at = Instant::now();
        let next = loop {
            let entry = input.next(|entry| Some(entry.clone())).await;
            let is_late_play = live && asked_at.elapsed() < LATE_PLAY && entry.is("r");
            // Ignore late input for the last round.
            if let Some(next) = next_partner(&entry, rematch).filter(|_| !is_late_play) {
                break next;
            }
        };
        if next.is_some() {
            self.status(String::new())?;
            self.remark("")?;
        }
        Ok(next)
    }
}

/// The answer to [`Conversation::ask_again`]. The outer option is none for late input of the last round.
#[expect(clippy::option_option, reason = "no input, or no partner")]
fn next_partner(input: &PlayerInput, rematch: &Partner) -> Option<Option<Partner>> {
    let PlayerInput::Word(word) = input else {
        return Some(None);
    };
    match word.as_str() {
        "" | "y" | "yes" if *rematch == Partner::Bot => Some(Some(Partner::Bot)),
        "" | "y" | "yes" => Some(Some(Partner::Anyone)),
        "r" | "rematch" if *rematch != Partner::Bot => Some(Some(rematch.clone())),
        "b" | "bot" => Some(Some(Partner::Bot)),
        "n" | "no" => Some(None),
        _ => None,
    }
}

/// Formats a server message for a person.
fn lines(message: &ServerMessage, scene: &Scene, paint: Paint) -> Vec<Text> {
    match message {
        ServerMessage::GameStarted {
            play_within_ms,
            opponent,
            ..
        } => vec![paint.bold(&start(*opponent, *play_within_ms))],
        ServerMessage::GameResumed {
            round,
            play_within_ms,
            ..
        } => {
            let next = || paint.bold(&next_round(*round, *play_within_ms));
            let next = scene.wants_play().then(next);
            [paint.bold(words::RESUMED)]
                .into_iter()
                .chain(next)
                .collect()
        }
        ServerMessage::RoundDrawn {
            round,
            you,
            next_round: next,
            play_within_ms,
            ..
        } => {
            let drawn = fill(words::DRAWN, &[("round", round), ("play", you)]);
            let next = next_round(*next, *play_within_ms);
            vec![paint.even(&drawn), paint.bold(&next)]
        }
        ServerMessage::GameOver {
            outcome,
            reason,
            you,
            opponent,
            ..
        } => end(*outcome, *reason, [*you, *opponent], paint),
        ServerMessage::Error { code, .. } => refused(*code, paint).into_iter().collect(),
        ServerMessage::Waiting {} | ServerMessage::PlayReceived { .. } => Vec::new(),
    }
}

fn start(opponent: Opponent, play_within_ms: u64) -> String {
    let text = match opponent {
        Opponent::Player => words::OPPONENT,
        Opponent::Bot => words::AGAINST_BOT,
    };
    fill(text, &[("time", &seconds(play_within_ms))])
}

fn next_round(round: u32, play_within_ms: u64) -> String {
    let time = seconds(play_within_ms);
    fill(words::NEXT_ROUND, &[("round", &round), ("time", &time)])
}

/// The choice or the confirmed play, after a message that changes it.
fn prompt(message: &ServerMessage, scene: &Scene) -> Option<&'static str> {
    match message {
        ServerMessage::GameStarted { .. }
        | ServerMessage::GameResumed { .. }
        | ServerMessage::RoundDrawn { .. }
            if scene.wants_play() =>
        {
            Some("[r]ock, [p]aper or [s]cissors?")
        }
        ServerMessage::GameResumed { .. } | ServerMessage::PlayReceived { .. } => {
            scene.locked_text()
        }
        _ => None,
    }
}

/// The text of an error for a person. The other errors answer messages that the player sends by itself, or `game` has a
/// better text for them.
fn refused(code: ErrorCode, paint: Paint) -> Option<Text> {
    match code {
        ErrorCode::BadRequest
        | ErrorCode::UnknownAction
        | ErrorCode::AlreadyPlayed
        | ErrorCode::TryAgain => Some(paint.dim(refusal(code))),
        ErrorCode::NotInAGame
        | ErrorCode::AlreadyWaiting
        | ErrorCode::AlreadyInAGame
        | ErrorCode::TooLate => None,
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

#[cfg(test)]
mod tests {
    use super::{Partner, PlayerInput, next_partner};

    #[test]
    fn an_answer_names_the_next_partner() {
        let room: Partner = Partner::Rematch("g".parse().unwrap());
        let [anyone, bot] = [Partner::Anyone, Partner::Bot].map(|it| Some(Some(it)));
        let rematch = Some(Some(room.clone()));
        // The answer, and the partners after a game against a player and against the bot.
        for (word, after_player, after_bot) in [
            ("", &anyone, &bot),
            ("y", &anyone, &bot),
            ("r", &rematch, &None),
            ("rematch", &rematch, &None),
            ("b", &bot, &bot),
            ("n", &Some(None), &Some(None)),
            ("rock", &None, &None),
        ] {
            let input = PlayerInput::Word(word.to_owned());
            assert_eq!(next_partner(&input, &room), *after_player, "{word}");
            assert_eq!(next_partner(&input, &Partner::Bot), *after_bot, "{word}");
        }
        for input in [PlayerInput::Quit, PlayerInput::EndOfInput] {
            assert_eq!(next_partner(&input, &room), Some(None));
        }
    }
}
