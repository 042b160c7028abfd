//! Accessibility: keyboard, screen reader, small screens, dark mode and reduced motion.

use std::path::Path;

use rps_game::Outcome::Won;
use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Reason::Plays;
use rps_game::words::{self, ending};

use crate::clock::TICK_MS;
use crate::frames::{WINDOW_MS, drawn, join_room, over, play, received, started, waiting};
use crate::looks::STILL;
use crate::page::Page;
use crate::server::{Server, ServerSocket};
use crate::visit;

/// A small phone, a window, and that window at a zoom of 400 %.
const SIZES: [(u16, u16); 3] = [(320, 568), (1280, 800), (320, 200)];

/// The minimum size of a touch target, in CSS pixels.
const MIN_TARGET: f64 = 44.0;

/// Moves the focus to one of the next elements.
async fn tab_to(page: &Page, id: &str) {
    let mut ids = Vec::new();
    while page.focus().await != id {
        assert!(ids.len() < 5, "no {id} among {ids:?}");
        page.press("Tab").await;
        ids.push(page.focus().await);
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_game_can_be_played_by_keyboard_alone() {
    let (mut server, page) = visit::ready().await;
    tab_to(&page, "go").await;
    page.press(" ").await;
    let mut socket = server.join().await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    assert_eq!(page.focus().await, "plays", "the plays are next");
    tab_to(&page, "paper").await;
    page.press("Enter").await;
    socket.expect(&play(Paper, 1)).await;
    socket.send(&received(Paper, 1)).await;
    socket
        .send(&over(Won, Plays, [Some(Paper), Some(Rock)]))
        .await;
    page.expect_scene("over").await;
    socket.close(1000).await;
    assert_eq!(page.focus().await, "go");
    page.press("Enter").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.expect_scene("waiting").await;
    tab_to(&page, "leave").await;
    page.press(" ").await;
    page.expect_say(words::LEFT).await;
    socket.ended().await;
    page.done().await;
}

/// Takes the page through its scenes, and calls `look` for each.
async fn scenes(page: &Page, server: &mut Server, look: impl AsyncFn(&Page, &str)) {
    look(page, "start").await;
    page.click("#go").await;
    let mut socket = server.join().await;
    look(page, "connecting").await;
    socket.send(&waiting()).await;
    page.expect_scene("waiting").await;
    look(page, "waiting").await;
    page.pass(5_000 + TICK_MS).await;
    page.expect_why(words::OFFER_BOT).await;
    look(page, "offered").await;
    scenes_of_a_game(page, socket, &look).await;
    scenes_of_friends(page, server, &look).await;
    page.click("#go").await;
    drop(server.join().await);
    page.expect_scene("lost").await;
    look(page, "lost").await;
    page.click("#leave").await;
    let tab = page.another_tab().await;
    tab.expect_say(words::START).await;
    tab.click("#go").await;
    let mut socket = server.join().await;
    socket.send(&waiting()).await;
    page.click("#go").await;
    page.expect_say(words::ELSEWHERE).await;
    look(page, "stopped").await;
    tab.click("#leave").await;
    tab.expect_say(words::LEFT).await;
    socket.ended().await;
    tab.done().await;
}

async fn scenes_of_a_game(page: &Page, mut socket: ServerSocket, look: &impl AsyncFn(&Page, &str)) {
    socket.send(&started()).await;
    page.expect_scene("round").await;
    look(page, "round").await;
    page.click("#scissors").await;
    socket.expect(&play(Scissors, 1)).await;
    socket.send(&received(Scissors, 1)).await;
    page.expect_why(words::LOCKED).await;
    look(page, "chosen").await;
    for round in 1..=4 {
        socket.send(&drawn(Scissors, round)).await;
    }
    page.expect("document.querySelectorAll('#rounds li').length === 4")
        .await;
    look(page, "drawn").await;
    page.pass(2_000).await;
    page.click("#leave").await;
    page.expect_text("#leave", words::FORFEIT).await;
    look(page, "leaving").await;
    socket.send_text("nonsense").await;
    page.expect_notice(words::UNREADABLE).await;
    look(page, "noticed").await;
    end(page, socket).await;
    look(page, "over").await;
}

/// A rematch, and the link for a friend.
async fn scenes_of_friends(page: &Page, server: &mut Server, look: &impl AsyncFn(&Page, &str)) {
    page.click("#other").await;
    let mut socket = server.socket().await;
    socket.expect(&join_room("game")).await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING_REMATCH).await;
    page.pass(15_000 + TICK_MS).await;
    page.expect_why(words::NO_REMATCH).await;
    look(page, "rematch").await;
    page.click("#leave").await;
    page.expect_say(words::LEFT).await;
    socket.ended().await;
    page.value("location.hash = '#room=friends'").await;
    let mut socket = server.socket().await;
    socket.expect(&join_room("friends")).await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING_FRIEND).await;
    page.pass(30_000 + TICK_MS).await;
    page.expect_why(words::NO_FRIEND).await;
    look(page, "friend").await;
    page.click("#leave").await;
    page.expect_say(words::LEFT).await;
    socket.ended().await;
}

