//! The servers, and the line to them.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::PATIENCE;
use crate::browser::Browser;
use crate::clock::Clock;
use crate::line::Line;
use crate::page::Page;
use crate::rpsctl::Game;
use crate::server::{Door, Server};

/// Opens a socket on the host of the page, which keeps what happens to it.
const OPEN: &str = "window.happened = [], window.socket = new WebSocket('/ws'),
    ['open', 'close', 'message'].forEach((type) => socket.addEventListener(type, (event) => {
        happened.push(type + ' ' + (event.data ?? event.code ?? ''));
        document.body.dataset.happened = happened.join(', ');
    })), 0";

async fn expect_happened(page: &Page, happened: &str) {
    page.expect_attribute("body", "data-happened", happened)
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_test_has_the_other_end_of_the_socket() {
    let browser = Browser::start().await;
    let mut server = Server::start().await;
    let page = browser.player(server.url(), Clock::Real).await;
    page.value(OPEN).await;
    let mut socket = server.socket().await;
    expect_happened(&page, "open ").await;
    page.value(r#"socket.send('{"action":"join-game"}')"#).await;
    socket.expect(&json!({ "action": "join-game" })).await;
    socket.send(&json!({ "type": "waiting" })).await;
    expect_happened(&page, r#"open , message {"type":"waiting"}"#).await;
    socket.close(1001).await;
    expect_happened(&page, r#"open , message {"type":"waiting"}, close 1001"#).await;

    page.value(OPEN).await;
    drop(server.socket().await);
    expect_happened(&page, "open , close 1006").await;
    page.value(OPEN).await;
    let socket = server.socket().await;
    expect_happened(&page, "open ").await;
    page.value("socket.close()").await;
    socket.ended().await;
    expect_happened(&page, "open , close 1005").await;
    assert_eq!(server.attempts(), 3);
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_server_refuses_keeps_silent_and_has_no_config() {
    let browser = Browser::start().await;
    let server = Server::start().await;
    let page = browser.player(server.url(), Clock::Real).await;
    let config = "fetch('config.json', { cache: 'reload' }).then(async (it) => [it.status, await it.text()])";
    assert_eq!(
        page.value(config).await,
        json!([200, r#"{"socket":"/ws"}"#])
    );
    server.config(Some("no JSON"));
    assert_eq!(page.value(config).await, json!([200, "no JSON"]));
    server.config(None);
    assert_eq!(page.value(config).await, json!([404, ""]));

    server.door(Door::Refusing);
    page.value(OPEN).await;
    expect_happened(&page, "close 1006").await;
    server.door(Door::Silent);
    page.value(OPEN).await;
    let knocks = timeout(PATIENCE, async {
        while server.attempts() < 2 {
            sleep(Duration::from_millis(10)).await;
        }
    });
    knocks.await.expect("it knocks");
    assert_eq!(
        page.value("[socket.readyState, happened]").await,
        json!([0, []])
    );
    page.value("socket.close()").await;
    expect_happened(&page, "close 1006").await;
    page.done_with(&[
        "404 (Not Found)",
        "Unexpected response code: 403",
        "closed before",
    ])
    .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_line_is_cut_and_mended() {
    let browser = Browser::start().await;
    let mut server = Server::start().await;
    let line = Line::to(server.url()).await;
    let page = browser.player(line.url(), Clock::Real).await;
    page.value(OPEN).await;
    let socket = server.socket().await;
    expect_happened(&page, "open ").await;
    page.offline(true).await;
    // The browser closes nothing for being offline.
    assert_eq!(
        page.value("[navigator.onLine, socket.readyState, happened]")
            .await,
        json!([false, 1, ["open "]])
    );
    let asked = page
        .value("fetch('/', { cache: 'no-store' }).then(() => 'answered', () => 'offline')")
        .await;
    assert_eq!(asked, "offline");
    page.offline(false).await;
    assert_eq!(page.value("navigator.onLine").await, true);
    line.cut();
    expect_happened(&page, "open , close 1006").await;
    socket.ended().await;
    page.value(OPEN).await;
    expect_happened(&page, "close 1006").await;
    line.mend();
    page.value(OPEN).await;
    expect_happened(&page, "open ").await;
    drop(server.socket().await);
    page.done_with(&["WebSocket connection to", "ERR_INTERNET_DISCONNECTED"])
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_page_of_the_real_game_reaches_its_socket() {
    let browser = Browser::start().await;
    let game = Game::start();
    let line = Line::to(game.page()).await;
    for url in [
        game.page(),
        line.url(),
        &game.page().replace("127.0.0.1", "localhost"),
    ] {
        let page = browser.player(url, Clock::Real).await;
        page.value(OPEN).await;
        expect_happened(&page, "open ").await;
        page.value(r#"socket.send('{"action":"fly"}')"#).await;
        page.expect("document.body.dataset.happened.includes('unknown-action')")
            .await;
        page.done().await;
    }
}
