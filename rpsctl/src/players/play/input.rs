//! Read a person's input: keys of a terminal, or lines of a pipe.

use std::io::{self, BufRead};

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::StreamExt;
use rps_game::Play;
use tokio::sync::mpsc::{Receiver, channel};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlayerInput {
    Play(Play),
    Yes,
    No,
    Quit,
    EndOfInput,
    Invalid,
}

pub(crate) enum Input {
    /// Single keys of a terminal in raw mode.
    Keys(EventStream),
    Lines(Receiver<String>),
}

impl Input {
    pub(crate) fn open(terminal: bool) -> Self {
        if terminal {
            Self::Keys(EventStream::new())
        } else {
            Self::Lines(read_lines())
        }
    }

    /// Reads the next input. Keys come at any time, and the caller drops unexpected ones; lines wait in the pipe until
    /// `is_expected`. Cancel safe.
    pub(super) async fn next(&mut self, is_expected: bool) -> PlayerInput {
        match self {
            Self::Keys(keys) => match keys.next().await {
                Some(Ok(Event::Key(key))) => of_key(key),
                Some(Ok(_)) => PlayerInput::Invalid,
                Some(Err(_)) | None => PlayerInput::Quit,
            },
            Self::Lines(lines) if is_expected => match lines.recv().await {
                Some(line) => of_word(&line),
                None => PlayerInput::EndOfInput,
            },
            Self::Lines(_) => std::future::pending().await,
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

fn of_key(key: KeyEvent) -> PlayerInput {
    if key.kind == KeyEventKind::Release {
        return PlayerInput::Invalid;
    }
    match key.code {
        KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => {
            PlayerInput::Quit
        }
        KeyCode::Esc => PlayerInput::Quit,
        KeyCode::Char(letter) => of_word(letter.encode_utf8(&mut [0; 4])),
        _ => PlayerInput::Invalid,
    }
}

fn of_word(word: &str) -> PlayerInput {
    match word.trim().to_lowercase().as_str() {
        "r" | "rock" => PlayerInput::Play(Play::Rock),
        "p" | "paper" => PlayerInput::Play(Play::Paper),
        "s" | "scissors" => PlayerInput::Play(Play::Scissors),
        "y" | "yes" => PlayerInput::Yes,
        "n" | "no" => PlayerInput::No,
        "q" | "quit" => PlayerInput::Quit,
        _ => PlayerInput::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use KeyCode::{Char, Enter, Esc};

    use super::*;

    #[test]
    fn words_are_parsed() {
        for (word, entry) in [
            ("r", PlayerInput::Play(Play::Rock)),
            (" Paper ", PlayerInput::Play(Play::Paper)),
            ("S", PlayerInput::Play(Play::Scissors)),
            ("yes", PlayerInput::Yes),
            ("n", PlayerInput::No),
            ("quit", PlayerInput::Quit),
            ("", PlayerInput::Invalid),
            ("rocks", PlayerInput::Invalid),
        ] {
            assert_eq!(of_word(word), entry, "{word:?}");
        }
    }

    #[test]
    fn keys_are_parsed() {
        let [none, shift] = [KeyModifiers::NONE, KeyModifiers::SHIFT];
        for (code, modifiers, entry) in [
            (Char('r'), none, PlayerInput::Play(Play::Rock)),
            (Char('R'), shift, PlayerInput::Play(Play::Rock)),
            (Char('c'), KeyModifiers::CONTROL, PlayerInput::Quit),
            (Char('c'), none, PlayerInput::Invalid),
            (Esc, none, PlayerInput::Quit),
            (Enter, none, PlayerInput::Invalid),
        ] {
            assert_eq!(of_key(KeyEvent::new(code, modifiers)), entry, "{code:?}");
        }
    }
}
