//! The only module that writes to stdout and stderr: data on stdout, notes on stderr.
//!
//! Nothing here panics when the reader of a pipe goes away: writing data returns the error, which ends
//! rpsctl quietly, and a note nobody reads is dropped.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the only module that writes"
)]

mod live;
mod paint;
mod progress;
mod screen;
mod wrap;

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use clap::error::ErrorKind;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

pub(crate) use self::live::Live;
pub(crate) use self::paint::Paint;
pub(crate) use self::progress::Progress;
pub(crate) use self::screen::Screen;
pub(crate) use self::wrap::{NARROW, labelled, width, wrap};
use crate::exit::Exit;

/// How data is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs: one JSON value a line.
    Json,
}

pub(crate) fn data(text: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    stdout.flush()
}

pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    Ok(data(serde_json::to_string(value)?)?)
}

/// What a program reads: with the version of its shape. Fields may be added; a change of one that is there
/// raises the version.
#[derive(Debug, Serialize)]
struct Versioned<T> {
    v: u32,
    #[serde(flatten)]
    value: T,
}

/// Prints a line of JSON for programs.
pub(crate) fn row(value: impl Serialize) -> anyhow::Result<()> {
    json(&Versioned { v: 1, value })
}

/// Prints a line of JSON for programs, or a text for people.
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

/// Logs something that was done, as one line of JSON on stderr.
pub(crate) fn log(value: impl Serialize) {
    // What is written here is plain data: it always serializes.
    note(serde_json::to_string(&Versioned { v: 1, value }).unwrap_or_default());
}

/// Asks a person, who answers in the same line.
pub(crate) fn ask(text: impl Display) {
    let mut stderr = io::stderr().lock();
    // Who sees no question will not confirm.
    let _ = write!(stderr, "{text}").and_then(|()| stderr.flush());
}

pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// A table for people: as wide as its content, or as the terminal allows. A narrow one needs all columns for what is
/// in it.
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

pub(crate) fn note(text: impl Display) {
    // There is nowhere left to complain.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

pub(crate) fn note_more(more: bool, limit: u32) {
    if more {
        note(format_args!(
            "these are the first {limit} that were found, and there are more: --limit shows them"
        ));
    }
}

/// Says in one line why rpsctl failed, and gives the code to end with.
pub(crate) fn failure(error: &anyhow::Error) -> Exit {
    let exit = Exit::of(error);
    if exit != Exit::Ok {
        note(format_args!("rpsctl: {}", one_line(&format!("{error:#}"))));
    }
    exit
}

/// Prints what clap has to say: help on stdout, or in one line what is wrong with the command line.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Whoever reads help has read enough when they stop.
            let _ = error.print();
            Exit::Ok
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Exit::Usage
        }
        _ => {
            note(format_args!("rpsctl: {}", complaint(&error.to_string())));
            Exit::Usage
        }
    }
}

/// clap's message in one line: what is wrong, and a tip or where to read on.
fn complaint(message: &str) -> String {
    let mut parts: Vec<String> = message
        .split("\n\n")
        .filter(|part| !part.starts_with("Usage:") && !part.starts_with("For more information"))
        .map(|part| one_line(part.trim_start_matches("error: ")))
        .collect();
    if parts.len() < 2 {
        parts.push("--help says what is possible".to_owned());
    }
    parts.join("; ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::complaint;
    use crate::cli::Cli;

    #[test]
    fn a_wrong_command_line_is_one_line() {
        let table = [
            (
                vec!["local", "--porte", "1"],
                "unexpected argument '--porte' found; tip: a similar argument exists: '--port'",
            ),
            (
                vec!["bots", "--games", "4", "--local"],
                "the following required arguments were not provided: --concurrency <PLAYERS>; --help says what is possible",
            ),
        ];
        for (args, expected) in table {
            let error = Cli::try_parse_from(std::iter::once("rpsctl").chain(args)).err();
            let line = error.map(|error| complaint(&error.to_string()));
            assert_eq!(line.as_deref(), Some(expected));
        }
    }
}
