//! The tests of the tests: that they see what they say they see.

mod lines;
mod pages;
mod processes;

use std::sync::Arc;

use crate::browser::Browser;
use crate::clock::Clock;
use crate::page::Page;

/// A page with nothing in it.
async fn blank(browser: &Arc<Browser>, clock: Clock) -> Page {
    browser.player("about:blank", clock).await
}
