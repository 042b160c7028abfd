//! What a person says: keys of a terminal, or lines of a pipe.

use std::io::{self, BufRead};

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::StreamExt;
use rps_game::Play;
use tokio::sync::mpsc::{Receiver, channel};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Play(Play),
    Yes,
    No,
    Quit,
    /// Nothing more, ever.
    Nothing,
    Noise,
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

    /// What is said next. Keys may come at any time, and those that are not `wanted` are for the caller
    /// to drop; a line waits until one is wanted. May be dropped before it is done.
    pub(super) async fn next(&mut self, wanted: bool) -> Said {
        match self {
            Self::Keys(keys) => match keys.next().await {
                Some(Ok(Event::Key(key))) => of_key(key),
                Some(Ok(_)) => Said::Noise,
                Some(Err(_)) | None => Said::Quit,
            },
            Self::Lines(lines) if wanted => match lines.recv().await {
                Some(line) => of_word(&line),
                None => Said::Nothing,
            },
            Self::Lines(_) => std::future::pending().await,
        }
    }
}

/// Reads stdin in a thread of its own, which does not keep the process from ending.
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

fn of_key(key: KeyEvent) -> Said {
    if key.kind == KeyEventKind::Release {
        return Said::Noise;
    }
    match key.code {
        KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => Said::Quit,
        KeyCode::Esc => Said::Quit,
        KeyCode::Char(letter) => of_word(letter.encode_utf8(&mut [0; 4])),
        _ => Said::Noise,
    }
}

fn of_word(word: &str) -> Said {
    match word.trim().to_lowercase().as_str() {
        "r" | "rock" => Said::Play(Play::Rock),
        "p" | "paper" => Said::Play(Play::Paper),
        "s" | "scissors" => Said::Play(Play::Scissors),
        "y" | "yes" => Said::Yes,
        "n" | "no" => Said::No,
        "q" | "quit" => Said::Quit,
        _ => Said::Noise,
    }
}

#[cfg(test)]
mod tests {
    use KeyCode::{Char, Enter, Esc};

    use super::*;

    #[test]
    fn words() {
        for (word, said) in [
            ("r", Said::Play(Play::Rock)),
            (" Paper ", Said::Play(Play::Paper)),
            ("S", Said::Play(Play::Scissors)),
            ("yes", Said::Yes),
            ("n", Said::No),
            ("quit", Said::Quit),
            ("", Said::Noise),
            ("rocks", Said::Noise),
        ] {
            assert_eq!(of_word(word), said, "{word:?}");
        }
    }

    #[test]
    fn keys() {
        let [none, shift] = [KeyModifiers::NONE, KeyModifiers::SHIFT];
        for (code, modifiers, said) in [
            (Char('r'), none, Said::Play(Play::Rock)),
            (Char('R'), shift, Said::Play(Play::Rock)),
            (Char('c'), KeyModifiers::CONTROL, Said::Quit),
            (Char('c'), none, Said::Noise),
            (Esc, none, Said::Quit),
            (Enter, none, Said::Noise),
        ] {
            assert_eq!(of_key(KeyEvent::new(code, modifiers)), said, "{code:?}");
        }
    }
}
