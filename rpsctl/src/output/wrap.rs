//! Wraps text to a width.

use std::iter;

use super::is_terminal;

/// The width without a terminal.
const DEFAULT_WIDTH: usize = 80;

/// Below this width, tables have fewer columns and no borders.
pub(crate) const NARROW: usize = 60;

/// The width of stdout in characters.
pub(crate) fn width() -> usize {
    let size = is_terminal().then(crossterm::terminal::size);
    // Some terminals report 0 columns.
    let columns = size.and_then(Result::ok).map(|(columns, _)| columns.into());
    columns
        .filter(|columns| *columns > 0)
        .unwrap_or(DEFAULT_WIDTH)
}

/// Wraps a text at spaces into lines of at most `width` characters. A command in backticks stays on one line if it
/// fits, so that an operator can copy it. A longer word gets its own line.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for command in words_and_commands(text) {
        let pieces = if command.chars().count() <= width {
            vec![&*command]
        } else {
            command.split(' ').collect()
        };
        for piece in pieces {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + piece.chars().count() <= width => {
                    line.push(' ');
                    line.push_str(piece);
                }
                _ => lines.push(piece.to_owned()),
            }
        }
    }
    lines
}

/// Splits a text at spaces, except inside backticks.
fn words_and_commands(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_command = false;
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(command) if in_command => {
                command.push(' ');
                command.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        in_command ^= word.matches('`').count() % 2 == 1;
    }
    words
}

/// Wraps texts to `width`. Each label is printed before the first line of its text, padded to `columns` characters.
pub(crate) fn labelled(width: usize, columns: usize, texts: &[(&str, String)]) -> String {
    let lines = texts.iter().flat_map(|(label, text)| {
        let labels = iter::once(*label).chain(iter::repeat(""));
        let lines = wrap(text, width.saturating_sub(columns)).into_iter();
        lines
            .zip(labels)
            .map(|(line, label)| format!("{label:columns$}{line}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_between_words() {
        for (text, width, lines) in [
            ("", 5, vec![]),
            ("one two", 7, vec!["one two"]),
            ("one two", 6, vec!["one", "two"]),
            ("é é é", 3, vec!["é é", "é"]),
            ("a much-too-long b", 4, vec!["a", "much-too-long", "b"]),
            ("a b", 0, vec!["a", "b"]),
            ("a `b c`, d", 6, vec!["a", "`b c`,", "d"]),
            ("a `b c d` `e`", 6, vec!["a `b c", "d` `e`"]),
        ] {
            assert_eq!(wrap(text, width), lines, "{text} {width}");
        }
    }
}
