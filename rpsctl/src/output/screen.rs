//! Permanent lines and, on a terminal, a status line below them that is redrawn in place.

use std::io::{self, Stdout, Write};
use std::sync::Once;

use crossterm::cursor::{Hide, MoveToColumn, Show};
use crossterm::style::Print;
use crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};

use super::Text;
use super::wrap::{columns, width, wrap};

/// Writes a conversation to stdout. Drop restores the terminal.
pub(crate) struct Screen {
    stdout: Stdout,
    live: bool,
    status: Text,
}

impl Screen {
    /// Puts the terminal in raw mode until drop, so that it delivers single keys.
    pub(crate) fn terminal() -> io::Result<Self> {
        restore_on_panic(restore);
        enable_raw_mode()?;
        let mut screen = Self::lines();
        screen.live = true;
        execute!(screen.stdout, Hide)?;
        Ok(screen)
    }

    /// Writes lines only, without a status line.
    pub(crate) fn lines() -> Self {
        Self {
            stdout: io::stdout(),
            live: false,
            status: "".into(),
        }
    }

    /// Whether the status line is shown.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    /// Writes a line. A terminal gets more than one if the line is wider than the terminal.
    pub(crate) fn line(&mut self, text: impl Into<Text>) -> io::Result<()> {
        let text = text.into().line();
        if !self.live {
            writeln!(self.stdout, "{text}")?;
            return self.stdout.flush();
        }
        queue!(self.stdout, MoveToColumn(0), Clear(ClearType::CurrentLine))?;
        let width = width();
        let lines = match columns(&text) {
            columns if columns > width => wrap(&text, width),
            _ => vec![text],
        };
        for line in lines {
            // In raw mode, a line feed alone does not return to the first column.
            queue!(self.stdout, Print(line), Print("\r\n"))?;
        }
        self.draw()
    }

    /// Redraws the status line if its text changed.
    pub(crate) fn status(&mut self, text: impl Into<Text>) -> io::Result<()> {
        let text = text.into();
        if !self.live || self.status == text {
            return Ok(());
        }
        self.status = text;
        self.draw()
    }

    fn draw(&mut self) -> io::Result<()> {
        // Without wrapping, a narrow terminal cuts the line, so that it can be redrawn in place.
        execute!(
            self.stdout,
            MoveToColumn(0),
            Clear(ClearType::CurrentLine),
            DisableLineWrap,
            Print(self.status.as_str()),
            EnableLineWrap,
        )
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.live {
            restore();
        }
    }
}

fn restore() {
    // If the terminal is closed, there is nothing to restore.
    let _ = execute!(
        io::stdout(),
        MoveToColumn(0),
        Clear(ClearType::CurrentLine),
        EnableLineWrap,
        Show
    );
    let _ = disable_raw_mode();
}

/// A release build aborts on panic and drops nothing, but it runs the panic hook.
pub(super) fn restore_on_panic(restore: fn()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            previous(panic);
        }));
    });
}
