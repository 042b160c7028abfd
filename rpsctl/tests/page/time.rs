//! Long waits, sleeping machines, clock changes, a server that becomes silent, and a hasty click.

use rps_game::Outcome::Won;
use rps_game::Play::{Rock, Scissors};
use rps_game::Reason::Plays;
use rps_game::words::{self, ending};
use serde_json::json;

use crate::clock::{HASTY_MS, IDLE_MS, TICK_MS, WAIT_MS};
use crate::frames::{WINDOW_MS, over, play, received, resume, resumed, started, waiting};
use crate::visit::{self, opponent};

/// Longer than browsers delay the timers of a hidden page.
const SLEPT_MS: u64 = 200_000;

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_waiting_player_reconnects_before_the_gateway_closes_the_connection() {
    let (mut server, page, mut first) = visit::waiting().await;
    page.pass(IDLE_MS - TICK_MS).await;
    first.send(&json!({ "type": "still-open" })).await;
    page.expect_frames(2).await;
    page.pass(2 * TICK_MS).await;
    // Joining before leaving could match the player with itself.
    assert_eq!(server.attempts(), 1);
    first.ended().await;
    let mut second = server.join().await;
    second.send(&waiting()).await;
    second.send(&started()).await;
    page.expect_scene("round").await;
    // The page showed nothing of the reconnect.
    assert_eq!(
        page.value("testHistory.scene.all").await,
        json!(["", "start", "connecting", "waiting", "round"])
    );
    assert_eq!(page.value("testHistory.notice.all").await, json!([""]));
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn waiting_ends_after_two_hours() {
    let (mut server, page, mut socket) = visit::waiting().await;
    let step_ms = IDLE_MS + 2 * TICK_MS;
    for connections in 2..2 + WAIT_MS / step_ms {
        page.pass(step_ms).await;
        socket.ended().await;
        socket = server.join().await;
        socket.send(&waiting()).await;
        page.expect(&format!("testFrames === {connections}")).await;
    }
    page.pass(step_ms).await;
    page.expect_say(words::WAITED).await;
    page.expect_scene("stopped").await;
    page.expect_text("#go", words::AGAIN).await;
    socket.ended().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn after_a_sleep_a_page_rejoins_and_resumes() {
    let (mut server, page, first) = visit::waiting().await;
    page.sleep(SLEPT_MS).await;
    page.pass(TICK_MS).await;
    first.ended().await;
    page.expect_notice(words::SLEPT).await;
    let mut second = server.join().await;
    second.send(&waiting()).await;
    second.send(&started()).await;
    page.expect_scene("round").await;
    page.sleep(SLEPT_MS).await;
    // Wait, because the end of the game may have arrived and be the next frame.
    page.pass(1_000 + 2 * TICK_MS).await;
    second.ended().await;
    let mut third = server.socket().await;
    third.expect(&resume()).await;
    third.send(&resumed(None)).await;
    page.expect_why(words::RESUMED).await;
    page.done().await;
}

/// The frame may have arrived before the sleep, and the page reads it after.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn after_a_sleep_the_page_shows_the_missed_end() {
    let (_server, page, mut socket) = visit::playing().await;
    page.sleep(SLEPT_MS).await;
    page.pass(TICK_MS).await;
    let won = over(Won, Plays, [Some(Rock), Some(Scissors)]);
    socket.send(&won).await;
    page.expect_say(&ending(Won, Plays, Some(Rock), Some(Scissors)))
        .await;
    page.pass(2_000).await;
    assert_eq!(page.scene().await, "over");
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_clock_that_is_set_back_counts_as_a_sleep() {
    let (_server, page, socket) = visit::playing().await;
    page.value("testSleep(-3_600_000)").await;
    page.pass(1_000 + 2 * TICK_MS).await;
    page.expect_say(words::RESUMING).await;
    socket.ended().await;
    page.done().await;
}

/// "Time is up" is shown only once.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_play_in_the_last_moment_is_confirmed_after_the_window() {
    let (_server, page, mut socket) = visit::playing().await;
    page.pass(WINDOW_MS - 2 * TICK_MS).await;
    page.press("r").await;
    socket.expect(&play(Rock, 1)).await;
    page.pass(4 * TICK_MS).await;
    page.expect_say(words::TIME_UP).await;
    socket.send(&received(Rock, 1)).await;
    page.expect_why(words::LOCKED).await;
    page.pass(2 * TICK_MS).await;
    let texts = page.value("testHistory.say.all.slice(-3)").await;
    let choice = words::fill(words::YOU_PLAY, &[("play", &Rock)]);
    assert_eq!(texts, json!([opponent(WINDOW_MS), choice, words::TIME_UP]));
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn leave_asks_once_and_ignores_a_double_click() {
    let (_server, page, socket) = visit::playing().await;
    page.double_click("#leave").await;
    page.value("leave.click()").await;
    page.expect_text("#leave", words::FORFEIT).await;
    page.pass(HASTY_MS - TICK_MS).await;
    page.click("#leave").await;
    assert_eq!(page.scene().await, "round");
    page.pass(6_000).await;
    page.expect_text("#leave", words::LEAVE).await;
    page.click("#leave").await;
    page.pass(HASTY_MS).await;
    page.click("#leave").await;
    page.expect_say(words::LEFT_GAME).await;
    socket.ended().await;
    page.expect_text("#lost", "1").await;
    page.done().await;
}
