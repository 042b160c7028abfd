//! The result of a check.

use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::target::Target;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::commands) enum CheckState {
    Ok,
    Wrong,
    /// AWS refused or failed the request.
    Unknown,
}

/// The result of a check as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct Finding {
    /// Name of the check.
    pub(super) check: &'static str,
    /// `ok`, `wrong`, or `unknown` if AWS refused the request.
    pub(super) state: CheckState,
    /// Result in words, which may change. For an unknown check, the error and its remedy.
    pub(super) found: String,
    /// Remedy. Null if there is nothing to do, or if `found` has the remedy.
    pub(super) remedy: Option<String>,
}

impl Finding {
    pub(super) fn new(check: &'static str, result: Result<CheckResult, Failure>) -> Self {
        let (state, found, remedy) = match result {
            Ok(CheckResult { texts, remedies }) if remedies.is_empty() => {
                (CheckState::Ok, texts.join("; "), None)
            }
            Ok(CheckResult { texts, remedies }) => (
                CheckState::Wrong,
                texts.join("; "),
                Some(remedies.join("; ")),
            ),
            // A missing resource is a problem.
            Err(failure) if failure.exit() == Exit::NoSuchThing => {
                (CheckState::Wrong, failure.to_string(), None)
            }
            Err(failure) => (CheckState::Unknown, failure.to_string(), None),
        };
        Self {
            check,
            state,
            found: printable(&found),
            remedy,
        }
    }
}

/// A text if the check is ok, else each problem, and each remedy once.
#[derive(Debug, Default)]
pub(super) struct CheckResult {
    texts: Vec<String>,
    /// Empty if the check is ok.
    remedies: Vec<String>,
}

impl CheckResult {
    pub(super) fn ok(text: impl Into<String>) -> Self {
        Self {
            texts: vec![text.into()],
            remedies: Vec::new(),
        }
    }

    pub(super) fn wrong(text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            texts: vec![text.into()],
            remedies: vec![remedy.into()],
        }
    }
}

/// Collects the problems of a check.
pub(super) struct Problems<'a> {
    target: &'a Target,
    result: CheckResult,
}

impl<'a> Problems<'a> {
    pub(super) fn of(target: &'a Target) -> Self {
        let result = CheckResult::default();
        Self { target, result }
    }

    pub(super) fn add(&mut self, text: impl Into<String>, remedy: impl Into<String>) {
        self.result.texts.push(text.into());
        let remedy = remedy.into();
        if !self.result.remedies.contains(&remedy) {
            self.result.remedies.push(remedy);
        }
    }

    /// Adds a difference from the state that `pulumi up` made.
    pub(super) fn add_drift(&mut self, text: impl Into<String>) {
        let remedy = match self.target {
            Target::Stack { name, .. } => {
                format!("restore it with `pulumi up --refresh --stack {name}`")
            }
            Target::Local { .. } => "restart `rpsctl local`".to_owned(),
        };
        self.add(text, remedy);
    }

    /// The problems, or the text `ok` if there are none.
    pub(super) fn result_or(self, ok: impl Into<String>) -> CheckResult {
        if self.result.texts.is_empty() {
            return CheckResult::ok(ok);
        }
        self.result
    }
}

/// Escapes foreign text, so that it cannot change the terminal.
fn printable(text: &str) -> String {
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
    fn foreign_text_cannot_change_the_terminal() {
        let result = CheckResult::ok("it's \"C:\\x\" \u{1b}[31m\u{202e} é\n");
        let finding = Finding::new("a", Ok(result));
        assert_eq!(finding.found, "it's \"C:\\x\" \\u{1b}[31m\\u{202e} é\\n");
    }
}
