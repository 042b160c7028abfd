//! The servers, and the proxy to them.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::PATIENCE;
use crate::browser::Browser;
use crate::clock::Clock;
use crate::page::Page;
use crate::proxy::CuttableProxy;
use crate::rpsctl::LocalSystem;
use crate::server::{Server, SocketMode};

/// Opens a socket on the host of the page, and records its events.
const OPEN: &str = "window.events = [], window.socket = new WebSocket('/ws'),
    ['open', 'close', 'message'].forEach((type) => socket.addEventListener(type, (event) => {
        events.push(type + ' ' + (event.data ?? event.code ?? ''));
        document.body.dataset.events = events.join(', ');
    })), 0";

async fn expect_events(page: &Page, events: &str) {
    page.expect_attribute("body", "data-events", events).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_test_controls_the_server_end_of_the_socket() {
    let browser = Browser::start().await;
    let mut server = Server::start().await;
    let page = browser.player(server.url(), Clock::Real).await;
    page.value(OPEN).await;
    let mut socket = server.socket().await;
    expect_events(&page, "open ").await;
    page.value(r#"socket.send('{"action":"join-game"}')"#).await;
    socket.expect(&json!({ "action": "join-game" })).await;
    socket.send(&json!({ "type": "waiting" })).await;
    expect_events(&page, r#"open , message {"type":"waiting"}"#).await;
    socket.close(1001).await;
    expect_events(&page, r#"open , message {"type":"waiting"}, close 1001"#).await;

    page.value(OPEN).await;
    drop(server.socket().await);
    expect_events(&page, "open , close 1006").await;
    page.value(OPEN).await;
    let socket = server.socket().await;
    expect_events(&page, "open ").await;
    page.value("socket.close()").await;
    socket.ended().await;
    expect_events(&page, "open , close 1005").await;
    assert_eq!(server.attempts(), 3);
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_server_can_refuse_stay_silent_and_lack_its_config() {
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

    server.socket_mode(SocketMode::Refuse);
    page.value(OPEN).await;
    expect_events(&page, "close 1006").await;
    server.socket_mode(SocketMode::Silent);
    page.value(OPEN).await;
    let attempts = timeout(PATIENCE, async {
        while server.attempts() < 2 {
            sleep(Duration::from_millis(10)).await;
        }
    });
    attempts.await.expect("a second attempt");
    assert_eq!(
        page.value("[socket.readyState, events]").await,
        json!([0, []])
    );
    page.value("socket.close()").await;
    expect_events(&page, "close 1006").await;
    page.done_with(&[
        "404 (Not Found)",
        "Unexpected response code: 403",
        "closed before",
    ])
    .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_proxy_is_cut_and_restored() {
    let browser = Browser::start().await;
    let mut server = Server::start().await;
    let proxy = CuttableProxy::to(server.url()).await;
    let page = browser.player(proxy.url(), Clock::Real).await;
    page.value(OPEN).await;
    let socket = server.socket().await;
    expect_events(&page, "open ").await;
    page.offline(true).await;
    // Being offline closes no socket in the browser.
    assert_eq!(
        page.value("[navigator.onLine, socket.readyState, events]")
            .await,
        json!([false, 1, ["open "]])
    );
    let answer = page
        .value("fetch('/', { cache: 'no-store' }).then(() => 'answered', () => 'offline')")
        .await;
    assert_eq!(answer, "offline");
    page.offline(false).await;
    assert_eq!(page.value("navigator.onLine").await, true);
    proxy.cut();
    expect_events(&page, "open , close 1006").await;
    socket.ended().await;
    page.value(OPEN).await;
    expect_events(&page, "close 1006").await;
    proxy.restore();
    page.value(OPEN).await;
    expect_events(&page, "open ").await;
    drop(server.socket().await);
    page.done_with(&["WebSocket connection to", "ERR_INTERNET_DISCONNECTED"])
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_page_of_the_real_game_connects() {
    let browser = Browser::start().await;
    let game = LocalSystem::start();
    let proxy = CuttableProxy::to(game.page()).await;
    for url in [
        game.page(),
        proxy.url(),
        &game.page().replace("127.0.0.1", "localhost"),
    ] {
        let page = browser.player(url, Clock::Real).await;
        page.value(OPEN).await;
        expect_events(&page, "open ").await;
        page.value(r#"socket.send('{"action":"fly"}')"#).await;
        page.expect("document.body.dataset.events.includes('unknown-action')")
            .await;
        page.done().await;
    }
}
