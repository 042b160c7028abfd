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

/// A text in lines of stdout's width, with its label before the first, in so many columns.
pub(crate) fn labelled(label: &str, columns: usize, text: &str) -> Vec<String> {
    labelled_in(width(), label, columns, text)
}

/// The same in lines of that width.
pub(crate) fn labelled_in(width: usize, label: &str, columns: usize, text: &str) -> Vec<String> {
    let lines = wrap(text, width.saturating_sub(columns));
    let labels = iter::once(label).chain(iter::repeat(""));
    let labelled = lines.into_iter().zip(labels);
    labelled
        .map(|(line, label)| format!("{label:columns$}{line}"))
        .collect()
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
