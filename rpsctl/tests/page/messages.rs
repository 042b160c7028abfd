//! What a page makes of what it is told, and what it says.

use rps_game::Outcome::{Abandoned, Drawn, Lost, Won};
use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Reason::{self, DrawLimit, EndedByOperator, Plays};
use rps_game::words::{self, ending, fill, refusal};
use rps_game::{ErrorCode, Play};
use serde_json::{Value, json};
use strum::VariantArray;

use crate::clock::{Clock, TICK_MS};
use crate::frames::{WINDOW_MS, drawn, over, play, received, refused, started, waiting};
use crate::page::Page;
use crate::server::Socket;
use crate::visit;

/// How long it waits before it sends again what failed, and a tick.
const RESEND_MS: u64 = 600;

/// How long after the end of a round it says that it is late.
const LATE_MS: u64 = 10_000;

/// How long after the end of a game it ends the connection itself.
const HANG_UP_MS: u64 = 5_000;

/// Plays, and lets the server say that it is received.
async fn plays(page: &Page, socket: &mut Socket, chosen: Play, round: u32) {
    let key = chosen.to_string()[..1].to_owned();
    page.press(&key).await;
    socket.expect(&play(chosen, round)).await;
    socket.send(&received(chosen, round)).await;
    page.expect_say(&fill(words::YOU_PLAY, &[("play", &chosen)]))
        .await;
    page.expect_why(words::LOCKED).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn every_ending_is_told_in_words() {
    let (mut server, page) = visit::ready().await;
    let endings = Reason::VARIANTS.iter().map(|&reason| match reason {
        Plays => (Lost, reason, [Some(Rock), Some(Paper)]),
        Reason::OpponentDidNotPlay => (Won, reason, [Some(Rock), None]),
        Reason::YouDidNotPlay => (Lost, reason, [None, Some(Scissors)]),
        Reason::NobodyPlayed | EndedByOperator => (Abandoned, reason, [None; 2]),
        Reason::OpponentLeft => (Won, reason, [Some(Paper), None]),
        DrawLimit => (Drawn, reason, [Some(Rock); 2]),
    });
    // What is to be said of plays depends on which they are.
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
    // What was won stays won, in this tab and for this visit.
    page.reload().await;
    page.expect_text("#won", "3").await;
    let other = visit::ready_at(server.url(), Clock::Held).await;
    other.expect_text("#won", "0").await;
    page.done().await;
    other.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_first_key_is_final_and_one_message() {
    let (_server, page, mut socket) = visit::playing().await;
    // Not a play: what the browser itself is told by.
    for keys in ["Control+p", "Alt+p", "Meta+s", "x", "Escape"] {
        page.press(keys).await;
    }
    // Nor a key that was down before the round began.
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
    socket.ended().await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn what_is_new_repeated_or_overtaken_changes_nothing() {
    let (server, page, mut socket) = visit::playing().await;
    socket.send(&waiting()).await;
    socket
        .send(&json!({ "type": "weather", "is": "fine" }))
        .await;
    plays(&page, &mut socket, Rock, 1).await;
    // The same again, and what is about another round.
    socket.send(&started()).await;
    socket.send(&received(Paper, 7)).await;
    page.expect_heard(6).await;
    assert_eq!(page.value("rock.ariaPressed").await, "true");
    let mut fields = drawn(Rock, 1);
    fields["spectators"] = json!([1, 2, 3]);
    socket.send(&fields).await;
    socket.send(&drawn(Rock, 1)).await;
    page.expect_heard(8).await;
    plays(&page, &mut socket, Paper, 2).await;
    socket.send(&drawn(Rock, 1)).await;
    page.expect_heard(10).await;
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
        page.value("testTold.scene.all").await,
        json!(["", "start", "connecting", "round", "over"])
    );
    assert_eq!(page.value("testTold.notice.all").await, json!([""]));
    assert_eq!(server.attempts(), 1);
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn what_makes_no_sense_is_named_and_ignored() {
    let (_server, page, mut socket) = visit::playing().await;
    let mut lacking = drawn(Rock, 1);
    lacking["next_round"] = Value::Null;
    for (round, nonsense) in (1..).zip([
        "not JSON".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        lacking.to_string(),
        r#"{"type":"game-over","game":"game","outcome":"won","reason":"plays","you":"well","opponent":null}"#
            .to_owned(),
    ]) {
        socket.send_text(&nonsense).await;
        page.expect_notice(words::UNREADABLE).await;
        plays(&page, &mut socket, Rock, round).await;
        page.expect_notice("").await;
        socket.send(&drawn(Rock, round)).await;
        let count = format!("document.querySelectorAll('#rounds li').length === {round}");
        page.expect(&count).await;
    }
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn every_refusal_is_told_in_words() {
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
        page.expect_notice(refusal(code)).await;
        assert_eq!(page.scene().await, "round");
        page.done().await;
    }
    // Of a join.
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
async fn what_failed_in_passing_is_sent_again() {
    let (_server, page, mut socket) = visit::joining().await;
    socket.send(&refused(ErrorCode::TryAgain)).await;
    page.expect_notice(refusal(ErrorCode::TryAgain)).await;
    let join = json!({ "action": "join-game" });
    page.pass(RESEND_MS).await;
    socket.expect(&join).await;
    // What API Gateway says itself has no type.
    let own = json!({ "message": "Internal server error", "connectionId": "x", "requestId": "y" });
    socket.send(&own).await;
    page.expect_heard(2).await;
    // Less and less often: it may be that too many ask.
    page.pass(RESEND_MS).await;
    socket.send(&json!({ "type": "nothing-yet" })).await;
    page.expect_heard(3).await;
    page.pass(RESEND_MS).await;
    socket.expect(&join).await;
    socket.send(&started()).await;
    page.expect_scene("round").await;
    page.press("s").await;
    socket.expect(&play(Scissors, 1)).await;
    socket.send(&refused(ErrorCode::TryAgain)).await;
    page.expect_heard(5).await;
    page.pass(RESEND_MS).await;
    socket.expect(&play(Scissors, 1)).await;
    socket.send(&received(Scissors, 1)).await;
    page.expect_why(words::LOCKED).await;
    page.expect_notice("").await;
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_round_whose_time_is_up_takes_no_play_and_says_when_it_is_late() {
    let (server, page, mut socket) = visit::playing().await;
    page.pass(WINDOW_MS).await;
    assert_eq!(page.value("time.textContent").await, "0");
    page.pass(TICK_MS).await;
    page.expect_say(words::TIME_UP).await;
    page.press("r").await;
    page.click("#paper").await;
    page.pass(LATE_MS).await;
    page.expect_why(words::LATE).await;
    let nobody = Reason::NobodyPlayed;
    socket.send(&over(Abandoned, nobody, [None; 2])).await;
    page.expect_say(&ending(Abandoned, nobody, None, None))
        .await;
    // The server does not hang up, so the page does.
    page.pass(HANG_UP_MS + TICK_MS).await;
    socket.ended().await;
    assert_eq!(server.attempts(), 1);
    page.done().await;
}
