//! Two pages play each other in the real game.

use rps_game::Outcome::{Abandoned, Lost, Won};
use rps_game::Play;
use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Reason::{NobodyPlayed, OpponentDidNotPlay, OpponentLeft, Plays, YouDidNotPlay};
use rps_game::words::{self, ending, fill};

use crate::clock::Clock;
use crate::page::Page;
use crate::proxy::CuttableProxy;
use crate::rpsctl::LocalSystem;
use crate::visit::{opponent, ready_at};

/// The window in seconds. Both pages must play within it on a busy machine.
const WINDOW_S: &str = "10";
pub(crate) const WINDOW_MS: u64 = 10_000;

/// A game with this window, and two pages that are ready to join.
pub(crate) async fn two(window_s: &str) -> (LocalSystem, [Page; 2]) {
    let game = LocalSystem::with_window(window_s);
    let first = ready_at(game.page(), Clock::Real).await;
    let second = ready_at(game.page(), Clock::Real).await;
    (game, [first, second])
}

/// Expects the result on both pages.
pub(crate) async fn expect_beaten(winner: (&Page, Play), loser: (&Page, Play)) {
    for ((page, you), (_, opponent), outcome) in [(winner, loser, Won), (loser, winner, Lost)] {
        page.expect_say(&ending(outcome, Plays, Some(you), Some(opponent)))
            .await;
        page.expect_attribute("#you", "data-hand", you.into()).await;
        page.expect_attribute("#opponent", "data-hand", opponent.into())
            .await;
        assert_eq!(page.scene().await, "over");
    }
}

/// Lets both join, and waits until the game starts.
async fn meet(first: &Page, second: &Page) {
    first.press("Enter").await;
    first.expect_say(words::WAITING).await;
    // The page shows nothing of an earlier game.
    first
        .expect("!document.querySelector('[aria-pressed=true]')")
        .await;
    second.click("#go").await;
    for page in [first, second] {
        page.expect_say(&opponent(WINDOW_MS)).await;
        page.expect_scene("round").await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_game_has_a_winner_and_a_loser_who_can_play_again() {
    let (_game, [first, second]) = two(WINDOW_S).await;
    meet(&first, &second).await;
    first.press("r").await;
    second.click("#scissors").await;
    for (page, play) in [(&first, Rock), (&second, Scissors)] {
        let text = fill(words::YOU_PLAY, &[("play", &play)]);
        page.expect_say(&text).await;
        page.expect_why(words::LOCKED).await;
        let button = format!("#{play}");
        page.expect_attribute(&button, "aria-pressed", "true").await;
    }
    expect_beaten((&first, Rock), (&second, Scissors)).await;
    for (page, score) in [(&first, ["1", "0"]), (&second, ["0", "1"])] {
        page.expect_text("#won", score[0]).await;
        page.expect_text("#lost", score[1]).await;
    }
    meet(&first, &second).await;
    for page in [first, second] {
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_draw_starts_another_round() {
    let (_game, [first, second]) = two(WINDOW_S).await;
    meet(&first, &second).await;
    for page in [&first, &second] {
        page.press("p").await;
    }
    let drawn = fill(words::DRAWN, &[("round", &1), ("play", &Paper)]);
    for page in [&first, &second] {
        page.expect_say(&drawn).await;
        page.expect_text("#rounds", "1: paper").await;
        // The next round is open at once, and the page still shows the last one.
        page.expect_attribute("#paper", "aria-pressed", "false")
            .await;
        page.expect("say.textContent.startsWith('Round 2: ')").await;
    }
    first.press("s").await;
    second.press("p").await;
    expect_beaten((&first, Scissors), (&second, Paper)).await;
    for page in [first, second] {
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_player_who_does_not_play_loses_and_without_plays_nobody_wins() {
    let (_game, [first, second]) = two(WINDOW_S).await;
    meet(&first, &second).await;
    first.press("r").await;
    let won = ending(Won, OpponentDidNotPlay, Some(Rock), None);
    first.expect_say(&won).await;
    let lost = ending(Lost, YouDidNotPlay, None, Some(Rock));
    second.expect_say(&lost).await;

    meet(&first, &second).await;
    for page in [&first, &second] {
        page.expect_say(&ending(Abandoned, NobodyPlayed, None, None))
            .await;
    }
    first.expect_text("#won", "1").await;
    for page in [first, second] {
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_player_who_leaves_a_game_loses_it() {
    let (_game, [first, second]) = two("60").await;
    first.press("Enter").await;
    first.expect_say(words::WAITING).await;
    // The next player does not meet a player who left the lobby.
    first.click("#leave").await;
    first.expect_say(words::LEFT).await;
    first.expect_scene("start").await;
    second.press("Enter").await;
    second.expect_say(words::WAITING).await;
    first.press("Enter").await;
    for page in [&first, &second] {
        page.expect_say(&opponent(60_000)).await;
    }
    first.press("r").await;
    first.expect_why(words::LOCKED).await;
    // Leave asks, and ignores the second click of a double click.
    second.click("#leave").await;
    second.expect_text("#leave", words::FORFEIT).await;
    let later = "(window.asked ??= Number(time.textContent)) - 1 > Number(time.textContent)";
    second.expect(later).await;
    // The game ends before the end of the round.
    second.click("#leave").await;
    second.expect_say(words::LEFT_GAME).await;
    second.expect_text("#lost", "1").await;
    first
        .expect_say(&ending(Won, OpponentLeft, Some(Rock), None))
        .await;
    for page in [first, second] {
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_player_rejoins_and_resumes_after_a_lost_connection() {
    let game = LocalSystem::with_window("20");
    let proxy = CuttableProxy::to(game.page()).await;
    let first = ready_at(proxy.url(), Clock::Real).await;
    let second = ready_at(game.page(), Clock::Real).await;
    first.press("Enter").await;
    first.expect_say(words::WAITING).await;
    proxy.cut();
    first.expect_scene("lost").await;
    first.expect_say(words::LOST).await;
    proxy.restore();
    // The page reconnects by itself.
    first.expect_say(words::WAITING).await;

    second.press("Enter").await;
    for page in [&first, &second] {
        page.expect_say(&opponent(20_000)).await;
    }
    first.press("r").await;
    first.expect_why(words::LOCKED).await;
    proxy.cut();
    first.expect_say(words::RESUMING).await;
    proxy.restore();
    first.expect_scene("round").await;
    first.expect_why(words::LOCKED).await;
    first
        .expect_attribute("#rock", "aria-pressed", "true")
        .await;
    first.reload().await;
    first.expect_scene("round").await;
    first.expect_why(words::LOCKED).await;
    second.reload().await;
    second.expect_why(words::RESUMED).await;
    second.press("s").await;
    expect_beaten((&first, Rock), (&second, Scissors)).await;
    second.done().await;
    first.done_allowing(&["WebSocket connection to"]).await;
}
