//! Rooms and the house, as `rpsctl` shows and cleans them.

use serde_json::{Value, json};

use crate::aws::Table;
use crate::connections::connections;
use crate::player::Player;
use crate::queues::{at, local};
use crate::rpsctl::{LocalSystem, run};

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

#[test]
fn bots_meet_in_rooms() {
    let game = LocalSystem::start();
    let line = format!(
        "bots --url {} --games 6 --concurrency 6 --room-rate 1 --output json",
        game.url()
    );
    let report = parsed(&run(line.split(' ')).quietly().stdout);
    for (name, value) in [
        ("games", json!(6)),
        ("lost_games", json!([])),
        ("one_sided_games", json!(0)),
        ("errors", json!({})),
    ] {
        assert_eq!(report[name], value, "{name}: {report}");
    }
    for rate in ["2", "-1", "NaN", "half"] {
        let line = format!(
            "bots --url {} --games 1 --concurrency 2 --room-rate={rate}",
            game.url()
        );
        let text = "use a number from 0 to 1, such as 0.5";
        let refused = run(line.split(' ')).ends(2);
        assert!(refused.stderr.contains(text), "{refused:?}");
    }
}
