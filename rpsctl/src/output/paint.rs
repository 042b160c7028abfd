//! Colours for terminals, unless `NO_COLOR` is set.

use crossterm::style::{StyledContent, Stylize};

use super::Text;

/// Colours text, or returns it unchanged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    pub(crate) fn stdout() -> Self {
        Self::on(super::is_terminal())
    }

    pub(crate) fn stderr() -> Self {
        Self::on(super::is_stderr_terminal())
    }

    #[cfg(test)]
    pub(crate) fn never() -> Self {
        Self { on: false }
    }

    fn on(terminal: bool) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            on: terminal && !no_color,
        }
    }

    pub(crate) fn dim(self, text: &str) -> Text {
        self.with(text, |text| text.dim())
    }

    pub(crate) fn bold(self, text: &str) -> Text {
        self.with(text, |text| text.bold())
    }

    pub(crate) fn good(self, text: &str) -> Text {
        self.with(text, |text| text.green().bold())
    }

    pub(crate) fn bad(self, text: &str) -> Text {
        self.with(text, |text| text.red().bold())
    }

    pub(crate) fn even(self, text: &str) -> Text {
        self.with(text, |text| text.yellow().bold())
    }

    /// Black on white, for text that must keep its contrast.
    pub(crate) fn on_white(self, text: &str) -> Text {
        self.with(text, |text| text.black().on_white())
    }

    pub(crate) fn is_on(self) -> bool {
        self.on
    }

    fn with(
        self,
        text: &str,
        style: impl FnOnce(StyledContent<&str>) -> StyledContent<&str>,
    ) -> Text {
        if self.on {
            Text::coloured(text, |text| style(text.stylize()).to_string())
        } else {
            text.into()
        }
    }
}
