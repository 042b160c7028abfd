//! Two tabs of one player.

use rps_game::words;

use crate::frames::waiting;
use crate::page::Page;
use crate::server::{Server, ServerSocket};
use crate::visit;

/// A waiting player's tab with its server and socket, and a second tab of the player that has pressed Play.
async fn two_tabs() -> (Server, Page, ServerSocket, Page) {
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
async fn a_second_tab_can_take_over() {
    let (mut server, first, socket, second) = two_tabs().await;
    second.expect_text("#go", words::HERE).await;
    second.click("#go").await;
    first.expect_say(words::MOVED).await;
    first.expect_scene("stopped").await;
    socket.ended().await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    second.expect_say(words::WAITING).await;

    // The first tab takes over again.
    first.click("#go").await;
    second.expect_say(words::MOVED).await;
    let _socket = server.join().await;
    first.done().await;
    second.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn two_tabs_can_play_each_other() {
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
async fn after_one_tab_leaves_the_other_can_play() {
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

/// A browser may cache a page when the player navigates away. Its connection is closed.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_cached_page_lets_another_tab_play() {
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

/// A browser that blocks storage for a page may also refuse locks.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn without_locks_a_page_can_play() {
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
async fn a_double_click_joins_once() {
    let (mut server, page) = visit::ready().await;
    page.value("go.click(), go.click()").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING).await;
    assert_eq!(server.attempts(), 1);
    page.done().await;
}
