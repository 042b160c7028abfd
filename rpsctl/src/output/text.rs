//! Text that cannot change the terminal, even if a player or AWS wrote it.

use std::fmt::Display;

/// A text without control characters, except line breaks, tabs and the colours of [`super::Paint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text(String);

impl<T: Display> From<T> for Text {
    fn from(text: T) -> Self {
        Self(escape(text.to_string()))
    }
}

impl Text {
    /// Escapes a text, and passes it to `colour`.
    pub(super) fn coloured(text: &str, colour: impl FnOnce(&str) -> String) -> Self {
        Self(colour(&escape(text.to_owned())))
    }

    pub(crate) fn join(texts: impl IntoIterator<Item = Self>, separator: &'static str) -> Self {
        let texts: Vec<_> = texts.into_iter().map(|text| text.0).collect();
        Self(texts.join(separator))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text in one line.
    pub(super) fn line(&self) -> String {
        self.0.replace('\n', "\\n")
    }
}

/// Escapes control characters, and characters that change the direction of text. JSON may contain the escaped form too.
fn escape(text: String) -> String {
    if text.chars().all(is_harmless) {
        return text;
    }
    let escape_char = |c: char| match c {
        c if is_harmless(c) => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    text.chars().map(escape_char).collect()
}

fn is_harmless(c: char) -> bool {
    let changes_direction =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    matches!(c, '\n' | '\t') || !(c.is_control() || changes_direction)
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn control_characters_are_escaped() {
        for (text, shown) in [
            ("plain é\t\"\\\n", "plain é\t\"\\\n"),
            ("\u{1b}[2J\r\u{7f}", "\\u001b[2J\\u000d\\u007f"),
            ("\u{9b}2J\u{202e}x\u{2028}", "\\u009b2J\\u202ex\\u2028"),
        ] {
            assert_eq!(Text::from(text).as_str(), shown);
        }
        assert_eq!(Text::from("one\ntwo").line(), "one\\ntwo");
        let green = Text::coloured("\u{1b}[2J", |text| format!("\u{1b}[32m{text}"));
        assert_eq!(green.as_str(), "\u{1b}[32m\\u001b[2J");
    }
}
