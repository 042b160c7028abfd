//! Sentences in lines of a width.

use std::iter;

use super::is_terminal;

/// The width of what is no terminal.
const USUAL: usize = 80;

/// A narrower line has no room for columns with borders.
pub(crate) const NARROW: usize = 60;

/// The characters of a line of stdout.
pub(crate) fn width() -> usize {
    let size = is_terminal().then(crossterm::terminal::size);
    // Some terminals say that they have no columns.
    let columns = size.and_then(Result::ok).map(|(columns, _)| columns.into());
    columns.filter(|columns| *columns > 0).unwrap_or(USUAL)
}

/// Breaks a text between words into lines of so many characters; a longer word has a line of its own.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Wraps texts into lines of `width`. The label of a text stands before its first line, in `columns` characters.
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
    fn lines_end_between_words() {
        for (text, width, lines) in [
            ("", 5, vec![]),
            ("one two", 7, vec!["one two"]),
            ("one two", 6, vec!["one", "two"]),
            ("é é é", 3, vec!["é é", "é"]),
            ("a much-too-long b", 4, vec!["a", "much-too-long", "b"]),
            ("a b", 0, vec!["a", "b"]),
        ] {
            assert_eq!(wrap(text, width), lines, "{text} {width}");
        }
    }
}
