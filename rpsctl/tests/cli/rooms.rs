//! Rooms and the house, as `rpsctl` shows and cleans them.

use serde_json::{Value, json};

use crate::aws::Table;
use crate::connections::connections;
use crate::player::Player;
use crate::queues::{at, local};
use crate::rpsctl::{Ended, LocalSystem, run};

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).expect("JSON")
}

#[test]
fn rooms_are_shown() {
    let game = LocalSystem::with_window("60");
    let [mut waiting, mut first, mut second] = [(); 3].map(|()| Player::connect(&game));
    assert_eq!(waiting.join_room("alone"), "waiting");
    assert_eq!(first.join_room("ours"), "waiting");
    assert_eq!(second.join_room("ours"), "game-started");
    let id = &waiting.id;
    let shown = connections(game.endpoint(), &format!("show -- {id}")).quietly();
    for text in [
        "waiting in room alone",
        "the next player who joins room alone",
    ] {
        assert!(shown.stdout.contains(text), "{text}: {shown:?}");
    }
    let listed = connections(game.endpoint(), "list --output json").quietly();
    let mut rooms: Vec<Value> = listed.stdout.lines().map(parsed).collect();
    rooms.sort_by_key(|row| row["place"].to_string());
    let rooms: Vec<_> = rooms
        .iter()
        .map(|row| [&row["place"], &row["room"]])
        .collect();
    let expected = [
        ["playing", "ours"],
        ["playing", "ours"],
        ["waiting", "alone"],
    ];
    assert_eq!(json!(rooms), json!(expected));

    let listed = at(game.endpoint(), "games list --output json").quietly();
    let listed = parsed(&listed.stdout);
    assert_eq!(listed["room"], "ours");
    let game_id = listed["game"].as_str().expect("an id");
    let shown = at(game.endpoint(), &format!("games show {game_id}")).quietly();
    assert!(shown.stdout.contains("room     ours\n"), "{shown:?}");
    let disconnected = connections(game.endpoint(), &format!("disconnect --yes -- {id}"));
    disconnected.ends(0);
    let keys = Table::at(game.endpoint(), "rps").keys();
    assert!(!keys.iter().any(|key| key.starts_with("R#")), "{keys:?}");
}

#[test]
fn the_house_is_shown() {
    let game = LocalSystem::with_window("60");
    let mut player = Player::connect(&game);
    assert_eq!(player.join_house(), "bot");
    let listed = at(game.endpoint(), "games list --output json").quietly();
    let listed = parsed(&listed.stdout);
    assert_eq!(
        [&listed["opponent"], &listed["plays"]],
        [&json!("bot"), &json!(1)]
    );
    let id = listed["game"].as_str().expect("an id");
    let shown = at(game.endpoint(), &format!("games show {id}")).quietly();
    assert!(shown.stdout.contains("player 2 the house\n"), "{shown:?}");
    let shown = at(game.endpoint(), &format!("games show {id} --output json")).quietly();
    let house = &parsed(&shown.stdout)["players"][1];
    assert_eq!(
        *house,
        json!({"connection": null, "connected": null, "played": true})
    );
    at(game.endpoint(), &format!("games end {id} --yes")).ends(0);
    player.expect_end("abandoned", "ended-by-operator");
}

#[test]
fn stale_players_are_removed_from_rooms() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.queue_in_room("gone", "g", "left");
    assert_eq!(table.keys(), ["R#left"]);
    let checked = at(game.endpoint(), "doctor --output json").ends(4);
    assert!(
        checked.stdout.contains("1 lobby place is orphaned"),
        "{checked:?}"
    );
    connections(game.endpoint(), "disconnect --stale --yes").ends(0);
    assert_eq!(table.keys(), Vec::<String>::new());
}

