//! The end of a round: shaking fists, opening hands, a strike, and the moment of a draw.

use std::path::Path;

use rps_game::Outcome::{Lost, Won};
use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Reason::Plays;
use rps_game::words;
use serde_json::json;

use crate::clock::TICK_MS;
use crate::frames::{WINDOW_MS, drawn, over, play, received, started, waiting};
use crate::page::Page;
use crate::visit;

const MOVING: (&str, &str) = ("prefers-reduced-motion", "no-preference");

/// The animations of an element, whether they still run or not.
async fn animations(page: &Page, selector: &str) -> String {
    let names = format!("getComputedStyle(document.querySelector('{selector}')).animationName");
    let names = page.value(&names).await;
    names.as_str().expect("a text").to_owned()
}

/// Takes a picture of the animations at a time after their start.
async fn picture(page: &Page, name: &str, ms: u64) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&folder).expect("a folder");
    let seek = format!(
        "document.getAnimations().forEach((it) => {{ it.pause(); it.currentTime = {ms} }})"
    );
    page.value(&seek).await;
    let file = format!("reveal-{name}-{ms}.png");
    page.screenshot(&folder.join(file)).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn hands_shake_open_together_and_the_winner_strikes() {
    for (outcome, winner, loser, name) in [
        (Won, "#you svg", "#opponent svg", "won"),
        (Lost, "#opponent svg", "#you svg", "lost"),
    ] {
        let (_server, page, mut socket) = visit::playing().await;
        page.media(&[MOVING]).await;
        page.viewport(390, 640).await;
        let hands = match outcome {
            Won => [Paper, Rock],
            _ => [Paper, Scissors],
        };
        page.press("p").await;
        socket.expect(&play(Paper, 1)).await;
        socket.send(&received(Paper, 1)).await;
        page.expect_why(words::LOCKED).await;
        page.pass(WINDOW_MS - 500).await;
        for hand in ["#you", "#opponent"] {
            let svg = format!("{hand} svg");
            assert_eq!(animations(&page, &svg).await, "shake");
            page.expect_attribute(hand, "data-hand", "rock").await;
        }
        page.expect_text("#you .name", "paper").await;
        picture(&page, name, 170).await;
        page.pass(600).await;
        socket.send(&over(outcome, Plays, hands.map(Some))).await;
        page.expect_scene("over").await;
        page.expect_attribute("#opponent", "data-hand", hands[1].into())
            .await;
        for (selector, names) in [
            (winner, "pop, strike"),
            (loser, "pop, hit"),
            ("#say", "words"),
        ] {
            assert_eq!(animations(&page, selector).await, names);
        }
        for ms in [200, 480, 600, 780, 1_200] {
            picture(&page, name, ms).await;
        }
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_draw_has_its_moment_before_the_next_countdown() {
    let (_server, page, mut socket) = visit::playing().await;
    page.media(&[MOVING]).await;
    page.viewport(390, 640).await;
    socket.send(&drawn(Rock, 1)).await;
    page.expect_attribute("body", "data-reveal", "draw").await;
    page.expect("!time.checkVisibility()").await;
    picture(&page, "draw", 500).await;
    page.pass(2_000).await;
    page.expect_attribute("body", "data-reveal", "").await;
    page.expect("time.checkVisibility()").await;
    // First the result, then the next round.
    let texts = page.value("testHistory.say.all.slice(-2)").await;
    let next = "Round 2: 4 seconds to play.";
    assert_eq!(texts, json!(["Round 1: rock twice, a draw.", next]));
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn without_motion_the_hands_stay_and_the_phone_does_not_vibrate() {
    for (media, count, hand) in [(crate::looks::STILL, 0, "none"), (MOVING, 1, "rock")] {
        let (mut server, page) = visit::ready().await;
        page.media(&[media]).await;
        page.value("window.buzzes = 0; navigator.vibrate = () => (buzzes += 1)")
            .await;
        page.press("Enter").await;
        let mut socket = server.join().await;
        socket.send(&started()).await;
        page.expect_scene("round").await;
        page.pass(WINDOW_MS - 500).await;
        page.expect_attribute("#you", "data-hand", hand).await;
        assert_eq!(page.value("buzzes").await, count);
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_double_click_does_no_harm_in_any_scene() {
    let (mut server, page) = visit::ready().await;
    page.double_click("#sound").await;
    page.expect_attribute("#sound", "aria-pressed", "true")
        .await;
    page.double_click("#go").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_scene("waiting").await;
    page.pass(5_000 + TICK_MS).await;
    page.double_click("#other").await;
    let bot = json!({ "action": "join-game", "opponent": "bot" });
    socket.expect(&bot).await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    page.double_click("#leave").await;
    page.double_click("#rock").await;
    socket.expect(&play(Rock, 1)).await;
    let won = over(Won, Plays, [Some(Rock), Some(Scissors)]);
    socket.send(&won).await;
    page.expect_scene("over").await;
    socket.close(1000).await;
    page.double_click("#other").await;
    let mut socket = server.socket().await;
    socket.expect(&crate::frames::join_room("game")).await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING_REMATCH).await;
    page.double_click("#leave").await;
    page.expect_say(words::LEFT).await;
    socket.ended().await;
    page.double_click("#other").await;
    page.expect("location.hash.length === 16").await;
    server.socket().await;
    page.expect_scene("lost").await;
    page.double_click("#go").await;
    server.socket().await;
    assert_eq!(server.attempts(), 4);
    page.done().await;
}
