//! What came of a check.

use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::target::Target;

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// It is.
    Ok,
    /// It is not.
    Wrong,
    /// AWS did not say.
    Unknown,
}

impl State {
    /// The word, as programs read it too.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        }
    }
}

/// A check, and what came of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was checked, such as `mapping`.
    pub(super) check: &'static str,
    /// `ok`, `wrong`, or `unknown` if AWS did not say.
    pub(super) state: State,
    /// What was found, in words; if AWS did not say, why not and what to do.
    pub(super) found: String,
    /// What to do; null if nothing, or if `found` says it.
    pub(super) remedy: Option<String>,
}

impl Finding {
    /// Of that check.
    pub(super) fn new(check: &'static str, found: Result<Found, Failure>) -> Self {
        let (state, found, remedy) = match found {
            Ok(Found { text, remedy: None }) => (State::Ok, text, None),
            Ok(Found { text, remedy }) => (State::Wrong, text, remedy),
            // What does not exist is not as it should be.
            Err(failure) if failure.exit() == Exit::NoSuchThing => {
                (State::Wrong, failure.to_string(), None)
            }
            Err(failure) => (State::Unknown, failure.to_string(), None),
        };
        Self {
            check,
            state,
            found: harmless(&found),
            remedy,
        }
    }
}

/// What an answer of AWS says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    text: String,
    remedy: Option<String>,
}

impl Found {
    /// All is as it should be.
    pub(super) fn fine(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            remedy: None,
        }
    }

    /// That is wrong, and this is what to do.
    pub(super) fn wrong(text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            remedy: Some(remedy.into()),
        }
    }
}

/// What is wrong, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Wrongs {
    texts: Vec<String>,
    remedies: Vec<String>,
}

impl Wrongs {
    /// That too. What to do is said once, however often it helps.
    pub(super) fn add(&mut self, text: impl Into<String>, remedy: impl Into<String>) {
        self.texts.push(text.into());
        let remedy = remedy.into();
        if !self.remedies.contains(&remedy) {
            self.remedies.push(remedy);
        }
    }

    /// The same, if `is` is not what it should be.
    pub(super) fn expect<T: PartialEq>(
        &mut self,
        is: &T,
        should_be: &T,
        text: impl FnOnce() -> String,
        remedy: &str,
    ) {
        if is != should_be {
            self.add(text(), remedy);
        }
    }

    /// All of it, or if that is nothing, this.
    pub(super) fn or(self, fine: impl Into<String>) -> Found {
        if self.texts.is_empty() {
            return Found::fine(fine);
        }
        Found::wrong(self.texts.join("; "), self.remedies.join("; "))
    }
}

/// How to get back what `pulumi up` once made.
pub(super) fn put_back(target: &Target) -> &'static str {
    match target {
        Target::Stack { .. } => "`pulumi up --refresh` puts it back",
        Target::Local { .. } => "end `rpsctl local` and start it again",
    }
}

/// What players, functions or strangers wrote changes no terminal.
fn harmless(text: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\'' | '\\' => c.to_string(),
        c => c.escape_debug().to_string(),
    };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::{Finding, Found, State, Wrongs};
    use crate::exit::{Exit, Failure};

    #[test]
    fn the_state_follows_from_the_answer() {
        let failure = |exit| Err(Failure::new(exit, "?"));
        for (found, state) in [
            (Ok(Found::fine("?")), State::Ok),
            (Ok(Found::wrong("?", "!")), State::Wrong),
            (failure(Exit::NoSuchThing), State::Wrong),
            (failure(Exit::Refused), State::Unknown),
            (failure(Exit::Unexpected), State::Unknown),
        ] {
            assert_eq!(Finding::new("a", found).state, state);
        }
    }

    #[test]
    fn what_is_wrong_adds_up() {
        assert_eq!(Wrongs::default().or("fine"), Found::fine("fine"));
        let mut wrongs = Wrongs::default();
        wrongs.add("a", "!");
        wrongs.expect(&1, &2, || "b".to_owned(), "?");
        wrongs.expect(&2, &2, || "c".to_owned(), "?");
        wrongs.add("d", "!");
        assert_eq!(wrongs.or("fine"), Found::wrong("a; b; d", "!; ?"));
    }

    #[test]
    fn nobody_elses_text_changes_the_terminal() {
        let found = Found::fine("it's \"C:\\x\" \u{1b}[31m\u{202e} é\n");
        let finding = Finding::new("a", Ok(found));
        assert_eq!(finding.found, "it's \"C:\\x\" \\u{1b}[31m\\u{202e} é\\n");
    }
}
