//! How a person at a terminal, and a script, confirm a plan.

use rps_handlers::time::now_ms;

use crate::aws::{THEN_MS, Table};
use crate::queues::{at, foreign, local};
use crate::rpsctl::{Ended, LocalSystem};
use crate::terminal::Terminal;

/// Runs a command while a person types the name of the local system.
fn confirm(game: &LocalSystem, line: &str) -> Ended {
    let terminal = Terminal {
        endpoint: game.endpoint(),
        columns: 80,
        no_color: "1",
    };
    terminal.run(line, "local\n")
}

#[test]
fn scripts_need_full_ids() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.start("here", THEN_MS, [None, None]);
    table.haunt("ghost", THEN_MS, None);
    for (command, prefix, id) in [
        ("games end", "h", "here"),
        ("connections disconnect", "gho", "ghost"),
    ] {
        at(game.endpoint(), &format!("{command} {prefix} --yes")).says(
            2,
            &format!("nothing was changed: --yes requires full ids, and {prefix} is only a prefix of {id}; pass {id}"),
        );
    }
    assert_eq!(table.keys(), ["C#ghost", "G#here"]);
}

/// The plan shows the full id, so a person may type a prefix. A progress bar replaces the log.
#[test]
fn a_terminal_shows_totals_and_progress() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.start("here", THEN_MS, [None, None]);
    let ended = confirm(&game, "games end he").ends(0);
    ended.prints("Type the stack's name, local, to end 1 game and notify 2 players: ");
    ended.prints("0 of 1 steps");
    ended.prints("1 done");
    assert!(!ended.stdout.contains("action"), "{ended:?}");
    assert!(!table.has("G#here"), "{ended:?}");
}

#[test]
fn two_prefixes_of_a_game_end_it_once() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.start("here", THEN_MS, [None, None]);
    let ended = confirm(&game, "games end here he").ends(0);
    ended.prints("to end 1 game and notify 2 players: ");
    ended.prints("0 of 1 steps");
    assert!(ended.stdout.trim_end().ends_with("1 done"), "{ended:?}");
    assert!(!table.has("G#here"), "{ended:?}");
}

#[test]
fn a_terminal_shows_refused_steps() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.haunt("joining", now_ms() + 1_000_000_000, Some("soon"));
    let ended = confirm(&game, "connections disconnect join").ends(3);
    ended.prints("to disconnect 1 player: ");
    ended.prints("refused: close joining (joining, so this step will be refused");
    assert!(!ended.stdout.contains("action"), "{ended:?}");
}

#[test]
fn a_person_confirms_the_deletion_of_messages() {
    let (game, _, queues) = local();
    queues.turn(false);
    queues.send(&foreign());
    let ended = confirm(&game, "queue drain").ends(0);
    ended.prints("to delete 1 message: ");
    assert_eq!(queues.counts(), [0; 3]);
}
