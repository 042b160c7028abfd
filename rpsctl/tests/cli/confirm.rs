//! How a person at a terminal, and a script, confirm a plan.

use rps_handlers::time::now_ms;

use crate::aws::{THEN_MS, Table};
use crate::proxy::{ChangeAnswer, changed};
use crate::queues::{at, foreign, local, round_timer, stranded};
use crate::rpsctl::{Ended, LocalSystem, run_with};
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
    let location = format!("account 000000000000, us-east-1, {}", game.endpoint());
    ended.prints(&format!("The plan for local ({location}):"));
    ended.prints(&format!(
        "Type the stack's name, local, to end 1 game and notify 2 players ({location}): "
    ));
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
    ended.prints("to end 1 game and notify 2 players (");
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
    ended.prints("to disconnect 1 player (");
    ended.prints("refused: close joining (joining, so this step will be refused");
    assert!(!ended.stdout.contains("action"), "{ended:?}");
}

#[test]
fn a_person_confirms_the_deletion_of_messages() {
    let (game, _, queues) = local();
    queues.turn(false);
    queues.send(&foreign());
    let ended = confirm(&game, "queue drain").ends(0);
    ended.prints("to delete 1 message (");
    assert_eq!(queues.counts(), [0; 3]);
}

/// Each command has something to change.
#[test]
fn a_change_in_an_unexpected_account_is_refused() {
    let (game, table, queues) = local();
    queues.turn(false);
    table.keep(&stranded("stuck"));
    queues.send(&round_timer("gone", 2, THEN_MS));
    queues.bury(&foreign());
    let refusal = "nothing was changed: local is in the account 000000000000, but --expect-account or \
                   RPSCTL_EXPECT_ACCOUNT allows only 123456789012; check --profile and --stack";
    let env = [
        ("AWS_ENDPOINT_URL", game.endpoint()),
        ("RPSCTL_EXPECT_ACCOUNT", "123456789012"),
    ];
    for line in [
        "games end stuck --yes",
        "games end stuck --dry-run",
        "connections disconnect x --yes",
        "queue drain --yes",
        "queue drain --all --yes",
        "queue resume --yes",
        "dlq purge --all --yes",
        "dlq redrive --yes",
    ] {
        run_with(&env, line.split(' ')).says(3, refusal);
    }
    at(
        game.endpoint(),
        "games end stuck --yes --expect-account 123456789012",
    )
    .says(3, refusal);
    assert!(table.has("G#stuck"));
    assert_eq!([queues.counts(), queues.dead()], [[1, 0, 0]; 2]);
    assert_eq!(queues.receive(), ["1"]);
    for id in ["", "12345678901", "12345678901x", "1234567890123"] {
        let line = ["games", "list", "--local", "--expect-account", id];
        let ended = run_with(&[], line).ends(2);
        ended.notes("use the 12 digits of an AWS account id");
    }
}

/// AWS names the account in the table's ARN.
#[test]
fn plans_and_actions_have_the_account_and_the_endpoint() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.start("here", THEN_MS, [None, None]);
    let url = changed(game.endpoint(), ".describetable\r\n", |answer| {
        answer.replace(":000000000000:", ":123456789012:");
    });
    let line = "games end here --yes --output json --expect-account 123456789012";
    let ended = at(&url, line).ends(0);
    let target = format!(
        r#""stack":"local","account":"123456789012","region":"us-east-1","endpoint":"{url}","do":"end-game","#
    );
    ended.prints(&format!(r#""kind":"plan",{target}"#));
    ended.notes(&target);
}
