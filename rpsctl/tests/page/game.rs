//! The real game.

pub(crate) use crate::rpsctl::Game;

impl Game {
    /// The players' page.
    pub(crate) fn page(&self) -> &str {
        self.ready["page"].as_str().expect("a URL")
    }
}
