use comfy_table::Table;
use rps_contract::Stuck;
use rps_game::{Game, GameId, Opponent, Room};
use serde::Serialize;

use crate::output;
use crate::words::{GameState, deadline, rfc_3339, time_span};

/// A game in a list, as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct GameRow<'a> {
    /// Game id.
    #[cfg_attr(test, schemars(with = "String"))]
    game: &'a GameId,
    /// Room in which the players met. Null without a room.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    room: Option<&'a Room>,
    /// The second player: `player`, or `bot` for the house.
    #[cfg_attr(test, schemars(with = "String"))]
    opponent: Opponent,
    /// Time at which the game started.
    started_at: Option<String>,
    /// Current round, starting at 1.
    round: u32,
    /// Round in which a draw ends the game.
    max_rounds: u8,
    /// Time at which the round ends.
    deadline: Option<String>,
    /// Number of players who have played in this round; the plays are not in this field.
    plays: usize,
    /// Whether the round is closed, so that `decide` will decide it next.
    closed: bool,
    /// Why the game is stuck: `past-rounds` or `past-time`. While the mapping is paused, every game becomes
    /// `past-time`, and continues after the resume.
    stuck: Option<&'static str>,
    /// `running`, `late` (the round is overdue), `paused` (the mapping is paused, so no round is decided) or `stuck`
    /// (past its last round, or its round timer is lost, a dead letter, or keeps failing).
    state: &'static str,
}

impl<'a> GameRow<'a> {
    pub(super) fn new(game: &'a Game, is_paused: bool, now_ms: u64) -> Self {
        Self {
            game: &game.id,
            room: game.room.as_ref(),
            opponent: game.opponent(),
            started_at: rfc_3339(game.started_at_ms),
            round: game.round,
            max_rounds: game.rules.max_rounds(),
            deadline: rfc_3339(game.deadline_ms),
            plays: plays(game),
            closed: game.closed.is_some(),
            stuck: rps_contract::stuck(game, now_ms).map(stuck),
            state: GameState::of(game, is_paused, now_ms).name(),
        }
    }
}

pub(super) fn plays(game: &Game) -> usize {
    game.plays.iter().flatten().count()
}

fn stuck(cause: Stuck) -> &'static str {
    match cause {
        Stuck::PastRounds => "past-rounds",
        Stuck::PastTime => "past-time",
    }
}

pub(super) fn table(games: &[Game], is_paused: bool, now_ms: u64) -> Table {
    let mut table = output::table();
    table.set_header(["game", "age", "round", "plays", "decided"]);
    for game in games {
        table.add_row([
            game.id.to_string(),
            time_span(now_ms.saturating_sub(game.started_at_ms)),
            format!("{} of {}", game.round, game.rules.max_rounds()),
            plays(game).to_string(),
            deadline(game, is_paused, now_ms),
        ]);
    }
    table
}
