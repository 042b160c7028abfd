//! What time does to a page: long waiting, sleep, clocks that are set, and a server that falls silent.

use rps_game::Outcome::Won;
use rps_game::Play::{Rock, Scissors};
use rps_game::Reason::Plays;
use rps_game::words::{self, ending};
use serde_json::json;

use crate::clock::{IDLE_MS, TICK_MS, WAIT_MS};
use crate::frames::{WINDOW_MS, over, play, received, started, waiting};
use crate::visit::{self, opponent};

/// Longer than a hidden page's timers are held back.
const SLEPT_MS: u64 = 200_000;

#[tokio::test]
#[ignore = "needs Chromium"]
async fn who_waits_connects_anew_before_the_gateway_ends_the_connection() {
    let (mut server, page, mut first) = visit::waiting().await;
    page.pass(IDLE_MS - TICK_MS).await;
    first.send(&json!({ "type": "still-open" })).await;
    page.expect_heard(2).await;
    page.pass(2 * TICK_MS).await;
    // The player would meet itself if it joined before it has left.
    assert_eq!(server.attempts(), 1);
    first.ended().await;
    let mut second = server.join().await;
    second.send(&waiting()).await;
    second.send(&started()).await;
    page.expect_scene("round").await;
    // The player has noticed nothing.
    assert_eq!(
        page.value("testTold.scene.all").await,
        json!(["", "start", "connecting", "waiting", "round"])
    );
    assert_eq!(page.value("testTold.notice.all").await, json!([""]));
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn nobody_waits_for_more_than_two_hours() {
    let (mut server, page, mut socket) = visit::waiting().await;
    let step_ms = IDLE_MS + 2 * TICK_MS;
    for connections in 2..2 + WAIT_MS / step_ms {
        page.pass(step_ms).await;
        socket.ended().await;
        socket = server.join().await;
        socket.send(&waiting()).await;
        page.expect(&format!("testHeard === {connections}")).await;
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
async fn a_machine_that_slept_joins_again_or_has_missed_its_game() {
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
    // Its end may have arrived, and be read next.
    page.pass(1_000 + 2 * TICK_MS).await;
    page.expect_say(words::SLEPT_GAME).await;
    page.expect_scene("stopped").await;
    second.ended().await;
    page.done().await;
}

/// The last frame may have come just before, and be read just after.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn who_slept_through_the_end_is_told_it() {
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
async fn a_clock_that_is_set_back_is_a_sleep() {
    let (_server, page, socket) = visit::playing().await;
    page.value("testSleep(-3_600_000)").await;
    page.pass(1_000 + 2 * TICK_MS).await;
    page.expect_say(words::SLEPT_GAME).await;
    socket.ended().await;
    page.done().await;
}

/// The time is up once, for who listens.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_play_in_the_last_moment_is_confirmed_after_it() {
    let (_server, page, mut socket) = visit::playing().await;
    page.pass(WINDOW_MS - 2 * TICK_MS).await;
    page.press("r").await;
    socket.expect(&play(Rock, 1)).await;
    page.pass(4 * TICK_MS).await;
    page.expect_say(words::TIME_UP).await;
    socket.send(&received(Rock, 1)).await;
    page.expect_why(words::LOCKED).await;
    page.pass(2 * TICK_MS).await;
    let told = page.value("testTold.say.all.slice(-3)").await;
    let played = words::fill(words::YOU_PLAY, &[("play", &Rock)]);
    assert_eq!(told, json!([opponent(WINDOW_MS), played, words::TIME_UP]));
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_round_that_is_never_decided_is_given_up() {
    let (mut server, page, socket) = visit::playing().await;
    page.pass(WINDOW_MS + IDLE_MS - TICK_MS).await;
    assert_eq!(page.scene().await, "round");
    page.pass(3 * TICK_MS).await;
    page.expect_say(words::SILENT).await;
    socket.ended().await;
    page.pass(2_000).await;
    server.join().await;
    page.done().await;
}
