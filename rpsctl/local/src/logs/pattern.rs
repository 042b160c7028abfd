//! The filter patterns that are known here: those by the level of a line.

use serde_json::Value;

use super::Refusal;

/// Each pattern without its spaces, and the levels it lets through.
const KNOWN: [(&str, &[&str]); 2] = [
    (r#"{$.level="ERROR"}"#, &["ERROR"]),
    (
        r#"{($.level="ERROR")||($.level="WARN")}"#,
        &["ERROR", "WARN"],
    ),
];

/// Which lines are let through.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    All,
    Levels(&'static [&'static str]),
}

impl Pattern {
    pub(super) fn parse(pattern: &str) -> Result<Self, Refusal> {
        let dense: String = pattern.split_whitespace().collect();
        if dense.is_empty() {
            return Ok(Self::All);
        }
        let known = KNOWN.into_iter().find(|(known, _)| *known == dense);
        known
            .map(|(_, levels)| Self::Levels(levels))
            .ok_or_else(|| {
                Refusal::Parameter(format!(
                    "The local AWS does not know the filter pattern {pattern}. It knows {} and {}.",
                    KNOWN[0].0, KNOWN[1].0
                ))
            })
    }

    /// A line that is no JSON, as that of a panic, has no level.
    pub(super) fn matches(&self, line: &str) -> bool {
        match self {
            Self::All => true,
            Self::Levels(levels) => {
                let line: Value = serde_json::from_str(line).unwrap_or_default();
                line["level"]
                    .as_str()
                    .is_some_and(|level| levels.contains(&level))
            }
        }
    }
}
