//! Read a person's input: keys of a terminal, or lines of a pipe.

use std::io::{self, BufRead};

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::StreamExt;
use rps_game::Play;
use tokio::sync::mpsc::{Receiver, channel};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PlayerInput {
    /// A letter or a line, in lower case. Enter alone is an empty word.
    Word(String),
    Quit,
    EndOfInput,
}

impl PlayerInput {
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(it) if it == word)
    }
}

pub(crate) enum Input {
    /// Single keys of a terminal in raw mode.
    Keys(EventStream),
    Lines {
        lines: Receiver<String>,
        /// A line that no scene has picked yet.
        next: Option<PlayerInput>,
    },
}

impl Input {
    pub(crate) fn open(terminal: bool) -> Self {
        if terminal {
            Self::Keys(EventStream::new())
        } else {
            Self::Lines {
                lines: read_lines(),
                next: None,
            }
        }
    }

    /// Waits for an input that `pick` picks. Other keys are dropped, because a person presses them at any time. Another
    /// line stays, because a script writes its lines in advance. Cancel safe.
    pub(super) async fn next<T>(&mut self, pick: impl Fn(&PlayerInput) -> Option<T>) -> T {
        match self {
            Self::Keys(keys) => loop {
                let input = match keys.next().await {
                    Some(Ok(Event::Key(key))) => of_key(key),
                    Some(Ok(_)) => None,
                    Some(Err(_)) | None => Some(PlayerInput::Quit),
                };
                if let Some(picked) = input.and_then(|input| pick(&input)) {
                    return picked;
                }
            },
            Self::Lines { lines, next } => {
                if next.is_none() {
                    let line = lines.recv().await;
                    *next = Some(line.map_or(PlayerInput::EndOfInput, |line| of_word(&line)));
                }
                match next.as_ref().and_then(pick) {
                    Some(picked) => {
                        *next = None;
                        picked
                    }
                    None => std::future::pending().await,
                }
            }
        }
    }
}

/// Reads stdin in its own thread, which does not keep the process alive.
fn read_lines() -> Receiver<String> {
    let (sender, lines) = channel(1);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// The input of a key; none if the key has no meaning.
fn of_key(key: KeyEvent) -> Option<PlayerInput> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    match key.code {
        KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => {
            Some(PlayerInput::Quit)
        }
        KeyCode::Esc => Some(PlayerInput::Quit),
        KeyCode::Enter => Some(of_word("")),
        KeyCode::Char(letter) => Some(of_word(letter.encode_utf8(&mut [0; 4]))),
        _ => None,
    }
}

fn of_word(word: &str) -> PlayerInput {
    match word.trim().to_lowercase() {
        word if word == "q" || word == "quit" => PlayerInput::Quit,
        word => PlayerInput::Word(word),
    }
}

pub(super) fn play_of(word: &str) -> Option<Play> {
    match word {
        "r" | "rock" => Some(Play::Rock),
        "p" | "paper" => Some(Play::Paper),
        "s" | "scissors" => Some(Play::Scissors),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use KeyCode::{Char, Down, Enter, Esc};

    use super::*;

    fn word(word: &str) -> PlayerInput {
        PlayerInput::Word(word.to_owned())
    }

    #[test]
    fn words_are_parsed() {
        for (text, input, play) in [
            ("r", word("r"), Some(Play::Rock)),
            (" Paper ", word("paper"), Some(Play::Paper)),
            ("S", word("s"), Some(Play::Scissors)),
            ("yes", word("yes"), None),
            ("", word(""), None),
            ("rocks", word("rocks"), None),
            ("Q", PlayerInput::Quit, None),
            ("quit", PlayerInput::Quit, None),
        ] {
            assert_eq!(of_word(text), input, "{text:?}");
            if let PlayerInput::Word(word) = input {
                assert_eq!(play_of(&word), play, "{word:?}");
            }
        }
    }

    #[test]
    fn keys_are_parsed() {
        let [none, shift] = [KeyModifiers::NONE, KeyModifiers::SHIFT];
        for (code, modifiers, input) in [
            (Char('r'), none, Some(word("r"))),
            (Char('R'), shift, Some(word("r"))),
            (Char('c'), KeyModifiers::CONTROL, Some(PlayerInput::Quit)),
            (Char('c'), none, Some(word("c"))),
            (Esc, none, Some(PlayerInput::Quit)),
            (Enter, none, Some(word(""))),
            (Down, none, None),
        ] {
            assert_eq!(of_key(KeyEvent::new(code, modifiers)), input, "{code:?}");
        }
    }

    /// A script writes its lines before they are expected.
    #[tokio::test]
    async fn a_line_stays_until_it_is_picked() {
        let (sender, lines) = channel(2);
        let mut input = Input::Lines { lines, next: None };
        for line in ["rock", "b"] {
            sender.send(line.to_owned()).await.unwrap();
        }
        let pick = |wanted| move |input: &PlayerInput| input.is(wanted).then_some(());
        for (wanted, is_picked) in [("b", false), ("rock", true), ("b", true)] {
            let picked = tokio::select! {
                biased;
                () = input.next(pick(wanted)) => true,
                () = std::future::ready(()) => false,
            };
            assert_eq!(picked, is_picked, "{wanted}");
        }
        drop(sender);
        let end = input.next(|input| Some(input.clone())).await;
        assert_eq!(end, PlayerInput::EndOfInput);
    }
}
