//! A progress bar on stderr, shown only on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

#[derive(Clone)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new() -> Self {
        Self(ProgressBar::new(0))
    }

    /// Counts things with this name. Also shows the elapsed time, so it redraws itself.
    pub(crate) fn of(length: u64, noun: &str) -> Self {
        let bar = ProgressBar::new(length);
        let template = format!("{{wide_bar}} {{pos}} of {{len}} {noun}, {{elapsed}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    pub(crate) fn set_length(&self, length: u64) {
        self.0.set_length(length);
    }

    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }

    pub(crate) fn set_position(&self, position: u64) {
        self.0.set_position(position);
    }

    pub(crate) fn note(&self, text: &str) {
        self.0.suspend(|| super::note(text));
    }

    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
