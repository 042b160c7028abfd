//! Tests of the players' page in a real browser, against the real game and against a scripted server.
//!
//! The tests need Chromium: `chromium` on the path, or the executable that the variable `CHROMIUM` names. So they run
//! only with `--include-ignored`. [`page::Page::axe`] also needs axe-core:
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
//! async fn a_player_waits() {
//!     let (_server, page, mut socket) = visit::joining().await;
//!     socket.send(&frames::waiting()).await;
//!     page.expect_say(words::WAITING).await;
//!     page.done().await;                                  // the browser logged no error
//! }
//! ```
//!
//! | module | contents |
//! |---|---|
//! | `browser` | the Chromium that all tests share, with isolated players |
//! | `page` | a page: wait for its texts, and check the browser's errors |
//! | `input` | keys and the mouse |
//! | `looks` | window size, media features, screenshots and axe-core |
//! | `clock` | the page's clock: the test stops it, advances it, or simulates a sleeping machine |
//! | `server` | a server with the real page, whose frames the test sends and receives |
//! | `proxy` | a proxy to a server, scripted or real, that can be cut |
//! | `rpsctl` | `rpsctl local` in a process, with the real game |
//! | `chromium`, `devtools` | the process, and the protocol that drives it |
//! | `console`, `history` | the browser's errors; all texts that the page has shown |
//! | `frames`, `visit` | frames of a server, and players at each stage of a game |
//! | `harness` | the tests of these modules |
//! | `play`, `friends` | pages that play each other in the real game |
//! | `messages`, `connection`, `time`, `tabs`, `access`, `reveal` | the tests of the page, by topic |
//!
//! Every wait ends after [`PATIENCE`]. A failed test shows the page's text and its history, the browser's errors, and
//! the path of a screenshot under `target/tmp/page/`.

mod access;
mod browser;
mod chromium;
mod clock;
mod connection;
mod console;
mod devtools;
mod frames;
mod friends;
mod harness;
mod history;
mod input;
mod looks;
mod messages;
mod page;
mod play;
mod proxy;
mod reveal;
mod server;
mod tabs;
mod time;
mod visit;

use rps_testkit::{PATIENCE, rpsctl};