async fn end(page: &Page, mut socket: ServerSocket) {
    socket
        .send(&over(Won, Plays, [Some(Scissors), Some(Paper)]))
        .await;
    let won = ending(Won, Plays, Some(Scissors), Some(Paper));
    page.expect_say(&won).await;
    socket.close(1000).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn axe_finds_no_violation_in_any_scene_and_colour_scheme() {
    for scheme in ["light", "dark"] {
        let (mut server, page) = visit::ready().await;
        page.media(&[STILL, ("prefers-color-scheme", scheme)]).await;
        scenes(&page, &mut server, async |page, scene| {
            let violations = page.axe().await;
            assert!(violations.is_empty(), "{scheme}, {scene}: {violations:#?}");
        })
        .await;
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn every_scene_fits_small_screens_and_touch() {
    let (mut server, page) = visit::ready().await;
    scenes(&page, &mut server, async |page, scene| {
        for (width, height) in SIZES {
            page.viewport(width, height).await;
            let wide = "document.documentElement.scrollWidth";
            let wide = page.value(wide).await.as_u64().expect("pixels");
            assert!(wide <= u64::from(width), "{scene}: {wide} of {width}");
            if height == 568 {
                let high = "document.documentElement.scrollHeight";
                let high = page.value(high).await.as_u64().expect("pixels");
                assert!(high <= u64::from(height), "{scene}: {high} of {height}");
            }
            let buttons = "[...document.querySelectorAll('button')].filter((it) => it.checkVisibility())
                .map((it) => it.getBoundingClientRect()).map((it) => Math.min(it.width, it.height))";
            let buttons = page.value(buttons).await;
            for button in buttons.as_array().expect("sizes") {
                let size = button.as_f64().expect("pixels");
                assert!(size >= MIN_TARGET, "{scene}, {width} wide: {size}");
            }
        }
        page.viewport(1280, 800).await;
    })
    .await;
    page.done().await;
}

/// A double click on Play must not leave the game that it starts.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn play_and_leave_share_no_position() {
    const PLAY_END: &str =
        "(go.scrollIntoView({ block: 'nearest' }), go.getBoundingClientRect().bottom)";
    for (width, height) in [(320, 568), (667, 375), (1280, 800)] {
        let (mut server, page) = visit::ready().await;
        page.viewport(width, height).await;
        let play_end = page.value(PLAY_END).await.as_f64().expect("pixels");
        page.click("#go").await;
        let mut socket = server.join().await;
        for (frame, scene) in [(waiting(), "waiting"), (started(), "round")] {
            socket.send(&frame).await;
            page.expect_scene(scene).await;
            let leave = page.value("leave.getBoundingClientRect().top").await;
            let leave = leave.as_f64().expect("pixels");
            assert!(leave >= play_end, "{scene}, {width} wide: {leave}");
        }
        page.done().await;
    }
}

/// In five seconds a player cannot search for a button that moves or for a hidden clock.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn during_a_round_nothing_moves_and_everything_is_visible() {
    for (width, height) in [(320, 640), (520, 900), (667, 375), (1280, 800)] {
        let (mut server, page) = visit::ready().await;
        page.viewport(width, height).await;
        page.press("Enter").await;
        let mut socket = server.join().await;
        let top = "plays.getBoundingClientRect().top";
        socket.send(&waiting()).await;
        page.expect_scene("waiting").await;
        let top_while_waiting = page.value(top).await;
        socket.send(&started()).await;
        page.expect_scene("round").await;
        let top_in_round = page.value(top).await;
        page.press("r").await;
        socket.expect(&play(Rock, 1)).await;
        socket.send(&received(Rock, 1)).await;
        page.expect_why(words::LOCKED).await;
        let top_after_play = page.value(top).await;
        assert_eq!(top_in_round, top_while_waiting, "{width} x {height}");
        assert_eq!(top_after_play, top_while_waiting, "{width} x {height}");
        let is_visible = "[clock, you, opponent, plays].map((it) => it.getBoundingClientRect())
            .every(({ top, bottom }) => top >= 0 && bottom <= innerHeight)";
        assert_eq!(page.value(is_visible).await, true, "{width} x {height}");
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn reduced_motion_stops_animations() {
    let is_moving = "document.getAnimations().length > 0";
    for (wants, moves) in [("reduce", false), ("no-preference", true)] {
        let (mut server, page) = visit::ready().await;
        page.media(&[("prefers-reduced-motion", wants)]).await;
        page.press("Enter").await;
        let mut socket = server.join().await;
        socket.send(&waiting()).await;
        page.expect_scene("waiting").await;
        assert_eq!(page.value(is_moving).await, moves, "{wants}");
        page.done().await;
    }
}

/// A screen reader speaks each change, so the page hides the countdown from it.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_screen_reader_gets_each_text_once() {
    let (_server, page, _socket) = visit::playing().await;
    for _ in 0..=WINDOW_MS / 100 {
        page.pass(100).await;
    }
    page.expect_say(words::TIME_UP).await;
    let texts = page.value("testHistory.say.all").await;
    let count = texts.as_array().expect("texts").len();
    // The first text in the file, nothing, Ready?, Connecting, Joining, An opponent!, The time is up.
    assert!(count <= 7, "{texts:#}");
    let roles = "[say.ariaLive, notice.role, time.closest('[aria-hidden=true]') !== null]";
    assert_eq!(
        page.value(roles).await,
        serde_json::json!(["assertive", "alert", true])
    );
    page.done().await;
}

/// Takes pictures of every scene under `target/tmp/page/`. After a change of the page, look at them, and copy the README's
/// to `docs/`.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn pictures() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&folder).expect("a folder");
    for scheme in ["light", "dark"] {
        let (mut server, page) = visit::ready().await;
        page.media(&[STILL, ("prefers-color-scheme", scheme)]).await;
        scenes(&page, &mut server, async |page, scene| {
            for (width, height) in [(320, 568), (390, 640), (1280, 800)] {
                page.viewport(width, height).await;
                let file = format!("{scene}-{width}-{scheme}.png");
                page.screenshot(&folder.join(file)).await;
            }
        })
        .await;
        page.done().await;
    }
}
