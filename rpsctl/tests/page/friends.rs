//! Links for friends, rematches and the bot, in the real game and against a scripted server.

use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::words;
use serde_json::json;

use crate::browser::Browser;
use crate::clock::{Clock, TICK_MS};
use crate::frames::{join_room, started, waiting};
use crate::page::Page;
use crate::play::{WINDOW_MS, expect_beaten, two};
use crate::rpsctl::LocalSystem;
use crate::server::{Server, ServerSocket};
use crate::visit::{self, opponent, ready_at};

/// Opens "Play a friend", and returns the link.
async fn invite(page: &Page) -> String {
    page.click("#other").await;
    page.expect_say(words::WAITING_FRIEND).await;
    page.expect_why(words::SEND_LINK).await;
    let link = page.value("link.textContent").await;
    link.as_str().expect("a link").to_owned()
}

async fn play(winner: &Page, loser: &Page) {
    for (page, key) in [(winner, "r"), (loser, "s")] {
        page.expect_say(&opponent(WINDOW_MS)).await;
        page.press(key).await;
    }
    expect_beaten((winner, Rock), (loser, Scissors)).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn friends_meet_by_a_link_and_play_a_rematch() {
    let (game, [first, stranger]) = two("10").await;
    stranger.press("Enter").await;
    stranger.expect_say(words::WAITING).await;
    let link = invite(&first).await;
    // The room is in the URL, so a reload keeps it.
    first.reload().await;
    first.expect_say(words::WAITING_FRIEND).await;
    let friend = Browser::start().await.player(&link, Clock::Real).await;
    play(&first, &friend).await;
    for page in [&first, &friend] {
        page.expect("location.hash === ''").await;
        page.expect_text("#other", words::REMATCH).await;
    }
    friend.click("#other").await;
    friend.expect_say(words::WAITING_REMATCH).await;
    first.click("#other").await;
    play(&friend, &first).await;
    first.expect_text("#won", "1").await;
    first.expect_text("#lost", "1").await;
    assert_eq!(stranger.scene().await, "waiting");
    for page in [first, friend, stranger] {
        page.done().await;
    }
    drop(game);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_player_who_waits_alone_can_play_the_bot() {
    let game = LocalSystem::with_window("3");
    let page = ready_at(game.page(), Clock::Real).await;
    page.press("Enter").await;
    page.expect_why(words::OFFER_BOT).await;
    page.click("#other").await;
    let time = words::seconds(3_000);
    page.expect_say(&words::fill(words::AGAINST_BOT, &[("time", &time)]))
        .await;
    page.press("r").await;
    page.expect_why(words::LOCKED).await;
    page.expect("document.body.dataset.scene === 'over' || rounds.children.length > 0")
        .await;
    page.done().await;
}

/// A browser copies a tab's storage when the player duplicates the tab.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_tab_whose_seat_another_took_stops() {
    let game = LocalSystem::with_window("60");
    let first = ready_at(game.page(), Clock::Real).await;
    let copy = ready_at(game.page(), Clock::Real).await;
    let other = ready_at(game.page(), Clock::Real).await;
    for page in [&first, &other] {
        page.press("Enter").await;
    }
    first.expect_scene("round").await;
    let kept = first.value("sessionStorage.getItem('kept')").await;
    copy.value(&format!("sessionStorage.setItem('kept', {kept})"))
        .await;
    copy.reload().await;
    copy.expect_why(words::RESUMED).await;
    first.expect_say(words::REPLACED).await;
    first.expect_scene("stopped").await;
    copy.press("p").await;
    copy.expect_why(words::LOCKED).await;
    for page in [first, copy, other] {
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_link_without_a_valid_room_says_so() {
    let mut server = Server::start().await;
    for fragment in ["#room=", "#room=a%20b"] {
        let url = format!("{}{fragment}", server.url());
        let page = Browser::start().await.player(&url, Clock::Manual).await;
        page.expect_notice(words::BAD_ROOM).await;
        assert_eq!(page.scene().await, "start");
        page.press("Enter").await;
        server.join().await;
        page.done().await;
    }
}

/// A page that waits for a friend, after a script has changed the browser.
async fn inviting(script: &str) -> (Server, Page, ServerSocket) {
    let (mut server, page) = visit::ready().await;
    let script = json!({ "source": script });
    page.tell("Page.addScriptToEvaluateOnNewDocument", script)
        .await;
    page.value("location.hash = '#room=friends'").await;
    server.socket().await;
    page.reload().await;
    let mut socket = server.socket().await;
    socket.expect(&join_room("friends")).await;
    socket.send(&waiting()).await;
    page.expect_say(words::WAITING_FRIEND).await;
    (server, page, socket)
}

const SHARE: &str = "navigator.share = ({ url }) => window.refusal
    ? Promise.reject(new DOMException('no', window.refusal)) : Promise.resolve(window.shared = url);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => navigator.share({ url: text }) } });";

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_link_can_be_shared_copied_and_selected() {
    let (server, page, mut socket) = inviting(SHARE).await;
    let link = json!(format!("{}#room=friends", server.url()));
    page.click("#share").await;
    assert_eq!(page.value("shared").await, link);
    page.value("window.shared = 0").await;
    page.click("#copy").await;
    page.expect_notice(words::COPIED).await;
    assert_eq!(page.value("shared").await, link);
    for button in ["#share", "#copy"] {
        page.value("window.refusal = 'NotAllowedError'").await;
        page.click(button).await;
        page.expect_notice(words::NOT_SHARED).await;
        assert_eq!(page.value("String(getSelection())").await, link);
        page.value("window.refusal = ''").await;
        page.click("#copy").await;
        page.expect_notice(words::COPIED).await;
    }
    page.value("window.refusal = 'AbortError'").await;
    page.click("#share").await;
    page.expect_notice(words::COPIED).await;
    // The focused button disappears.
    socket.send(&started()).await;
    page.expect_scene("round").await;
    page.expect("document.activeElement.id === 'plays'").await;
    page.done().await;

    // Over HTTP, browsers have neither.
    let without = "Object.defineProperty(navigator, 'clipboard', { value: undefined });
        Object.defineProperty(navigator, 'share', { value: undefined });";
    let (_server, page, _socket) = inviting(without).await;
    page.expect("share.hidden && copy.hidden").await;
    page.expect_text("#link", link_at(&page).await.as_str())
        .await;
    page.done().await;
}

