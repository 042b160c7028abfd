//! Two tabs of one player.

use rps_game::words;

use crate::frames::waiting;
use crate::page::Page;
use crate::server::{Server, Socket};
use crate::visit;

/// A tab of a player who waits, its server and socket, and another tab that has pressed Play.
async fn two_tabs() -> (Server, Page, Socket, Page) {
    let (server, first, socket) = visit::waiting().await;
    let second = first.another_tab().await;
    second.expect_say(words::START).await;
    second.press("Enter").await;
    second.expect_say(words::ELSEWHERE).await;
    assert_eq!(server.attempts(), 1);
    (server, first, socket, second)
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn one_tab_plays_and_another_may_take_over() {
    let (mut server, first, socket, second) = two_tabs().await;
    second.expect_text("#go", words::HERE).await;
    second.click("#go").await;
    first.expect_say(words::MOVED).await;
    first.expect_scene("stopped").await;
    socket.ended().await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    second.expect_say(words::WAITING).await;

    // Back again.
    first.click("#go").await;
    second.expect_say(words::MOVED).await;
    let _socket = server.join().await;
    first.done().await;
    second.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn two_tabs_may_play_each_other() {
    let (mut server, first, _first_socket, second) = two_tabs().await;
    second.expect_text("#other", words::BOTH).await;
    second.click("#other").await;
    let _second_socket = server.join().await;
    assert_eq!(first.scene().await, "waiting");
    first.done().await;
    second.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_tab_that_has_stopped_playing_lets_the_other_play() {
    let (mut server, first, socket) = visit::waiting().await;
    let second = first.another_tab().await;
    second.expect_say(words::START).await;
    first.click("#leave").await;
    first.expect_say(words::LEFT).await;
    socket.ended().await;
    second.press("Enter").await;
    let _socket = server.join().await;
    first.done().await;
    second.done().await;
}

/// A browser may keep a page that was left, to come back to. Its connection is gone.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_page_that_was_left_lets_another_play() {
    let (mut server, first, _socket) = visit::waiting().await;
    let second = first.another_tab().await;
    second.expect_say(words::START).await;
    first
        .value("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
        .await;
    second.press("Enter").await;
    server.join().await;
    first.done().await;
    second.done().await;
}

/// A browser that keeps nothing for a page may refuse it locks, too.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn who_cannot_tell_tabs_apart_plays() {
    for without in [
        "navigator.locks.request = () => Promise.reject(new DOMException('no', 'SecurityError')), 0",
        "Object.defineProperty(navigator, 'locks', { value: undefined }), 0",
    ] {
        let (mut server, page) = visit::ready().await;
        page.value(without).await;
        page.press("Enter").await;
        server.join().await;
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_double_click_is_one_player() {
    let (mut server, page) = visit::ready().await;
    page.value("go.click(), go.click()").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING).await;
    assert_eq!(server.attempts(), 1);
    page.done().await;
}
