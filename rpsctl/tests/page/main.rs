//! The players' page in a real browser, against the real game and against a server that does what a test tells it.
//!
//! The tests need Chromium: `chromium` on the path, or the executable that the variable `CHROMIUM` names. So they run
//! with `--include-ignored` only. [`page::Page::axe`] also needs axe-core:
//!
//! ```sh
//! npm install --prefix target/ci axe-core
//! ```
//!
//! A test looks like this:
//!
//! ```ignore
//! #[tokio::test]
//! #[ignore = "needs Chromium"]
//! async fn somebody_waits() {
//!     let (_server, page, mut socket) = visit::joining().await;
//!     socket.send(&frames::waiting()).await;
//!     page.expect_say(words::WAITING).await;
//!     page.done().await;                                  // the browser has nothing to complain about
//! }
//! ```
//!
//! | module | gives |
//! |---|---|
//! | `browser` | the one Chromium of all tests, and players in it who share nothing |
//! | `page` | a page: what it says, waited for; what the browser complains about |
//! | `input` | its keys and its mouse |
//! | `looks` | its size, its colours, pictures of it, and axe-core |
//! | `clock` | time that stands still until the test lets it go on, and machines that sleep |
//! | `server` | a server whose frames the test sends and receives, with the real page |
//! | `line` | a line to a server, the real one too, that can be cut |
//! | `rpsctl` | `rpsctl local` in a process, with the real game |
//! | `chromium`, `devtools` | the process, and the protocol that drives it |
//! | `console`, `told` | complaints of the browser; what a page has said, moment by moment |
//! | `frames`, `visit` | what a server says, and players who have come some way |
//! | `harness` | the tests of all this |
//! | `play` | two pages play each other in the real game |
//! | `messages`, `connection`, `time`, `tabs`, `access` | what a page makes of all that can happen to it, and for whom |
//!
//! What is waited for has a deadline of [`PATIENCE`]; a test that fails shows the page's text, all that it has said, the
//! complaints, and the path of a picture under `target/tmp/page/`.

mod access;
mod browser;
mod chromium;
mod clock;
mod connection;
mod console;
mod devtools;
mod frames;
mod harness;
mod input;
mod line;
mod looks;
mod messages;
mod page;
mod play;
mod server;
mod tabs;
mod time;
mod told;
mod visit;

use rps_testkit::{PATIENCE, rpsctl};