#[test]
fn a_leftover_place_of_a_player_in_a_room_is_removed() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    let mut player = Player::connect(&game);
    assert_eq!(player.join_room("moved"), "waiting");
    table.queue(&player.id, "g");
    let checked = at(game.endpoint(), "doctor --output json").ends(4);
    assert!(
        checked.stdout.contains("1 lobby place is orphaned"),
        "{checked:?}"
    );
    connections(game.endpoint(), "disconnect --stale --yes").ends(0);
    assert_eq!(
        table.keys(),
        [format!("C#{}", player.id), "R#moved".to_owned()]
    );
}

#[test]
fn round_timers_of_rooms_are_classified() {
    let (game, _, queues) = local();
    queues.bury(r#"{"v":2,"game":"gone","round":2,"deadline_ms":3,"room":"r"}"#);
    let listed = at(game.endpoint(), "dlq list --output json").quietly();
    let row = parsed(&listed.stdout);
    let fields = [&row["game"], &row["round"], &row["redrive"]];
    assert_eq!(json!(fields), json!(["gone", 2, "nothing"]));
    at(game.endpoint(), "dlq purge --yes").ends(0);
    assert_eq!(at(game.endpoint(), "dlq list").ends(0).stdout, "");
}

/// Runs `rpsctl bots`, six at a time.
fn bots(game: &LocalSystem, options: &str) -> Ended {
    let line = format!("bots --url {} --concurrency 6 {options}", game.url());
    run(line.split(' '))
}

/// Lets bots play six games without problems, and returns their report.
fn six_games(game: &LocalSystem, rates: &str) -> Value {
    let ended = bots(game, &format!("--games 6 --output json {rates}"));
    let report = parsed(&ended.quietly().stdout);
    for (name, value) in [
        ("games", json!(6)),
        ("lost_games", json!([])),
        ("contradictory_games", json!([])),
        ("one_sided_games", json!(0)),
        ("errors", json!({})),
    ] {
        assert_eq!(report[name], value, "{name}: {report}");
    }
    report
}

#[test]
fn bots_meet_in_rooms() {
    let game = LocalSystem::start();
    let report = six_games(&game, "--room-rate 1");
    assert_eq!(report["bot_games"], 0, "{report}");
}

#[test]
fn bots_play_against_the_house() {
    let game = LocalSystem::start();
    let report = six_games(&game, "--bot-rate 1");
    assert_eq!([&report["bot_games"], &report["connections"]], [6, 6]);
    let report = six_games(&game, "--bot-rate 0.5 --room-rate 0.5");
    let number = |name: &str| report[name].as_u64().expect("a number");
    assert_eq!(number("connections"), 12 - number("bot_games"), "{report}");
    let table = bots(&game, "--games 1 --bot-rate 1").quietly().stdout;
    let row = table.lines().find(|row| row.contains("against the house"));
    assert!(row.is_some_and(|row| row.contains("┆ 1 ")), "{table}");
}

#[test]
fn bots_resume_their_games() {
    // On a busy machine, a resume may take most of a second: the play after it would be too late.
    let game = LocalSystem::with_window("4");
    for (rates, seats) in [("--resume-rate 1", 12), ("--resume-rate 1 --bot-rate 1", 6)] {
        let report = six_games(&game, rates);
        let counts = [&report["resumes"], &report["connections"]];
        assert_eq!(counts, [seats, 2 * seats], "{rates}: {report}");
    }
}

#[test]
fn invalid_rates_are_refused() {
    let game = LocalSystem::start();
    for rate in ["2", "-1", "NaN", "half"] {
        for option in ["room", "bot", "resume"] {
            let refused = bots(&game, &format!("--games 1 --{option}-rate={rate}"));
            refused
                .ends(2)
                .notes("use a number from 0 to 1, such as 0.5");
        }
    }
    bots(&game, "--games 1 --room-rate 0.7 --bot-rate 0.5").says(
        2,
        "--room-rate 0.7 plus --bot-rate 0.5 exceeds 1, but no game is both in a room and against the house: lower one of \
         the rates",
    );
}
