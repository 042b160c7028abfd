//! `rpsctl queue pause` and `rpsctl queue resume` pause and resume the mapping, and change nothing else.

use crate::drain_all::SWITCH;
use crate::golden::Golden;
use crate::player::{expect_nobody_played, pair};
use crate::proxy::{not_allowed, refusing};
use crate::queues::{at, local, until};

#[test]
fn the_output_of_a_pause_and_a_resume() {
    let (game, _, queues) = local();
    let mut golden = Golden::at(game.endpoint());
    golden.run("queue resume --yes");
    golden.run("queue pause --dry-run");
    golden.run("--read-only queue pause --dry-run --output json");
    golden.run("queue pause");
    golden.run("--read-only queue pause --yes");
    assert_eq!(queues.state(), "Enabled");
    golden.run("queue pause --yes --reason storm");
    assert_eq!(queues.state(), "Disabled");
    golden.run("queue pause --yes");
    golden.run("queue resume --dry-run");
    golden.run("queue resume");
    golden.run_with(&[("RPSCTL_READ_ONLY", "1")], "queue resume --yes");
    assert_eq!(queues.state(), "Disabled");
    golden.run("queue resume --yes --reason over --output json");
    assert_eq!(queues.state(), "Enabled");
    golden.is("queue-pause");
}

#[test]
fn a_paused_game_ends_after_the_resume() {
    let (game, _, queues) = local();
    at(game.endpoint(), "queue pause --yes").ends(0);
    let players = pair(&game);
    until(|| queues.counts() == [1, 0, 0]);
    at(game.endpoint(), "queue resume --yes").ends(0);
    expect_nobody_played(players);
}

#[test]
fn a_refused_change_leaves_the_mapping_unchanged() {
    let (game, _, queues) = local();
    let url = refusing(game.endpoint(), SWITCH);
    let why = not_allowed("lambda:UpdateEventSourceMapping", "event source mapping");
    for (line, is_on, state) in [
        ("queue pause --yes", true, "Enabled"),
        ("queue resume --yes", false, "Disabled"),
    ] {
        queues.turn(is_on);
        let ended = at(&url, line).ends(3);
        ended.notes(&format!("\nrpsctl: {why}\n"));
        assert_eq!(queues.state(), state, "{line}");
    }
}
