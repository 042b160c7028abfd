//! How a page handles messages, and which messages it sends.

use rps_game::Outcome::{Abandoned, Drawn, Lost, Won};
use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Reason::{self, DrawLimit, EndedByOperator, Plays};
use rps_game::words::{self, ending, fill, refusal};
use rps_game::{ErrorCode, Play};
use serde_json::{Value, json};
use strum::VariantArray;

use crate::clock::{Clock, HASTY_MS, TICK_MS};
use crate::frames::{WINDOW_MS, drawn, over, play, received, refused, started, waiting};
use crate::page::Page;
use crate::server::ServerSocket;
use crate::visit;

/// How long a page waits before it sends a failed message again, plus a tick.
const RESEND_MS: u64 = 600;

/// How long after the end of a round a page reports that the result is late.
const LATE_MS: u64 = 10_000;

/// How long after the end of a game a page closes the connection itself.
const HANG_UP_MS: u64 = 5_000;

/// Plays, and confirms the play by the server.
async fn play_and_confirm(page: &Page, socket: &mut ServerSocket, hand: Play, round: u32) {
    let key = hand.to_string()[..1].to_owned();
    page.press(&key).await;
    socket.expect(&play(hand, round)).await;
    socket.send(&received(hand, round)).await;
    page.expect_say(&fill(words::YOU_PLAY, &[("play", &hand)]))
        .await;
    page.expect_why(words::LOCKED).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_page_shows_every_ending() {
    let (mut server, page) = visit::ready().await;
    let endings = Reason::VARIANTS.iter().map(|&reason| match reason {
        Plays => (Lost, reason, [Some(Rock), Some(Paper)]),
        Reason::OpponentDidNotPlay => (Won, reason, [Some(Rock), None]),
        Reason::YouDidNotPlay => (Lost, reason, [None, Some(Scissors)]),
        Reason::NobodyPlayed | EndedByOperator => (Abandoned, reason, [None; 2]),
        Reason::OpponentLeft => (Won, reason, [Some(Paper), None]),
        DrawLimit => (Drawn, reason, [Some(Rock); 2]),
    });
    // The text for `plays` depends on the plays.
    let more = [(Won, Scissors, Paper), (Lost, Scissors, Rock)]
        .map(|(outcome, you, opponent)| (outcome, Plays, [Some(you), Some(opponent)]));
    for (outcome, reason, hands) in endings.chain(more) {
        page.press("Enter").await;
        let mut socket = server.join().await;
        socket.send(&started()).await;
        socket.send(&over(outcome, reason, hands)).await;
        page.expect_say(&ending(outcome, reason, hands[0], hands[1]))
            .await;
        for (place, hand) in ["#you", "#opponent"].into_iter().zip(hands) {
            let hand = hand.map_or("none".to_owned(), |hand| hand.to_string());
            page.expect_attribute(place, "data-hand", &hand).await;
        }
        socket.close(1000).await;
    }
    for (id, count) in [("#won", "3"), ("#lost", "3"), ("#drawn", "1")] {
        page.expect_text(id, count).await;
    }
    // The score stays for this visit in this tab.
    page.reload().await;
    page.expect_text("#won", "3").await;
    let other = visit::ready_at(server.url(), Clock::Manual).await;
    other.expect_text("#won", "0").await;
    page.done().await;
    other.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn only_the_first_key_is_sent() {
    let (_server, page, mut socket) = visit::playing().await;
    // The browser's own shortcuts and other keys are no plays.
    for keys in ["Control+p", "Alt+p", "Meta+s", "x", "Escape"] {
        page.press(keys).await;
    }
    // A key that was down before the round began is no play either.
    page.repeat("s").await;
    page.hold("r", 3).await;
    for keys in ["s", "R", "Shift+P"] {
        page.press(keys).await;
    }
    page.click("#paper").await;
    socket.expect(&play(Rock, 1)).await;
    socket.send(&received(Rock, 1)).await;
    page.expect_why(words::LOCKED).await;
    page.click("#leave").await;
    page.pass(HASTY_MS).await;
    page.click("#leave").await;
    socket.ended().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn unknown_repeated_and_outdated_messages_change_nothing() {
    let (server, page, mut socket) = visit::playing().await;
    socket.send(&waiting()).await;
    socket
        .send(&json!({ "type": "weather", "is": "fine" }))
        .await;
    play_and_confirm(&page, &mut socket, Rock, 1).await;
    // A repeat, and a message about another round.
    socket.send(&started()).await;
    socket.send(&received(Paper, 7)).await;
    page.expect_frames(6).await;
    assert_eq!(page.value("rock.ariaPressed").await, "true");
    let mut fields = drawn(Rock, 1);
    fields["spectators"] = json!([1, 2, 3]);
    socket.send(&fields).await;
    socket.send(&drawn(Rock, 1)).await;
    page.expect_frames(8).await;
    play_and_confirm(&page, &mut socket, Paper, 2).await;
    socket.send(&drawn(Rock, 1)).await;
    page.expect_frames(10).await;
    assert_eq!(page.value("paper.ariaPressed").await, "true");
    let end = over(Won, Plays, [Some(Paper), Some(Rock)]);
    for _ in 0..3 {
        socket.send(&end).await;
    }
    socket.send(&waiting()).await;
    page.expect_say(&ending(Won, Plays, Some(Paper), Some(Rock)))
        .await;
    socket.close(1000).await;
    assert_eq!(page.scene().await, "over");
    page.expect_text("#won", "1").await;
    assert_eq!(
        page.value("testHistory.scene.all").await,
        json!(["", "start", "connecting", "round", "over"])
    );
    assert_eq!(page.value("testHistory.notice.all").await, json!([""]));
    assert_eq!(server.attempts(), 1);
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn unreadable_messages_show_a_notice_and_are_ignored() {
    let (_server, page, mut socket) = visit::playing().await;
    let mut incomplete = drawn(Rock, 1);
    incomplete["next_round"] = Value::Null;
    for (round, nonsense) in (1..).zip([
        "not JSON".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        incomplete.to_string(),
        r#"{"type":"game-over","game":"game","outcome":"won","reason":"plays","you":"well","opponent":null}"#
            .to_owned(),
    ]) {
        socket.send_text(&nonsense).await;
        page.expect_notice(words::UNREADABLE).await;
        play_and_confirm(&page, &mut socket, Rock, round).await;
        page.expect_notice("").await;
        socket.send(&drawn(Rock, round)).await;
        let count = format!("document.querySelectorAll('#rounds li').length === {round}");
        page.expect(&count).await;
    }
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_page_shows_every_refusal() {
    for code in [
        ErrorCode::NotInAGame,
        ErrorCode::AlreadyPlayed,
        ErrorCode::TooLate,
        ErrorCode::BadRequest,
        ErrorCode::UnknownAction,
    ] {
        let (_server, page, mut socket) = visit::playing().await;
        page.press("r").await;
        socket.expect(&play(Rock, 1)).await;
        socket.send(&refused(code)).await;
        let late = fill(words::NOT_IN_TIME, &[("play", &Rock)]);
        let notice = match code {
            ErrorCode::TooLate => &late,
            _ => refusal(code),
        };
        page.expect_notice(notice).await;
        assert_eq!(page.scene().await, "round");
        page.done().await;
    }
    // Refusals of a join.
    let (_server, page, mut socket) = visit::joining().await;
    socket.send(&refused(ErrorCode::AlreadyWaiting)).await;
    page.expect_say(words::WAITING).await;
    page.done().await;
    let (_server, page, mut socket) = visit::joining().await;
    socket.send(&refused(ErrorCode::AlreadyInAGame)).await;
    page.expect_notice(refusal(ErrorCode::AlreadyInAGame)).await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    page.done().await;
    let (_server, page, mut socket) = visit::joining().await;
    socket.send(&refused(ErrorCode::BadRequest)).await;
    page.expect_say(refusal(ErrorCode::BadRequest)).await;
    page.expect_scene("stopped").await;
    socket.ended().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_message_is_sent_again_after_a_temporary_error() {
    let (_server, page, mut socket) = visit::joining().await;
    socket.send(&refused(ErrorCode::TryAgain)).await;
    page.expect_notice(refusal(ErrorCode::TryAgain)).await;
    let join = json!({ "action": "join-game" });
    page.pass(RESEND_MS).await;
    socket.expect(&join).await;
    // An error of API Gateway has no type.
    let gateway_error =
        json!({ "message": "Internal server error", "connectionId": "x", "requestId": "y" });
    socket.send(&gateway_error).await;
    page.expect_frames(2).await;
    // The delay grows, because the server may be overloaded.
    page.pass(RESEND_MS).await;
    socket.send(&json!({ "type": "nothing-yet" })).await;
    page.expect_frames(3).await;
    page.pass(RESEND_MS).await;
    socket.expect(&join).await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    page.press("s").await;
    socket.expect(&play(Scissors, 1)).await;
    socket.send(&refused(ErrorCode::TryAgain)).await;
    page.expect_frames(5).await;
    page.pass(RESEND_MS).await;
    socket.expect(&play(Scissors, 1)).await;
    socket.send(&received(Scissors, 1)).await;
    page.expect_why(words::LOCKED).await;
    page.expect_notice("").await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn after_its_window_a_round_takes_no_play_and_shows_a_late_result() {
    let (server, page, mut socket) = visit::playing().await;
    page.pass(WINDOW_MS).await;
    assert_eq!(page.value("time.textContent").await, "0");
    page.pass(TICK_MS).await;
    page.expect_say(words::TIME_UP).await;
    page.press("r").await;
    page.click("#paper").await;
    page.pass(LATE_MS).await;
    page.expect_why(words::LATE).await;
    // A join makes the server send a lost round timer again.
    socket.expect(&json!({"action": "join-game"})).await;
    socket.send(&refused(ErrorCode::AlreadyInAGame)).await;
    let nobody = Reason::NobodyPlayed;
    socket.send(&over(Abandoned, nobody, [None; 2])).await;
    page.expect_say(&ending(Abandoned, nobody, None, None))
        .await;
    // The server does not close the connection, so the page does.
    page.pass(HANG_UP_MS + TICK_MS).await;
    socket.ended().await;
    assert_eq!(server.attempts(), 1);
    page.done().await;
}
