use comfy_table::Table;
use rps_contract::Stuck;
use rps_game::{Game, GameId};
use serde::Serialize;

use crate::output;
use crate::words::{decided, rfc_3339, time_span};

/// A game in a list. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    game: &'a GameId,
    started_at: Option<String>,
    round: u32,
    max_rounds: u8,
    deadline: Option<String>,
    plays: usize,
    closed: bool,
    stuck: Option<&'static str>,
}

impl<'a> Row<'a> {
    pub(super) fn new(game: &'a Game, now_ms: u64) -> Self {
        Self {
            game: &game.id,
            started_at: rfc_3339(game.started_at_ms),
            round: game.round,
            max_rounds: game.rules.max_rounds(),
            deadline: rfc_3339(game.deadline_ms),
            plays: plays(game),
            closed: game.closed.is_some(),
            stuck: rps_contract::stuck(game, now_ms).map(stuck),
        }
    }
}

pub(super) fn plays(game: &Game) -> usize {
    game.plays.iter().flatten().count()
}

fn stuck(why: Stuck) -> &'static str {
    match why {
        Stuck::PastRounds => "past-rounds",
        Stuck::PastTime => "past-time",
    }
}

pub(super) fn table(games: &[Game], now_ms: u64) -> Table {
    let mut table = output::table();
    table.set_header(["game", "age", "round", "plays", "decided"]);
    for game in games {
        table.add_row([
            game.id.to_string(),
            time_span(now_ms.saturating_sub(game.started_at_ms)),
            format!("{} of {}", game.round, game.rules.max_rounds()),
            plays(game).to_string(),
            decided(game, now_ms),
        ]);
    }
    table
}
