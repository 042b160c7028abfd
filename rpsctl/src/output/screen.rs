//! Lines that stay, and under them on a terminal one line that is redrawn in place.

use std::io::{self, Stdout, Write};
use std::sync::Once;

use crossterm::cursor::{Hide, MoveToColumn, Show};
use crossterm::style::Print;
use crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};

/// stdout as a place for a conversation. When dropped the terminal is as it was.
pub(crate) struct Screen {
    stdout: Stdout,
    live: bool,
    status: String,
}

impl Screen {
    /// A terminal that gives single keys; it is in raw mode until this is dropped.
    pub(crate) fn terminal() -> io::Result<Self> {
        restore_on_panic(restore);
        enable_raw_mode()?;
        let mut screen = Self::lines();
        screen.live = true;
        execute!(screen.stdout, Hide)?;
        Ok(screen)
    }

    /// Lines only: the status is never shown.
    pub(crate) fn lines() -> Self {
        Self {
            stdout: io::stdout(),
            live: false,
            status: String::new(),
        }
    }

    /// Whether the status is shown, so that redrawing it makes sense.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        if !self.live {
            writeln!(self.stdout, "{text}")?;
            return self.stdout.flush();
        }
        // In raw mode a line feed alone does not go back to the first column.
        queue!(
            self.stdout,
            MoveToColumn(0),
            Clear(ClearType::CurrentLine),
            Print(text),
            Print("\r\n"),
        )?;
        self.draw()
    }

    /// The line under them, redrawn only if it changed.
    pub(crate) fn status(&mut self, text: String) -> io::Result<()> {
        if !self.live || self.status == text {
            return Ok(());
        }
        self.status = text;
        self.draw()
    }

    fn draw(&mut self) -> io::Result<()> {
        // Without wrapping a narrow terminal cuts the line, and redrawing in place still works.
        execute!(
            self.stdout,
            MoveToColumn(0),
            Clear(ClearType::CurrentLine),
            DisableLineWrap,
            Print(&self.status),
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
    // The terminal may be gone, and then nothing is left to restore.
    let _ = execute!(
        io::stdout(),
        MoveToColumn(0),
        Clear(ClearType::CurrentLine),
        EnableLineWrap,
        Show
    );
    let _ = disable_raw_mode();
}

/// A release build aborts on panic, without dropping anything; the hook runs even then.
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
