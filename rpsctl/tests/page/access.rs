//! Whether everybody can use the page: by keys alone, with a reader, on a small screen, in the dark, without motion.

use std::path::Path;

use rps_game::Outcome::Won;
use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Reason::Plays;
use rps_game::words::{self, ending};

use crate::frames::{WINDOW_MS, drawn, over, play, received, started, waiting};
use crate::looks::STILL;
use crate::page::Page;
use crate::server::{Server, Socket};
use crate::visit;

/// A phone of the smallest kind, a window, and that window at four times its size.
const SIZES: [(u16, u16); 3] = [(320, 568), (1280, 800), (320, 200)];

/// The smallest that a finger meets, CSS pixels.
const FINGER: f64 = 44.0;

/// Goes to that element, if it is one of the next few.
async fn tab_to(page: &Page, id: &str) {
    let mut passed = Vec::new();
    while page.focus().await != id {
        assert!(passed.len() < 4, "no {id} among {passed:?}");
        page.press("Tab").await;
        passed.push(page.focus().await);
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_game_by_keys_alone() {
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
    // The focus stays where the player has put it.
    assert_eq!(page.focus().await, "paper");
    tab_to(&page, "go").await;
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

/// Takes the page through its scenes; says the name of each.
async fn scenes(page: &Page, server: &mut Server, look: impl AsyncFn(&Page, &str)) {
    look(page, "start").await;
    page.click("#go").await;
    let mut socket = server.join().await;
    look(page, "connecting").await;
    socket.send(&waiting()).await;
    page.expect_scene("waiting").await;
    look(page, "waiting").await;
    scenes_of_a_game(page, socket, &look).await;
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

async fn scenes_of_a_game(page: &Page, mut socket: Socket, look: &impl AsyncFn(&Page, &str)) {
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
    socket.send_text("nonsense").await;
    page.expect_notice(words::UNREADABLE).await;
    look(page, "noticed").await;
    end(page, socket).await;
    look(page, "over").await;
}

async fn end(page: &Page, mut socket: Socket) {
    socket
        .send(&over(Won, Plays, [Some(Scissors), Some(Paper)]))
        .await;
    let won = ending(Won, Plays, Some(Scissors), Some(Paper));
    page.expect_say(&won).await;
    socket.close(1000).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn axe_finds_nothing_in_any_scene_bright_or_dark() {
    for scheme in ["light", "dark"] {
        let (mut server, page) = visit::ready().await;
        page.media(&[STILL, ("prefers-color-scheme", scheme)]).await;
        scenes(&page, &mut server, async |page, scene| {
            let found = page.axe().await;
            assert!(found.is_empty(), "{scheme}, {scene}: {found:#?}");
        })
        .await;
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn all_of_it_fits_a_small_screen_and_a_finger() {
    let (mut server, page) = visit::ready().await;
    scenes(&page, &mut server, async |page, scene| {
        for (width, height) in SIZES {
            page.viewport(width, height).await;
            let wide = "document.documentElement.scrollWidth";
            let wide = page.value(wide).await.as_u64().expect("pixels");
            assert!(wide <= u64::from(width), "{scene}: {wide} of {width}");
            let buttons = "[...document.querySelectorAll('button')].filter((it) => it.checkVisibility())
                .map((it) => it.getBoundingClientRect()).map((it) => Math.min(it.width, it.height))";
            let buttons = page.value(buttons).await;
            for button in buttons.as_array().expect("sizes") {
                let size = button.as_f64().expect("pixels");
                assert!(size >= FINGER, "{scene}, {width} wide: {size}");
            }
        }
        page.viewport(1280, 800).await;
    })
    .await;
    page.done().await;
}

/// Five seconds are too few to look for a button that moves, or for a clock that is out of sight.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn nothing_jumps_and_all_is_in_sight_while_a_round_runs() {
    for (width, height) in [(320, 640), (520, 900), (667, 375), (1280, 800)] {
        let (mut server, page) = visit::ready().await;
        page.viewport(width, height).await;
        page.press("Enter").await;
        let mut socket = server.join().await;
        let top = "plays.getBoundingClientRect().top";
        socket.send(&waiting()).await;
        page.expect_scene("waiting").await;
        let waits = page.value(top).await;
        socket.send(&started()).await;
        page.expect_scene("round").await;
        let runs = page.value(top).await;
        page.press("r").await;
        socket.expect(&play(Rock, 1)).await;
        socket.send(&received(Rock, 1)).await;
        page.expect_why(words::LOCKED).await;
        let is_locked = page.value(top).await;
        assert_eq!([&waits, &waits], [&runs, &is_locked], "{width} x {height}");
        let seen = "[clock, you, opponent, plays].map((it) => it.getBoundingClientRect())
            .every(({ top, bottom }) => top >= 0 && bottom <= innerHeight)";
        assert_eq!(page.value(seen).await, true, "{width} x {height}");
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn nothing_moves_for_who_wants_no_motion() {
    let moving = "document.getAnimations().length > 0";
    for (wants, moves) in [("reduce", false), ("no-preference", true)] {
        let (mut server, page) = visit::ready().await;
        page.media(&[("prefers-reduced-motion", wants)]).await;
        page.press("Enter").await;
        let mut socket = server.join().await;
        socket.send(&waiting()).await;
        page.expect_scene("waiting").await;
        assert_eq!(page.value(moving).await, moves, "{wants}");
        page.done().await;
    }
}

/// A reader speaks each change, so time is not told there; and five seconds are too few to finish another sentence first.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_reader_is_told_once() {
    let (_server, page, _socket) = visit::playing().await;
    for _ in 0..=WINDOW_MS / 100 {
        page.pass(100).await;
    }
    page.expect_say(words::TIME_UP).await;
    let said = page.value("testTold.say.all").await;
    let said = said.as_array().expect("texts").len();
    // The first text in the file, nothing, Ready?, Connecting, Joining, An opponent!, The time is up.
    assert!(said <= 7, "{:#}", page.value("testTold.say.all").await);
    let roles = "[say.ariaLive, notice.role, time.closest('[aria-hidden=true]') !== null]";
    assert_eq!(
        page.value(roles).await,
        serde_json::json!(["assertive", "alert", true])
    );
    page.done().await;
}

/// Draws the README's pictures under `target/tmp/page/`. Copy them to `docs/` after a change of the page.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn pictures() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (file, (width, height), scheme) in [
        ("page-wide.png", (880, 760), "light"),
        ("page-narrow.png", (360, 640), "dark"),
    ] {
        let (_server, page, mut socket) = visit::playing().await;
        page.viewport(width, height).await;
        page.media(&[STILL, ("prefers-color-scheme", scheme)]).await;
        page.expect_scene("round").await;
        if scheme == "light" {
            page.press("p").await;
            socket.expect(&play(Paper, 1)).await;
            let won = over(Won, Plays, [Some(Paper), Some(Rock)]);
            socket.send(&won).await;
            page.expect_scene("over").await;
            socket.close(1000).await;
            page.value("document.activeElement.blur()").await;
        } else {
            page.pass(1_500).await;
        }
        page.screenshot(&folder.join(file)).await;
        page.done().await;
    }
}
