//! Where the socket is, how long it lasts, and what a page does without it.

use rps_game::Outcome::Won;
use rps_game::Play::Rock;
use rps_game::Reason::OpponentLeft;
use rps_game::words;

use crate::browser::Browser;
use crate::clock::{Clock, IDLE_MS, TICK_MS, WAIT_MS};
use crate::frames::{over, started, waiting};
use crate::line::Line;
use crate::server::{Door, Server};
use crate::visit;

/// How long it waits for an answer.
const ANSWER_MS: u64 = 10_000;

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_page_that_does_not_know_where_the_game_is_says_so() {
    let browser = Browser::start().await;
    let mut server = Server::start().await;
    server.config(None);
    let page = browser.player(server.url(), Clock::Held).await;
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

/// As for a page by HTTPS and a socket that is not.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_socket_that_the_browser_does_not_even_try_is_not_reached() {
    let (mut server, page) = visit::ready().await;
    page.value("window.Whole = WebSocket, WebSocket = class { constructor() { throw new Error('no') } }, 0")
        .await;
    page.press("Enter").await;
    page.expect_say(words::NOT_REACHED).await;
    page.value("WebSocket = Whole, 0").await;
    page.click("#go").await;
    server.join().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_game_that_cannot_be_reached_is_tried_again_later_and_later() {
    let (mut server, page) = visit::ready().await;
    server.door(Door::Refusing);
    page.press("Enter").await;
    for (tries, most_s) in (1..).zip([1_u64, 2, 4, 8, 16, 30, 30]) {
        page.expect_scene("connecting").await;
        page.expect_scene("lost").await;
        page.expect_say(words::NOT_REACHED).await;
        // A quarter less at most: not all who were cut off come back together.
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
    server.door(Door::Open);
    page.expect_text("#go", words::NOW).await;
    page.click("#go").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING).await;
    page.done_with(&["Unexpected response code: 403"]).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_server_that_lets_nobody_wait_is_tried_later_and_later_too() {
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
    // A game makes it good.
    socket.send(&started()).await;
    page.expect_scene("round").await;
    drop(socket);
    page.expect_scene("lost").await;
    page.pass(1_000 + TICK_MS).await;
    server.join().await;
    page.done().await;
}

/// A browser may not tell that a connection is gone with its network.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn who_waits_when_a_network_comes_connects_anew() {
    let (mut server, page, first) = visit::waiting().await;
    page.offline(true).await;
    page.offline(false).await;
    first.ended().await;
    let mut second = server.join().await;
    second.send(&waiting()).await;
    second.send(&started()).await;
    page.expect_scene("round").await;
    // A game may have survived, and would be lost by leaving it.
    page.offline(true).await;
    page.offline(false).await;
    page.pass(ANSWER_MS / 2).await;
    assert_eq!((page.scene().await, server.attempts()), ("round".into(), 2));
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_server_that_says_nothing_is_given_up() {
    let (mut server, page) = visit::ready().await;
    server.door(Door::Silent);
    page.press("Enter").await;
    page.expect_scene("connecting").await;
    page.pass(ANSWER_MS + TICK_MS).await;
    page.expect_say(words::NOT_REACHED).await;
    server.door(Door::Open);
    page.press("Enter").await;
    let socket = server.join().await;
    page.pass(ANSWER_MS + TICK_MS).await;
    page.expect_say(words::SILENT).await;
    socket.ended().await;
    page.press("Enter").await;
    let mut socket = server.join().await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    // A game that takes its time is not given up.
    page.pass(10 * ANSWER_MS).await;
    assert_eq!(page.scene().await, "round");
    page.done_despite(&["closed before the connection is established"])
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn who_is_offline_is_told_and_goes_on_when_online() {
    let mut server = Server::start().await;
    let line = Line::to(server.url()).await;
    let page = visit::ready_at(line.url(), Clock::Held).await;
    page.press("Enter").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING).await;
    page.offline(true).await;
    line.cut();
    page.expect_say(words::LOST).await;
    page.expect_why(words::OFFLINE).await;
    socket.ended().await;
    line.mend();
    // Time stands still: only this can be the reason.
    page.offline(false).await;
    let mut socket = server.join().await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_connection_that_does_not_end_does_not_keep_a_player_from_the_next() {
    // Nobody reads the socket, so the page's farewell is not answered.
    let (mut server, page, _first) = visit::waiting().await;
    page.pass(IDLE_MS + TICK_MS).await;
    assert_eq!(server.attempts(), 1);
    page.pass(ANSWER_MS / 2).await;
    server.join().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_end_of_the_connection_is_no_loss_when_the_game_is_over() {
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

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_game_is_lost_with_its_connection() {
    let (mut server, page, socket) = visit::playing().await;
    drop(socket);
    page.expect_say(words::LOST_GAME).await;
    page.expect_scene("lost").await;
    page.pass(1_000 + TICK_MS).await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING).await;
    // Still to be read: the page may have been lost and found in a moment.
    page.expect_notice(words::LOST_GAME).await;
    page.done().await;
}
