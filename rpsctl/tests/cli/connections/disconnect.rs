//! `rpsctl connections disconnect` closes sockets, ends games and cleans up the table.

use rps_game::{Claim, ConnectionId, Seat};
use rps_handlers::ports::{ClaimPlace, ClaimResult};
use rps_handlers::time::now_ms;
use rps_testkit::wait;

use super::{THEN_MS, connections, haunted, spoil};
use crate::aws::Table;
use crate::golden::Golden;
use crate::player::{Player, pair};
use crate::proxy::PausedCommand;
use crate::rpsctl::LocalSystem;

/// Disconnects the connections that the arguments select, and checks the number of completed steps.
fn disconnect(game: &LocalSystem, arguments: &str, done: usize) {
    let line = format!("disconnect --yes {arguments}");
    let ended = connections(game.endpoint(), &line).ends(0);
    let last = ended.stdout.lines().last();
    assert_eq!(last, Some(&*format!("{done} done")), "{ended:?}");
    let logged = ended.stderr.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(line["result"], "done", "{line}");
    });
    assert_eq!(logged.count(), done, "{ended:?}");
}

fn assert_empty_table(game: &LocalSystem) {
    let keys = Table::at(game.endpoint(), "rps").keys();
    assert!(keys.is_empty(), "{keys:?}");
}

