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

/// Wraps a text at spaces into lines of at most `width` characters. A longer word gets its own line. A command in
/// backquotes counts as one word, so that it can be copied.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // The number of backquotes that follow is odd inside a command. An unpaired backquote does not begin one.
    let mut backquotes = text.matches('`').count() & !1;
    let words = text.split(|c: char| {
        backquotes -= usize::from(c == '`' && backquotes > 0);
        backquotes.is_multiple_of(2) && c.is_whitespace()
    });
    for word in words.filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The number of characters of a text, without its colours.
pub(super) fn columns(text: &str) -> usize {
    // A colour is ESC, `[`, digits and `m`.
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text));
    iter::once(first)
        .chain(rest)
        .map(|part| part.chars().count())
        .sum()
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
            (
                "\u{1b}[1ma b\u{1b}[0m c",
                5,
                vec!["\u{1b}[1ma b\u{1b}[0m c"],
            ),
            (
                "\u{1b}[1ma b\u{1b}[0m c",
                4,
                vec!["\u{1b}[1ma b\u{1b}[0m", "c"],
            ),
            ("a `b c", 2, vec!["a", "`b", "c"]),
            (
                "run `a b` and `c  d`, e",
                5,
                vec!["run", "`a b`", "and", "`c  d`,", "e"],
            ),
        ] {
            assert_eq!(wrap(text, width), lines, "{text} {width}");
        }
    }
}
