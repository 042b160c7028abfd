//! How far a player has come.

use std::sync::Arc;

use rps_game::words;

use crate::browser::Browser;
use crate::clock::Clock;
use crate::frames;
use crate::page::Page;
use crate::server::{Server, Socket};

impl Browser {
    /// A player who can press Play.
    pub(crate) async fn ready(self: &Arc<Self>, url: &str, clock: Clock) -> Page {
        let page = self.player(url, clock).await;
        page.expect_say(words::START).await;
        page
    }

    /// A player at a server of the test's who has pressed Play, and the socket with the join. Time stands still.
    pub(crate) async fn joining(self: &Arc<Self>, server: &mut Server) -> (Page, Socket) {
        let page = self.ready(server.url(), Clock::Held).await;
        page.press("Enter").await;
        (page, server.join().await)
    }

    /// The same, who waits.
    pub(crate) async fn waiting(self: &Arc<Self>, server: &mut Server) -> (Page, Socket) {
        let (page, mut socket) = self.joining(server).await;
        socket.send(&frames::waiting()).await;
        page.expect_say(words::WAITING).await;
        (page, socket)
    }

    /// The same, in a round of five seconds.
    pub(crate) async fn playing(self: &Arc<Self>, server: &mut Server) -> (Page, Socket) {
        let (page, mut socket) = self.joining(server).await;
        socket.send(&frames::started()).await;
        page.expect_say(&opponent(frames::WINDOW_MS)).await;
        (page, socket)
    }
}

/// That there is an opponent, and so long to play.
pub(crate) fn opponent(play_within_ms: u64) -> String {
    let time = words::seconds(play_within_ms);
    words::fill(words::OPPONENT, &[("time", &time)])
}
