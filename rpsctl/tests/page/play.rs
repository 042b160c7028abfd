//! Two pages play each other, in the real game.

use rps_game::Outcome::{Abandoned, Lost, Won};
use rps_game::Play;
use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::Reason::{NobodyPlayed, OpponentDidNotPlay, OpponentLeft, Plays, YouDidNotPlay};
use rps_game::words::{self, ending, fill};

use crate::clock::Clock;
use crate::line::Line;
use crate::page::Page;
use crate::rpsctl::Game;
use crate::visit::{opponent, ready_at};

/// Seconds to play. Both have to be done within them, on a machine that does much else.
const WINDOW_S: &str = "10";
const WINDOW_MS: u64 = 10_000;

/// A game with that window, and two players who can press Play.
async fn two(window_s: &str) -> (Game, [Page; 2]) {
    let game = Game::with_window(window_s);
    let first = ready_at(game.page(), Clock::Real).await;
    let second = ready_at(game.page(), Clock::Real).await;
    (game, [first, second])
}

/// Each reads that one play beat the other, from its side.
async fn expect_beaten(winner: (&Page, Play), loser: (&Page, Play)) {
    for ((page, you), (_, opponent), outcome) in [(winner, loser, Won), (loser, winner, Lost)] {
        page.expect_say(&ending(outcome, Plays, Some(you), Some(opponent)))
            .await;
        page.expect_attribute("#you", "data-hand", you.into()).await;
        page.expect_attribute("#opponent", "data-hand", opponent.into())
            .await;
        assert_eq!(page.scene().await, "over");
    }
}

/// Lets both join, and waits until both are told of each other.
async fn meet(first: &Page, second: &Page) {
    first.press("Enter").await;
    first.expect_say(words::WAITING).await;
    // Of another game nothing is left.
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
async fn one_wins_and_the_other_loses_and_both_play_again() {
    let (_game, [first, second]) = two(WINDOW_S).await;
    meet(&first, &second).await;
    first.press("r").await;
    second.click("#scissors").await;
    for (page, play) in [(&first, Rock), (&second, Scissors)] {
        let said = fill(words::YOU_PLAY, &[("play", &play)]);
        page.expect_say(&said).await;
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
async fn a_draw_is_played_on() {
    let (_game, [first, second]) = two(WINDOW_S).await;
    meet(&first, &second).await;
    for page in [&first, &second] {
        page.press("p").await;
    }
    let time = words::seconds(WINDOW_MS);
    let next = fill(words::NEXT_ROUND, &[("round", &2), ("time", &time)]);
    let drawn = fill(words::DRAWN, &[("round", &1), ("play", &Paper)]);
    for page in [&first, &second] {
        page.expect_say(&next).await;
        page.expect_why(&drawn).await;
        page.expect_text("#rounds", &drawn).await;
        // It can be played at once, and the round before is still to be seen.
        page.expect_attribute("#paper", "aria-pressed", "false")
            .await;
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
async fn who_does_not_play_in_time_loses_and_two_of_them_have_no_winner() {
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
async fn who_leaves_a_game_gives_it_to_the_other() {
    let (_game, [first, second]) = two("60").await;
    first.press("Enter").await;
    first.expect_say(words::WAITING).await;
    // Who leaves while nobody is there is not met by the next.
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
    // At once: nobody waits for the end of the round.
    second.click("#leave").await;
    second.expect_say(words::LEFT_GAME).await;
    first
        .expect_say(&ending(Won, OpponentLeft, Some(Rock), None))
        .await;
    for page in [first, second] {
        page.done().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn who_loses_the_connection_comes_back() {
    let game = Game::with_window("60");
    let line = Line::to(game.page()).await;
    let first = ready_at(line.url(), Clock::Real).await;
    let second = ready_at(game.page(), Clock::Real).await;
    first.press("Enter").await;
    first.expect_say(words::WAITING).await;
    line.cut();
    first.expect_scene("lost").await;
    first.expect_say(words::LOST).await;
    line.mend();
    // By itself, or sooner.
    first.expect_say(words::WAITING).await;

    second.press("Enter").await;
    for page in [&first, &second] {
        page.expect_say(&opponent(60_000)).await;
    }
    line.cut();
    first.expect_say(words::LOST_GAME).await;
    second
        .expect_say(&ending(Won, OpponentLeft, None, None))
        .await;
    line.mend();
    first.expect_say(words::WAITING).await;
    first.expect_notice(words::LOST_GAME).await;
    second.press("Enter").await;
    for page in [&first, &second] {
        page.expect_say(&opponent(60_000)).await;
    }
    second.done().await;
    first.done_despite(&["WebSocket connection to"]).await;
}
