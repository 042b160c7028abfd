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
            Ok(Found { texts, remedies }) if remedies.is_empty() => {
                (State::Ok, texts.join("; "), None)
            }
            Ok(Found { texts, remedies }) => {
                (State::Wrong, texts.join("; "), Some(remedies.join("; ")))
            }
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

/// The result of a check: a text if all is well, or everything that is wrong and each remedy once.
#[derive(Debug, Default)]
pub(super) struct Found {
    texts: Vec<String>,
    /// None if nothing is wrong.
    remedies: Vec<&'static str>,
}

impl Found {
    pub(super) fn fine(text: impl Into<String>) -> Self {
        Self {
            texts: vec![text.into()],
            remedies: Vec::new(),
        }
    }

    pub(super) fn wrong(text: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            texts: vec![text.into()],
            remedies: vec![remedy],
        }
    }
}

pub(super) struct Wrongs<'a> {
    target: &'a Target,
    found: Found,
}

impl<'a> Wrongs<'a> {
    pub(super) fn of(target: &'a Target) -> Self {
        let found = Found::default();
        Self { target, found }
    }

    pub(super) fn add(&mut self, text: impl Into<String>, remedy: &'static str) {
        self.found.texts.push(text.into());
        if !self.found.remedies.contains(&remedy) {
            self.found.remedies.push(remedy);
        }
    }

    /// The stack is not as `pulumi up` made it.
    pub(super) fn changed(&mut self, text: impl Into<String>) {
        let remedy = match self.target {
            Target::Stack { .. } => "`pulumi up --refresh` puts it back",
            Target::Local { .. } => "end `rpsctl local` and start it again",
        };
        self.add(text, remedy);
    }

    /// All of it, or if nothing is wrong, this.
    pub(super) fn or(self, fine: impl Into<String>) -> Found {
        if self.found.texts.is_empty() {
            return Found::fine(fine);
        }
        self.found
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

    #[test]
    fn nobody_elses_text_changes_the_terminal() {
        let found = Found::fine("it's \"C:\\x\" \u{1b}[31m\u{202e} é\n");
        let finding = Finding::new("a", Ok(found));
        assert_eq!(finding.found, "it's \"C:\\x\" \\u{1b}[31m\\u{202e} é\\n");
    }
}
