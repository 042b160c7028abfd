//! Pipes, widths and colours of all commands that print data.

use rps_handlers::time::now_ms;

use crate::aws::Table;
use crate::prices::PriceFile;
use crate::queues::{Queues, at, foreign, unread};
use crate::rpsctl::LocalSystem;
use crate::terminal::Terminal;

/// Prices of today, which are never old.
const PRICES: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/never-old.json");
const COST_PRICES: &str = concat!(
    "cost prices --region eu-west-1 --prices ",
    env!("CARGO_TARGET_TMPDIR"),
    "/never-old.json"
);

fn write_prices() {
    let today = time::OffsetDateTime::now_utc().date();
    let file = PriceFile::with("dated", &today.to_string());
    // Atomically, because another test may be reading the file.
    std::fs::rename(file.path(), PRICES).expect("renamed");
}

/// The commands that print data; some of them read one game, one connection and one dead letter.
const READING: [&str; 13] = [
    "games list",
    "games show a",
    "games watch",
    "connections list",
    "connections show L",
    "queue status",
    "dlq list",
    "doctor",
    "cost",
    COST_PRICES,
    "free-tier",
    "completions bash",
    "man",
];

/// Ids with the length of real ids.
const GAME: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
const CONNECTION: &str = "L0SM9cOFvHcCIhw=";

/// A local AWS with a game, a connection and a dead letter.
fn game() -> LocalSystem {
    write_prices();
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.play(GAME, [CONNECTION, "y"], now_ms());
    // The maximum age.
    table.haunt(CONNECTION, now_ms() - 7_100_000, Some(GAME));
    Queues::at(game.endpoint()).bury(&foreign());
    game
}

#[test]
fn a_closed_pipe_is_no_error() {
    let game = game();
    for command in READING {
        for format in ["table", "json"] {
            let line = format!("{command} --output {format}");
            unread(game.endpoint(), &line).quietly();
        }
    }
}

/// The output of a command on a terminal with this number of columns.
fn on_a_terminal(game: &LocalSystem, columns: usize, no_color: &str, command: &str) -> String {
    let endpoint = game.endpoint();
    let terminal = Terminal {
        endpoint,
        columns,
        no_color,
    };
    terminal.run(command, "").stdout
}

#[test]
fn lines_fit_the_terminal() {
    let game = game();
    for command in [
        "games list",
        "games show a",
        "connections list --stale",
        "connections show L",
        "queue status",
        "dlq list",
        "doctor",
    ] {
        for columns in [40, 80] {
            let shown = on_a_terminal(&game, columns, "1", command);
            assert!(shown.lines().count() > 2, "{command}: {shown}");
            // An id or a command on its own line is not wrapped, so that it can be copied.
            let fits = |line: &str| {
                let is_command = line.trim_start().starts_with('`');
                let is_id = line.split_whitespace().count() <= 2;
                line.chars().count() <= columns || is_id || is_command
            };
            assert!(shown.lines().all(fits), "{command} {columns}: {shown}");
            let is_list = command.starts_with("connections list") && columns == 80;
            let is_whole = shown.contains(CONNECTION) && shown.contains(GAME);
            assert!(is_whole || !is_list, "{shown}");
        }
    }
}

#[test]
fn only_terminals_get_colours() {
    let game = game();
    for (no_color, coloured) in [("", true), ("1", false)] {
        let shown = on_a_terminal(&game, 80, no_color, "doctor");
        assert_eq!(shown.contains("\u{1b}["), coloured, "{shown}");
    }
    for command in READING.into_iter().filter(|it| *it != "games watch") {
        let stdout = at(game.endpoint(), command).stdout;
        assert!(
            !stdout.is_empty() && !stdout.contains('\u{1b}'),
            "{command}"
        );
    }
}
