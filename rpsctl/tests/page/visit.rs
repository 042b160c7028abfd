//! Pages at each stage of a game.

use rps_game::words;

use crate::browser::Browser;
use crate::clock::Clock;
use crate::frames;
use crate::page::Page;
use crate::server::{Server, ServerSocket};

/// A page that is ready to join.
pub(crate) async fn ready_at(url: &str, clock: Clock) -> Page {
    let page = Browser::start().await.player(url, clock).await;
    page.expect_say(words::START).await;
    page
}

/// The same at a scripted server. Time stands still.
pub(crate) async fn ready() -> (Server, Page) {
    let server = Server::start().await;
    let page = ready_at(server.url(), Clock::Manual).await;
    (server, page)
}

/// The same after the player pressed Play, and the socket that received the join.
pub(crate) async fn joining() -> (Server, Page, ServerSocket) {
    let (mut server, page) = ready().await;
    page.press("Enter").await;
    let socket = server.join().await;
    (server, page, socket)
}

/// The same, with a waiting player.
pub(crate) async fn waiting() -> (Server, Page, ServerSocket) {
    let (server, page, mut socket) = joining().await;
    socket.send(&frames::waiting()).await;
    page.expect_say(words::WAITING).await;
    (server, page, socket)
}

/// The same, in a round.
pub(crate) async fn playing() -> (Server, Page, ServerSocket) {
    let (server, page, mut socket) = joining().await;
    socket.send(&frames::started()).await;
    page.expect_say(&opponent(frames::WINDOW_MS)).await;
    (server, page, socket)
}

/// The text at the start of a game.
pub(crate) fn opponent(play_within_ms: u64) -> String {
    let time = words::seconds(play_within_ms);
    words::fill(words::OPPONENT, &[("time", &time)])
}