async fn link_at(page: &Page) -> String {
    let link = page.value("location.href").await;
    link.as_str().expect("a URL").to_owned()
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_friend_who_never_comes_is_reported() {
    let (_server, page, mut socket) = inviting("").await;
    page.pass(30_000 - TICK_MS).await;
    page.expect_why(words::SEND_LINK).await;
    page.pass(TICK_MS).await;
    page.expect_why(words::NO_FRIEND).await;
    page.click("#other").await;
    socket
        .expect(&json!({ "action": "join-game", "opponent": "bot" }))
        .await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn without_storage_the_page_says_so_and_works() {
    let (mut server, page) = visit::ready().await;
    let without =
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('no') } });";
    page.tell(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": without }),
    )
    .await;
    page.reload().await;
    page.expect_notice(words::NO_STORAGE).await;
    page.press("Enter").await;
    server.join().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn sound_is_off_until_the_player_turns_it_on() {
    let (_server, page) = visit::ready().await;
    page.value(
        "window.tones = 0; window.blocked = true;
        OscillatorNode = class extends OscillatorNode { start(at) { tones += 1; super.start(at); } };
        AudioContext = class extends AudioContext {
            get state() { return window.blocked ? 'suspended' : super.state; }
            resume() { return window.blocked ? Promise.resolve() : super.resume(); }
        }, 0",
    )
    .await;
    page.click("#sound").await;
    page.expect_notice(words::NO_SOUND).await;
    page.expect_attribute("#sound", "aria-pressed", "false")
        .await;
    page.value("window.blocked = false").await;
    page.click("#sound").await;
    page.expect_attribute("#sound", "aria-pressed", "true")
        .await;
    page.expect("tones === 2").await;
    page.click("#sound").await;
    page.expect_attribute("#sound", "aria-pressed", "false")
        .await;
    assert_eq!(page.value("tones").await, 2);
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_hand_starts_a_game_and_is_no_play() {
    let (mut server, page) = visit::ready().await;
    page.double_click("#paper").await;
    let mut socket = server.join().await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    page.click("#paper").await;
    socket.expect(&crate::frames::play(Paper, 1)).await;
    page.done().await;
}
