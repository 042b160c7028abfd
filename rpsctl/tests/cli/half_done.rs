//! AWS refuses a call in the middle of a step. rpsctl names the permission and the half-done part, and the same command
//! or the round timer finishes the step.

use serde_json::Value;

use crate::player::{Player, pair};
use crate::proxy::{not_allowed, refusing};
use crate::queue_refusals::REFUSED;
use crate::queues::{at, local, until};
use crate::rpsctl::LocalSystem;

/// A call, its permission, and the part that is half done if AWS refuses the call.
type Refusal = (&'static str, &'static str, &'static str, &'static str);

const MANAGE: &str = "execute-api:ManageConnections";
const UPDATE: Refusal = ("updateitem", "dynamodb:UpdateItem", "table rps", "");
const DELETE: &str = "resource DELETE/@connections/*";
const KNOWN: &str = "; half done: the game is marked as ended and the players know it, but they may still be connected, \
    and the game is still in the table; its round timer, or the same command, finishes this";

const ENDING: [Refusal; 4] = [
    UPDATE,
    (
        "post /ws/@connections",
        MANAGE,
        "resource POST/@connections/*",
        "; half done: the game is marked as ended, but a player may not know it yet; its round timer, or the same \
         command, finishes this",
    ),
    ("deleteitem", "dynamodb:DeleteItem", "table rps", KNOWN),
    ("delete /ws/@connections", MANAGE, DELETE, KNOWN),
];

const DISCONNECTING: [Refusal; 3] = [
    UPDATE,
    (
        "delete /ws/@connections",
        MANAGE,
        DELETE,
        "; half done: the player is still connected, and cannot start a game for 5 s; the same command finishes this",
    ),
    (
        "deleteitem",
        "dynamodb:DeleteItem",
        "table rps",
        "; half done: the connection may be closed, but is still in the table; the same command finishes this",
    ),
];

/// Runs a command of one step while AWS refuses a call, and checks its results and its log.
#[track_caller]
fn refuse(game: &LocalSystem, (call, action, on, half_done): Refusal, line: &str) {
    let ended = at(&refusing(game.endpoint(), call), line).ends(3);
    let more = match half_done {
        "" => "",
        _ => "; 1 of these half done; run the command again",
    };
    ended.prints(&format!("\n1 {REFUSED}{more}\n"));
    let log = ended.stderr.lines().find(|line| line.starts_with('{'));
    let log: Value = serde_json::from_str(log.expect("a log")).expect("JSON");
    let why = not_allowed(action, on) + half_done;
    assert_eq!([&log["result"], &log["why"]], ["refused", &*why]);
}

#[test]
fn the_same_command_ends_a_half_ended_game() {
    let (game, table, queues) = local();
    // No round timer ends the games.
    queues.turn(false);
    for refusal in ENDING {
        let players = pair(&game);
        let keys = table.keys();
        let id = keys.iter().find_map(|key| key.strip_prefix("G#"));
        let line = format!("games end --yes {}", id.expect("a game"));
        refuse(&game, refusal, &line);
        at(game.endpoint(), &line).ends(0).prints("\n1 done\n");
        assert_eq!(table.keys(), [""; 0], "{refusal:?}");
        for player in players {
            let messages = player.rest();
            let is_end = |message: &Value| message["reason"] == "ended-by-operator";
            assert!(messages.iter().all(is_end), "{messages:?}");
        }
    }
}

#[test]
fn the_round_timer_ends_the_half_ended_game_of_a_disconnected_player() {
    let (game, table, queues) = local();
    for refusal in ENDING {
        queues.turn(false);
        let [_first, second] = pair(&game);
        refuse(
            &game,
            refusal,
            &format!("connections disconnect --yes -- {}", second.id),
        );
        queues.turn(true);
        until(|| table.keys().is_empty());
    }
}

#[test]
fn a_half_disconnected_player() {
    let game = LocalSystem::start();
    for refusal in DISCONNECTING {
        let idle = Player::connect(&game);
        refuse(
            &game,
            refusal,
            &format!("connections disconnect --yes -- {}", idle.id),
        );
    }
}
