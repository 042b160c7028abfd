//! How far a player has come.

use rps_game::words;

use crate::browser::Browser;
use crate::clock::Clock;
use crate::frames;
use crate::page::Page;
use crate::server::{Server, Socket};

/// A page at that URL, where Play can be pressed.
pub(crate) async fn ready_at(url: &str, clock: Clock) -> Page {
    let page = Browser::start().await.player(url, clock).await;
    page.expect_say(words::START).await;
    page
}

/// The same at a server of the test's. Time stands still.
pub(crate) async fn ready() -> (Server, Page) {
    let server = Server::start().await;
    let page = ready_at(server.url(), Clock::Held).await;
    (server, page)
}

/// The same after Play was pressed, and the socket with the join.
pub(crate) async fn joining() -> (Server, Page, Socket) {
    let (mut server, page) = ready().await;
    page.press("Enter").await;
    let socket = server.join().await;
    (server, page, socket)
}

/// The same, of a player who waits.
pub(crate) async fn waiting() -> (Server, Page, Socket) {
    let (server, page, mut socket) = joining().await;
    socket.send(&frames::waiting()).await;
    page.expect_say(words::WAITING).await;
    (server, page, socket)
}

/// The same, in a round of five seconds.
pub(crate) async fn playing() -> (Server, Page, Socket) {
    let (server, page, mut socket) = joining().await;
    socket.send(&frames::started()).await;
    page.expect_say(&opponent(frames::WINDOW_MS)).await;
    (server, page, socket)
}

/// That there is an opponent, and so long to play.
pub(crate) fn opponent(play_within_ms: u64) -> String {
    let time = words::seconds(play_within_ms);
    words::fill(words::OPPONENT, &[("time", &time)])
}
