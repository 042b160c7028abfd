//! A view that is redrawn in place, for --watch.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::Print;
use crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen,
    size,
};
use crossterm::{execute, queue};

use super::Text;
use super::screen::restore_on_panic;

/// Writes frames to stdout. On a terminal, each frame replaces the previous one. Drop restores the terminal.
pub(crate) struct LiveView {
    terminal: bool,
}

impl LiveView {
    /// Switches the terminal to its alternate screen, if stdout is a terminal.
    pub(crate) fn new() -> io::Result<Self> {
        let terminal = super::is_terminal();
        if terminal {
            restore_on_panic(restore);
            execute!(io::stdout(), EnterAlternateScreen, DisableLineWrap, Hide)?;
        }
        Ok(Self { terminal })
    }

    pub(crate) fn draw(&self, frame: &Text) -> io::Result<()> {
        let frame = frame.as_str();
        let mut stdout = io::stdout().lock();
        if !self.terminal {
            writeln!(stdout, "{frame}")?;
            return stdout.flush();
        }
        let rows = size().map_or(24, |(_, rows)| rows.into());
        put(&mut stdout, frame, rows)?;
        stdout.flush()
    }
}

/// Draws a frame over the previous one. Lines below the screen are cut off; the terminal cuts off long lines.
fn put(screen: &mut impl Write, frame: &str, rows: usize) -> io::Result<()> {
    queue!(screen, MoveTo(0, 0))?;
    for (row, line) in frame.lines().take(rows).enumerate() {
        if row > 0 {
            queue!(screen, Print("\r\n"))?;
        }
        // Clear first: after a line as wide as the screen, the cursor is still on its last character.
        queue!(screen, Clear(ClearType::UntilNewLine), Print(line))?;
    }
    if frame.lines().count() < rows {
        queue!(screen, Print("\r\n"), Clear(ClearType::FromCursorDown))?;
    }
    Ok(())
}

impl Drop for LiveView {
    fn drop(&mut self) {
        if self.terminal {
            restore();
        }
    }
}

fn restore() {
    // If the terminal is closed, there is nothing to restore.
    let _ = execute!(io::stdout(), Show, EnableLineWrap, LeaveAlternateScreen);
}

#[cfg(test)]
mod tests {
    use super::put;

    #[test]
    fn each_line_is_cleared_from_its_first_column() {
        for (rows, drawn) in [
            (3, "\u{1b}[1;1H\u{1b}[Kone\r\n\u{1b}[Ktwo\r\n\u{1b}[J"),
            (2, "\u{1b}[1;1H\u{1b}[Kone\r\n\u{1b}[Ktwo"),
            (1, "\u{1b}[1;1H\u{1b}[Kone"),
        ] {
            let mut screen = Vec::new();
            put(&mut screen, "one\ntwo", rows).expect("written");
            assert_eq!(String::from_utf8_lossy(&screen), drawn, "{rows}");
        }
    }
}
