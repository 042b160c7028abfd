//! The reader of stdout goes away while a command changes the target.

use crate::aws::{THEN_MS, Table};
use crate::proxy::PausedCommand;
use crate::queues::{foreign, local, unread};
use crate::rpsctl::LocalSystem;

/// More games than rpsctl ends at a time.
const MANY: usize = 40;

#[test]
fn a_plan_without_a_reader_changes_nothing() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.start("here", THEN_MS, [None, None]);
    table.haunt("ghost", THEN_MS, None);
    for command in ["games end here", "connections disconnect ghost"] {
        for format in ["table", "json"] {
            let line = format!("{command} --output {format}");
            unread(game.endpoint(), &format!("{line} --yes")).says(1, "nothing was changed: cannot print the plan: Broken pipe (os error 32); keep stdout open until the command ends");
            unread(game.endpoint(), &format!("{line} --dry-run")).quietly();
        }
    }
    assert_eq!(table.keys(), ["C#ghost", "G#here"]);
}

#[test]
fn no_step_starts_after_the_reader_has_gone() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    let ids: Vec<_> = (0..MANY).map(|id| format!("game-{id}")).collect();
    for id in &ids {
        table.start(id, THEN_MS, [None, None]);
    }
    let line = format!("games end --yes {}", ids.join(" "));
    let mut paused = PausedCommand::before("updateitem", game.endpoint(), &line);
    paused.stop_reading();
    let ended = paused.resume().ends(1);
    let left = table.keys().len();
    let done = MANY - left;
    assert!(left > 0, "{ended:?}");
    ended.notes(&format!("\nrpsctl: cannot print the results ({done} done; {left} not started because of the interruption; run the command again): Broken pipe (os error 32); keep stdout open until the command ends\n"));
}

#[test]
fn results_without_a_reader_are_an_error() {
    let (game, _, queues) = local();
    queues.bury(&foreign());
    let mut paused =
        PausedCommand::before("startmessagemovetask", game.endpoint(), "dlq redrive --yes");
    paused.stop_reading();
    let ended = paused.resume().ends(1);
    ended.notes("\nrpsctl: cannot print the results (1 of 1 moved): Broken pipe (os error 32)");
}
