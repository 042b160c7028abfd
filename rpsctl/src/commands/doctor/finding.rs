//! What came of a check.

use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::target::Target;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    Ok,
    Wrong,
    /// AWS did not say.
    Unknown,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) state: State,
    /// If AWS did not say: why not, and what to do.
    pub(super) found: String,
    /// Null if nothing is to be done, or if `found` says it.
    pub(super) remedy: Option<String>,
}

impl Finding {
    pub(super) fn new(check: &'static str, found: Result<Found, Failure>) -> Self {
        let (state, found, remedy) = match found {
            Ok(Found::Fine(text)) => (State::Ok, text, None),
            Ok(Found::Wrong { text, remedy }) => (State::Wrong, text, Some(remedy)),
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
pub(super) enum Found {
    Fine(String),
    Wrong { text: String, remedy: String },
}

impl Found {
    pub(super) fn fine(text: impl Into<String>) -> Self {
        Self::Fine(text.into())
    }

    pub(super) fn wrong(text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Wrong {
            text: text.into(),
            remedy: remedy.into(),
        }
    }
}

/// All that is wrong, and each remedy once, however often it helps.
pub(super) struct Wrongs<'a> {
    target: &'a Target,
    texts: Vec<String>,
    remedies: Vec<&'static str>,
}

impl<'a> Wrongs<'a> {
    pub(super) fn of(target: &'a Target) -> Self {
        Self {
            target,
            texts: Vec::new(),
            remedies: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, text: impl Into<String>, remedy: &'static str) {
        self.texts.push(text.into());
        if !self.remedies.contains(&remedy) {
            self.remedies.push(remedy);
        }
    }

    /// The stack is not as `pulumi up` made it.
    pub(super) fn changed(&mut self, text: impl Into<String>) {
        self.add(text, put_back(self.target));
    }

    /// All of it, or if nothing is wrong, this.
    pub(super) fn or(self, fine: impl Into<String>) -> Found {
        if self.texts.is_empty() {
            return Found::fine(fine);
        }
        Found::wrong(self.texts.join("; "), self.remedies.join("; "))
    }
}

/// How to get back what `pulumi up` once made.
fn put_back(target: &Target) -> &'static str {
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
    use super::*;
    use crate::target::{Endpoint, Login};

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
        let target = Target::Local {
            endpoint: Endpoint::local(),
            login: Login::Local,
        };
        assert_eq!(Wrongs::of(&target).or("fine"), Found::fine("fine"));
        let mut wrongs = Wrongs::of(&target);
        wrongs.add("a", "!");
        wrongs.changed("b");
        wrongs.add("c", "!");
        let remedies = format!("!; {}", put_back(&target));
        assert_eq!(wrongs.or("fine"), Found::wrong("a; b; c", remedies));
    }

    #[test]
    fn nobody_elses_text_changes_the_terminal() {
        let found = Found::fine("it's \"C:\\x\" \u{1b}[31m\u{202e} é\n");
        let finding = Finding::new("a", Ok(found));
        assert_eq!(finding.found, "it's \"C:\\x\" \\u{1b}[31m\\u{202e} é\\n");
    }
}
