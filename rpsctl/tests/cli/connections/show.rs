//! `rpsctl connections show` shows a connection and its next step.

use super::{haunted, spoil};
use crate::aws::Table;
use crate::golden::Golden;
use crate::player::Player;
use crate::rpsctl::LocalSystem;

#[test]
fn stored_connections_of_every_state() {
    let game = LocalSystem::start();
    let table = haunted(&game);
    let mut golden = Golden::at(game.endpoint());
    golden.run("connections list --stack dev --stale");
    spoil(&table);
    golden.run("connections list --stack dev --idle-for 1s");
    for id in ["idle", "left-over", "waiting", "x", "joining"] {
        golden.run(&format!("connections show {id} --stack dev"));
    }
    golden.run("connections show wait --stack dev --output json");
    golden.run("connections show i --stack dev --reveal --output json");
    golden.run("connections show half --stack dev");
    golden.run("connections show of-b --stack dev");
    golden.run("connections show nope --stack dev");
    golden.run("connections show idl --stack none");
    golden.is("connections-of-a-stack");
}

#[test]
fn connected_players_of_every_state() {
    let game = LocalSystem::with_window("60");
    let mut idle = Player::connect_with(&game, "bot\u{9b}31m\t\u{202e}red");
    let mut first = Player::connect(&game);
    let mut second = Player::connect(&game);
    let mut waiting = Player::connect_with(&game, &"much".repeat(100));
    assert_eq!(first.join(), "waiting");
    assert_eq!(second.join(), "game-started");
    assert_eq!(waiting.join(), "waiting");
    let mut golden = Golden::at(game.endpoint());
    for player in [&idle, &first, &second, &waiting] {
        golden.run(&format!("connections show -- {}", player.id));
        golden.run(&format!(
            "connections show --reveal --output json -- {}",
            player.id
        ));
    }
    golden.is("connections-players");

    let table = Table::at(game.endpoint(), "rps");
    let id = &idle.id;
    table.forget(id);
    let mut golden = Golden::at(game.endpoint());
    golden.run(&format!("connections show -- {id}"));
    golden.run(&format!("connections show --output json -- {id}"));
    golden.run(&format!("connections disconnect --dry-run -- {id} {id}"));
    golden.run(&format!("connections disconnect --yes -- {id}"));
    golden.is("connections-only-open");
    idle.expect_close();
}
