//! The only module that writes to stdout and stderr: data goes to stdout, notes go to stderr.
//!
//! Nothing here panics when the reader of a pipe closes it. `data` returns the error: it ends a command that only reads
//! quietly, and stops a command that changes the target. `note` ignores it.
//!
//! Much of the printed text is from AWS or from players. [`Text`] escapes all of it here, and only here.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the only module that writes"
)]

mod live;
mod paint;
mod progress;
mod reader;
mod screen;
mod text;
mod wrap;

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use clap::error::ErrorKind;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

pub(crate) use self::live::LiveView;
pub(crate) use self::paint::Paint;
pub(crate) use self::progress::Progress;
pub(crate) use self::reader::Reader;
pub(crate) use self::screen::Screen;
pub(crate) use self::text::Text;
pub(crate) use self::wrap::{NARROW, labelled, width, wrap};
use crate::exit::Exit;

/// The format of data on stdout.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Print tables and text for people
    #[default]
    Table,
    /// Print one JSON value per line for programs
    Json,
}

pub(crate) fn data(text: impl Into<Text>) -> io::Result<()> {
    print(text.into().as_str())
}

/// Prints a text in one line.
pub(crate) fn line(text: impl Into<Text>) -> io::Result<()> {
    print(&text.into().line())
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    stdout.flush()
}

pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    Ok(data(serde_json::to_string(value)?)?)
}

/// A JSON line with the version of its format. New fields keep the version; a changed or removed field raises it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Versioned<T> {
    /// Version of the format: 1.
    v: u32,
    #[serde(flatten)]
    value: T,
}

/// Prints a versioned line of JSON.
pub(crate) fn row(value: impl Serialize) -> anyhow::Result<()> {
    json(&Versioned { v: 1, value })
}

/// Prints a versioned line of JSON, or a text, depending on the format.
pub(crate) fn show<T: Display>(
    format: Format,
    value: impl Serialize,
    text: impl FnOnce() -> T,
) -> anyhow::Result<()> {
    match format {
        Format::Json => row(value),
        Format::Table => Ok(data(text())?),
    }
}

/// Logs an action as one line of JSON on stderr.
pub(crate) fn log(value: impl Serialize) {
    // Plain data always serializes.
    note(serde_json::to_string(&Versioned { v: 1, value }).unwrap_or_default());
}

/// Prints a question; the answer is typed on the same line.
pub(crate) fn ask(text: impl Into<Text>) {
    let mut stderr = io::stderr().lock();
    // Without the question, nobody confirms.
    let _ = write!(stderr, "{}", text.into().line()).and_then(|()| stderr.flush());
}

pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

pub(crate) fn is_stderr_terminal() -> bool {
    io::stderr().is_terminal()
}

/// A table that is as wide as its content, up to the width of the terminal. On a narrow terminal it has no borders.
pub(crate) fn table() -> Table {
    let borders = if width() < NARROW {
        presets::NOTHING
    } else {
        presets::UTF8_FULL_CONDENSED
    };
    let mut table = Table::new();
    table
        .load_style(borders)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// Prints a note in one line.
pub(crate) fn note(text: impl Into<Text>) {
    // There is no other place to report this error.
    let _ = writeln!(io::stderr().lock(), "{}", text.into().line());
}

pub(crate) fn note_more(more: bool, limit: u32) {
    if more {
        note(format_args!(
            "the list ends after {limit} entries, but there are more: raise --limit to show them"
        ));
    }
}

/// Prints an error in one line and returns its exit code.
pub(crate) fn failure(error: &anyhow::Error) -> Exit {
    let exit = Exit::of(error);
    if exit != Exit::Ok {
        note(format_args!("rpsctl: {}", one_line(&format!("{error:#}"))));
    }
    exit
}

/// Prints clap's help on stdout, or its error in one line on stderr.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader who closes the pipe has read enough.
            let _ = error.print();
            Exit::Ok
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Exit::Usage
        }
        _ => {
            note(format_args!("rpsctl: {}", usage_error(&error.to_string())));
            Exit::Usage
        }
    }
}

/// Joins clap's error and its tip in one line. Without a tip, the line refers to --help.
fn usage_error(message: &str) -> String {
    let mut parts: Vec<String> = message
        .split("\n\n")
        .filter(|part| !part.starts_with("Usage:") && !part.starts_with("For more information"))
        .map(|part| one_line(part.trim_start_matches("error: ")))
        .collect();
    if parts.len() < 2 {
        parts.push("run with --help for usage".to_owned());
    }
    parts.join("; ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::usage_error;
    use crate::cli::Cli;

    #[test]
    fn a_usage_error_is_one_line() {
        let table = [
            (
                vec!["games", "list", "--older-than", "x"],
                "invalid value 'x' for '--older-than <TIME>': use a number and a unit, such as 90s, 10m or 2h; run with --help for usage",
            ),
            (
                vec!["games", "watch", "--every", "1"],
                "invalid value '1' for '--every <TIME>': use a number and a unit, such as 90s, 10m or 2h; run with --help for usage",
            ),
            (
                vec!["bots", "--games", "x", "--concurrency", "2"],
                "invalid value 'x' for '--games <GAMES>': use a whole number from 1 to 4294967295; run with --help for usage",
            ),
            (
                vec!["queue", "status", "--every", "1s"],
                "the following required arguments were not provided: --watch; run with --help for usage",
            ),
            (
                vec!["local", "--porte", "1"],
                "unexpected argument '--porte' found; tip: a similar argument exists: '--port'",
            ),
            (
                vec!["bots", "--games", "4", "--local"],
                "the following required arguments were not provided: --concurrency <PLAYERS>; run with --help for usage",
            ),
        ];
        for (args, expected) in table {
            let error = Cli::try_parse_from(std::iter::once("rpsctl").chain(args)).err();
            let line = error.map(|error| usage_error(&error.to_string()));
            assert_eq!(line.as_deref(), Some(expected));
        }
    }
}
