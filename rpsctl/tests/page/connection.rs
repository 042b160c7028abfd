//! How a page finds the server, connects and reconnects.

use rps_game::Outcome::Won;
use rps_game::Play::Rock;
use rps_game::Reason::OpponentLeft;
use rps_game::words;

use crate::browser::Browser;
use crate::clock::{Clock, IDLE_MS, TICK_MS, WAIT_MS};
use crate::frames::{over, resume, started, waiting};
use crate::proxy::CuttableProxy;
use crate::server::{Server, SocketMode};
use crate::visit;

/// How long a page waits for an answer.
const ANSWER_MS: u64 = 10_000;

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_page_without_a_valid_config_says_so() {
    let browser = Browser::start().await;
    let mut server = Server::start().await;
    server.config(None);
    let page = browser.player(server.url(), Clock::Manual).await;
    page.expect_say(words::NO_CONFIG).await;
    page.expect_scene("stopped").await;
    page.expect_text("#go", words::NOW).await;
    page.expect("rock.ariaDisabled === 'true'").await;
    for broken in [
        "no JSON",
        "null",
        "{}",
        r#"{"socket":7}"#,
        r#"{"socket":"http://[/"}"#,
        r#"{"socket":"mailto:game"}"#,
    ] {
        server.config(Some(broken));
        page.press("Enter").await;
        page.expect("!go.hidden").await;
        assert_eq!(page.value("say.textContent").await, words::NO_CONFIG);
    }
    page.offline(true).await;
    page.press("Enter").await;
    page.expect_say(words::OFFLINE).await;
    server.config(Some(r#"{"socket":"ws"}"#));
    page.offline(false).await;
    page.expect_say(words::START).await;
    page.press("Enter").await;
    server.join().await;
    page.done_with(&["404 (Not Found)", "ERR_INTERNET_DISCONNECTED"])
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_closed_game_says_so_at_the_start_and_after_a_refused_connection() {
    let (open, closed) = (r#"{"socket":"ws"}"#, r#"{"socket":"ws","closed":true}"#);
    let browser = Browser::start().await;
    let mut server = Server::start().await;
    server.config(Some(closed));
    let page = browser.player(server.url(), Clock::Manual).await;
    page.expect_say(words::CLOSED).await;
    page.expect_scene("stopped").await;
    page.expect_text("#go", words::NOW).await;
    server.config(Some(open));
    page.press("Enter").await;
    page.expect_say(words::START).await;
    // The game closes while the page is open.
    server.config(Some(closed));
    server.socket_mode(SocketMode::Refuse);
    page.press("Enter").await;
    page.expect_say(words::CLOSED).await;
    page.expect_scene("stopped").await;
    page.pass(WAIT_MS).await;
    assert_eq!(server.attempts(), 1);
    server.config(Some(open));
    server.socket_mode(SocketMode::Accept);
    page.press("Enter").await;
    server.join().await;
    page.done_with(&["Unexpected response code: 403"]).await;
}

/// For example, a page with HTTPS and a socket without TLS.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_socket_that_the_browser_forbids_is_unreachable() {
    let (mut server, page) = visit::ready().await;
    page.value("window.RealWebSocket = WebSocket, WebSocket = class { constructor() { throw new Error('no') } }, 0")
        .await;
    page.press("Enter").await;
    page.expect_say(words::NOT_REACHED).await;
    page.value("WebSocket = RealWebSocket, 0").await;
    page.click("#go").await;
    server.join().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn an_unreachable_game_is_tried_again_with_growing_delays() {
    let (mut server, page) = visit::ready().await;
    server.socket_mode(SocketMode::Refuse);
    page.press("Enter").await;
    for (tries, most_s) in (1..).zip([1_u64, 2, 4, 8, 16, 30, 30]) {
        page.expect_scene("connecting").await;
        page.expect_scene("lost").await;
        page.expect_say(words::NOT_REACHED).await;
        // Up to a quarter less, so that players do not all reconnect at once.
        let (most_ms, least_ms) = (most_s * 1_000, most_s * 750);
        let times = (least_ms.next_multiple_of(1_000)..=most_ms).step_by(1_000);
        let times = times.map(|ms| words::fill(words::RETRY, &[("time", &words::seconds(ms))]));
        page.expect_why_of(&times.collect::<Vec<_>>()).await;
        page.pass(least_ms - TICK_MS).await;
        assert_eq!(
            (page.scene().await, server.attempts()),
            ("lost".into(), tries)
        );
        page.pass(most_ms - least_ms + 2 * TICK_MS).await;
    }
    page.expect_scene("connecting").await;
    page.expect_scene("lost").await;
    server.socket_mode(SocketMode::Accept);
    page.expect_text("#go", words::NOW).await;
    page.click("#go").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING).await;
    page.done_with(&["Unexpected response code: 403"]).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn repeated_connection_losses_while_waiting_increase_the_delay() {
    let (mut server, page, mut socket) = visit::waiting().await;
    for (most_s, connections) in [1_u64, 2, 4].into_iter().zip(1..) {
        drop(socket);
        page.expect_say(words::LOST).await;
        page.pass(most_s * 750 - TICK_MS).await;
        let now = (page.scene().await, server.attempts());
        assert_eq!(now, ("lost".into(), connections));
        page.pass(most_s * 250 + 2 * TICK_MS).await;
        socket = server.join().await;
        socket.send(&waiting()).await;
        page.expect_say(words::WAITING).await;
    }
    page.done().await;
}

/// A browser may not report that a connection was lost with its network.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_page_reconnects_when_the_network_returns() {
    let (mut server, page, first) = visit::waiting().await;
    page.offline(true).await;
    page.offline(false).await;
    first.ended().await;
    let mut second = server.join().await;
    second.send(&waiting()).await;
    second.send(&started()).await;
    page.expect_scene("round").await;
    page.offline(true).await;
    page.offline(false).await;
    second.ended().await;
    let mut third = server.socket().await;
    third.expect(&resume()).await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_silent_server_times_out() {
    let (mut server, page) = visit::ready().await;
    server.socket_mode(SocketMode::Silent);
    page.press("Enter").await;
    page.expect_scene("connecting").await;
    page.pass(ANSWER_MS + TICK_MS).await;
    page.expect_say(words::NOT_REACHED).await;
    server.socket_mode(SocketMode::Accept);
    page.press("Enter").await;
    let socket = server.join().await;
    page.pass(ANSWER_MS + TICK_MS).await;
    page.expect_say(words::SILENT).await;
    socket.ended().await;
    page.done_allowing(&["closed before the connection is established"])
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn an_offline_page_says_so_and_reconnects_when_online() {
    let mut server = Server::start().await;
    let proxy = CuttableProxy::to(server.url()).await;
    let page = visit::ready_at(proxy.url(), Clock::Manual).await;
    page.press("Enter").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING).await;
    page.offline(true).await;
    proxy.cut();
    page.expect_say(words::LOST).await;
    page.expect_why(words::OFFLINE).await;
    socket.ended().await;
    proxy.restore();
    // Time stands still, so only this event can trigger the reconnect.
    page.offline(false).await;
    let mut socket = server.join().await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_connection_that_does_not_close_does_not_delay_the_next() {
    // The server does not read the socket, so it does not answer the page's close frame.
    let (mut server, page, _first) = visit::waiting().await;
    page.pass(IDLE_MS + TICK_MS).await;
    assert_eq!(server.attempts(), 1);
    page.pass(ANSWER_MS / 2).await;
    server.join().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn after_the_game_a_closed_connection_is_no_error() {
    let (server, page, mut socket) = visit::playing().await;
    let won = over(Won, OpponentLeft, [Some(Rock), None]);
    socket.send(&won).await;
    page.expect_scene("over").await;
    drop(socket);
    page.pass(WAIT_MS + IDLE_MS).await;
    let after = (page.scene().await, server.attempts());
    assert_eq!(after, ("over".into(), 1));
    page.done().await;
}
