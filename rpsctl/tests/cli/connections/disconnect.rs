//! `rpsctl connections disconnect`: the socket is really closed, and what it leaves is healed.

use rps_game::{Claim, ConnectionId, Seat};
use rps_handlers::ports::{ClaimPlace, Claimed};
use rps_handlers::time::now_ms;
use rps_testkit::wait;

use super::{THEN_MS, connections, haunted, spoil};
use crate::aws::Table;
use crate::golden::Golden;
use crate::player::{Player, pair};
use crate::queues::unread;
use crate::rpsctl::Game;

/// Disconnects what that says, without a question; all goes well, and so many steps are done.
fn disconnect(game: &Game, what: &str, done: usize) {
    let line = format!("disconnect --yes {what}");
    let ended = connections(game.endpoint(), &line).ends(0);
    let last = ended.stdout.lines().last();
    assert_eq!(last, Some(&*format!("{done} done")), "{ended:?}");
    let logged = ended.stderr.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(line["result"], "done", "{line}");
    });
    assert_eq!(logged.count(), done, "{ended:?}");
}

/// Nothing is in the table of that `rpsctl local`.
fn nothing_is_left(game: &Game) {
    let keys = Table::at(game.endpoint(), "rps").keys();
    assert!(keys.is_empty(), "{keys:?}");
}

#[test]
fn what_is_refused() {
    let game = Game::start();
    let table = haunted(&game);
    spoil(&table);
    let before = table.keys();
    let mut golden = Golden::at(game.endpoint());
    golden.run("connections disconnect");
    golden.run("connections disconnect idle --all");
    golden.run("connections disconnect --stale --all");
    golden.run("connections disconnect --all --yes --dry-run");
    golden.run("connections disconnect -idle");
    golden.run("connections list --stale --idle-for 1s");
    golden.run("connections list --idle-for soon");
    golden.run("connections list --limit 0");
    golden.run("connections disconnect idle --stack dev");
    golden.run("connections disconnect idle --stack dev --read-only --yes");
    golden.run_with(
        &[("RPSCTL_READ_ONLY", "1")],
        "connections disconnect --all --stack dev --yes",
    );
    golden.run("connections disconnect idle --stack dev --read-only --dry-run");
    golden.run("connections disconnect idle waiting x joining left idle --stack dev --dry-run");
    golden.run("connections disconnect idle wait x --stack dev --dry-run --output json");
    golden.run("connections disconnect idle nope --stack dev --yes");
    golden.run("connections disconnect half --stack dev --yes");
    table.haunt("idle-too", THEN_MS, None);
    golden.run("connections disconnect idl --stack dev --yes");
    golden.is("connections-refused");
    table.forget("idle-too");
    assert_eq!(table.keys(), before);
}

#[test]
fn what_is_done() {
    let game = Game::start();
    let table = haunted(&game);
    let mut golden = Golden::at(game.endpoint());
    golden.run("connections disconnect idle --stack dev --yes --reason maintenance");
    golden.run("connections disconnect idle --stack dev --yes");
    golden.run("connections disconnect waiting --stack dev --yes --output json");
    golden.run("connections disconnect x --stack dev --yes");
    golden.run("connections disconnect joining --stack dev --yes");
    golden.run("connections disconnect --stale --stack dev --dry-run");
    golden.run("connections disconnect --stale --stack dev --yes --output json");
    golden.is("connections-done");
    assert_eq!(table.keys(), ["C#joining", "OTHER", "STACK"]);
}

/// What does not read is not touched, and neither is the connection that claims it.
#[test]
fn what_does_not_read() {
    let game = Game::start();
    let table = Table::create(game.endpoint(), "rps-dev");
    table.describe(game.url());
    spoil(&table);
    let before = table.keys();
    for what in ["--all", "--stale"] {
        let line = format!("disconnect {what} --stack dev --yes");
        let ended = connections(game.endpoint(), &line).ends(0);
        assert_eq!(ended.stdout, "");
        let left_out = |line: &&str| line.starts_with("left out: ");
        assert_eq!(ended.stderr.lines().filter(left_out).count(), 2);
    }
    assert_eq!(table.keys(), before);
}

#[test]
fn a_player_who_is_idle() {
    let game = Game::start();
    let mut idle = Player::connect(&game);
    disconnect(&game, &format!("-- {}", idle.id), 1);
    idle.is_closed();
    nothing_is_left(&game);
}

#[test]
fn a_player_who_waits_and_then_two_others() {
    let game = Game::start();
    let mut waiting = Player::connect(&game);
    assert_eq!(waiting.join(), "waiting");
    disconnect(&game, &format!("-- {}", waiting.id), 1);
    waiting.is_closed();
    nothing_is_left(&game);
    for mut player in pair(&game) {
        player.hears_the_end("abandoned", "nobody-played");
    }
}

#[test]
fn a_player_of_a_game() {
    let game = Game::with_window("60");
    let [mut first, mut second] = pair(&game);
    disconnect(&game, &format!("-- {}", second.id), 1);
    first.hears_the_end("won", "opponent-left");
    first.is_closed();
    second.is_closed();
    nothing_is_left(&game);
}

#[test]
fn both_players_of_a_game() {
    let game = Game::with_window("60");
    let players = pair(&game);
    let [first, second] = &players;
    disconnect(&game, &format!("-- {} {}", second.id, first.id), 1);
    for mut player in players {
        player.hears_the_end("abandoned", "ended-by-operator");
        player.is_closed();
    }
    nothing_is_left(&game);
}

#[test]
fn everybody() {
    let game = Game::with_window("60");
    let mut idle = Player::connect(&game);
    let players = pair(&game);
    let mut waiting = Player::connect(&game);
    assert_eq!(waiting.join(), "waiting");
    disconnect(&game, "--all", 3);
    idle.is_closed();
    waiting.is_closed();
    for mut player in players {
        player.hears_the_end("abandoned", "ended-by-operator");
        player.is_closed();
    }
    nothing_is_left(&game);
}

#[test]
fn ghosts() {
    let game = Game::with_window("60");
    let table = Table::at(game.endpoint(), "rps");
    let idle = Player::connect(&game);
    let mut opponent = Player::connect(&game);
    let claim = Claim {
        game: "haunted".into(),
        seat: Seat::Second,
        by: "j".into(),
        at_ms: THEN_MS,
    };
    let id = ConnectionId::from(&*opponent.id);
    let claimed = wait(table.table.store.claim_place(&id, &claim, None));
    assert_eq!(claimed, Ok(Claimed::Yes));
    table.play("haunted", ["playing", &opponent.id], now_ms());
    table.haunt("playing", THEN_MS, Some("haunted"));
    table.haunt("waiting", THEN_MS, Some("to-be"));
    table.queue("waiting", "to-be");
    table.haunt("idle", THEN_MS, None);
    // As one that is about to open: API Gateway says the same of it.
    table.haunt("opening", now_ms() + 1_000_000_000, None);
    disconnect(&game, "--stale", 3);
    opponent.hears_the_end("won", "opponent-left");
    opponent.is_closed();
    let mut left = ["C#opening".to_owned(), format!("C#{}", idle.id)];
    left.sort();
    assert_eq!(table.keys(), left);
}

/// Nobody has seen the whole plan, so nothing is done.
#[test]
fn a_reader_that_has_gone() {
    let game = Game::start();
    let table = Table::at(game.endpoint(), "rps");
    table.haunt("ghost", THEN_MS, None);
    let ended = unread(game.endpoint(), "connections disconnect --all --yes");
    assert_eq!(ended.stderr, "");
    assert_eq!(table.keys(), ["C#ghost"]);
}
