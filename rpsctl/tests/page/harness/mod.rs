//! Tests of the test harness.

mod pages;
mod processes;
mod servers;

use std::sync::Arc;

use crate::browser::Browser;
use crate::clock::Clock;
use crate::page::Page;

/// An empty page.
async fn blank(browser: &Arc<Browser>, clock: Clock) -> Page {
    browser.player("about:blank", clock).await
}