#[test]
fn refused_and_unconfirmed_commands_change_nothing() {
    let game = LocalSystem::start();
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
fn the_output_of_a_disconnect() {
    let game = LocalSystem::start();
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

#[test]
fn unreadable_items_and_their_connections_are_kept() {
    let game = LocalSystem::start();
    let table = Table::create(game.endpoint(), "rps-dev");
    table.describe(game.url());
    spoil(&table);
    let before = table.keys();
    for option in ["--all", "--stale"] {
        let line = format!("disconnect {option} --stack dev --yes");
        let ended = connections(game.endpoint(), &line).ends(0);
        assert_eq!(ended.stdout, "");
        let is_skipped = |line: &&str| line.starts_with("skipped");
        assert_eq!(ended.stderr.lines().filter(is_skipped).count(), 2);
    }
    assert_eq!(table.keys(), before);
}

#[test]
fn an_unreadable_lobby_is_reported_and_kept() {
    let game = LocalSystem::start();
    let table = haunted(&game);
    table.delete("L#places");
    table.put(&[("pk", "L#places"), ("v", "1")]);
    let before = table.keys();
    for line in [
        "list",
        "list --stale",
        "show idle",
        "disconnect idle --yes",
        "disconnect --all --yes",
        "disconnect --stale --yes",
    ] {
        connections(game.endpoint(), &format!("{line} --stack dev")).says(1, "the item L#places is unreadable: Expected num; wait until its time to live ends, or delete the item");
    }
    assert_eq!(table.keys(), before);
}

#[test]
fn an_idle_player_is_disconnected() {
    let game = LocalSystem::start();
    let mut idle = Player::connect(&game);
    disconnect(&game, &format!("-- {}", idle.id), 1);
    idle.expect_close();
    assert_empty_table(&game);
}

#[test]
fn a_waiting_player_is_disconnected_and_others_can_play() {
    let game = LocalSystem::start();
    let mut waiting = Player::connect(&game);
    assert_eq!(waiting.join(), "waiting");
    disconnect(&game, &format!("-- {}", waiting.id), 1);
    waiting.expect_close();
    assert_empty_table(&game);
    for mut player in pair(&game) {
        player.expect_end("abandoned", "nobody-played");
    }
}

#[test]
fn the_opponent_of_a_disconnected_player_wins() {
    let game = LocalSystem::with_window("60");
    let [mut first, mut second] = pair(&game);
    disconnect(&game, &format!("-- {}", second.id), 1);
    first.expect_end("won", "opponent-left");
    first.expect_close();
    second.expect_close();
    assert_empty_table(&game);
}

#[test]
fn a_game_whose_players_are_both_disconnected_ends() {
    let game = LocalSystem::with_window("60");
    let players = pair(&game);
    let [first, second] = &players;
    disconnect(&game, &format!("-- {} {}", second.id, first.id), 1);
    for mut player in players {
        player.expect_end("abandoned", "ended-by-operator");
        player.expect_close();
    }
    assert_empty_table(&game);
}

#[test]
fn all_players_are_disconnected() {
    let game = LocalSystem::with_window("60");
    let mut idle = Player::connect(&game);
    let players = pair(&game);
    let mut waiting = Player::connect(&game);
    assert_eq!(waiting.join(), "waiting");
    disconnect(&game, "--all", 3);
    idle.expect_close();
    waiting.expect_close();
    for mut player in players {
        player.expect_end("abandoned", "ended-by-operator");
        player.expect_close();
    }
    assert_empty_table(&game);
}

#[test]
fn stale_connections_are_removed() {
    let game = LocalSystem::with_window("60");
    let table = Table::at(game.endpoint(), "rps");
    let idle = Player::connect(&game);
    let mut opponent = Player::connect(&game);
    let claim = Claim {
        game: "haunted".into(),
        seat: Seat::Second,
        by: "j".into(),
        at_ms: THEN_MS,
        room: None,
    };
    let id = ConnectionId::from(&*opponent.id);
    let claimed = wait(table.table.store.claim_place(&id, &claim, None));
    assert_eq!(claimed, Ok(ClaimResult::Yes));
    table.play("haunted", ["playing", &opponent.id], now_ms());
    table.haunt("playing", THEN_MS, Some("haunted"));
    table.haunt("waiting", THEN_MS, None);
    table.queue("waiting", "to-be");
    table.haunt("idle", THEN_MS, None);
    // Like an opening connection: API Gateway does not know it yet.
    table.haunt("opening", now_ms() + 1_000_000_000, None);
    disconnect(&game, "--stale", 3);
    opponent.expect_end("won", "opponent-left");
    opponent.expect_close();
    let mut remaining = ["C#opening".to_owned(), format!("C#{}", idle.id)];
    remaining.sort();
    assert_eq!(table.keys(), remaining);
}

#[test]
fn the_places_of_players_who_no_longer_wait_are_removed() {
    let game = LocalSystem::with_window("60");
    let table = Table::at(game.endpoint(), "rps");
    let [first, second] = pair(&game);
    let mut waiting = Player::connect(&game);
    assert_eq!(waiting.join(), "waiting");
    table.queue("gone", "to-be");
    table.queue(&first.id, "left-over");
    let plan = connections(game.endpoint(), "disconnect --stale").ends(3);
    let mut steps: Vec<_> = plan.stdout.lines().skip(1).collect();
    steps.sort_unstable();
    let mut expected = ["gone", &first.id]
        .map(|id| format!("  remove the place of {id} from the lobby (it no longer waits)"));
    expected.sort_unstable();
    assert_eq!(steps, expected);
    let ended = connections(game.endpoint(), "disconnect --stale --yes").ends(0);
    ended.prints("\n2 done\n");
    for step in [
        r#""do":"clear-lobby","connection":"gone","game":"to-be""#,
        r#""do":"clear-lobby","connection":""#,
    ] {
        assert!(ended.stderr.contains(step), "{ended:?}");
    }
    let ended = connections(game.endpoint(), "disconnect --stale --yes").ends(0);
    assert_eq!(ended.stderr, "no stale connections\n");
    disconnect(&game, &format!("-- {} {}", first.id, second.id), 1);
    let mut joiner = Player::connect(&game);
    assert_eq!(joiner.join(), "game-started");
}

#[test]
fn the_place_of_another_player_is_kept() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.queue("gone", "to-be");
    let line = "connections disconnect --stale --yes";
    let paused = PausedCommand::before(".deleteitem", game.endpoint(), line);
    table.delete("L#places");
    table.queue("new", "another");
    paused.resume().ends(0).prints("1 done");
    assert_eq!(table.keys(), ["L#places"]);
}
