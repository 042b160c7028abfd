use comfy_table::Table;
use rps_contract::Stuck;
use rps_game::{Game, GameId, Opponent, Presence, Room, Seat};
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
    /// Whether the second play ends a round early.
    decide_early: bool,
    /// Both seats: `present`, `absent` (its connection broke, and its player may resume), `resumed` (its player resumed on
    /// another connection) or `house`.
    presence: [&'static str; 2],
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
            decide_early: game.rules.decide_early(),
            presence: Seat::BOTH.map(|seat| presence(game, seat)),
            deadline: rfc_3339(game.deadline_ms),
            plays: plays(game),
            closed: game.closed.is_some(),
            stuck: rps_contract::stuck(game, now_ms).map(stuck),
            state: GameState::of(game, is_paused, now_ms).name(),
        }
    }
}

pub(super) fn presence(game: &Game, seat: Seat) -> &'static str {
    match game.presence[seat as usize] {
        _ if game.is_house(seat) => "house",
        None => "present",
        Some(Presence::Absent) => "absent",
        Some(Presence::Resumed) => "resumed",
    }
}

/// The properties that few games have, for a list.
fn details(game: &Game) -> String {
    let room = game.room.as_ref().map(|room| format!("room {room}"));
    let seats = Seat::BOTH.map(|seat| presence(game, seat));
    let seats = seats.into_iter().filter(|it| *it != "present");
    let seats = seats.map(str::to_owned);
    let early = game.rules.decide_early().then(|| "early ends".to_owned());
    let details: Vec<_> = room.into_iter().chain(seats).chain(early).collect();
    details.join(", ")
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

/// The column of details exists only if a game has some.
pub(super) fn table(games: &[Game], is_paused: bool, now_ms: u64) -> Table {
    let details: Vec<_> = games.iter().map(details).collect();
    let has_details = details.iter().any(|details| !details.is_empty());
    let last = |text: String| has_details.then_some(text);
    let mut table = output::table();
    let header = ["game", "age", "round", "plays", "decided"].map(str::to_owned);
    table.set_header(header.into_iter().chain(last("details".to_owned())));
    for (game, details) in games.iter().zip(details) {
        let row = [
            game.id.to_string(),
            time_span(now_ms.saturating_sub(game.started_at_ms)),
            format!("{} of {}", game.round, game.rules.max_rounds()),
            plays(game).to_string(),
            deadline(game, is_paused, now_ms),
        ];
        table.add_row(row.into_iter().chain(last(details)));
    }
    table
}

#[cfg(test)]
mod tests {
    use rps_game::Rules;

    use super::*;

    #[test]
    fn the_details_distinguish_a_game_from_others() {
        let players = ["x".into(), "y".into()];
        let plain = Game::start("g".into(), players, Rules::default(), 0);
        let rules = Rules::default().deciding_early(true);
        let presence = [Some(Presence::Absent), Some(Presence::Resumed)];
        let room = Some("r".parse().expect("a code"));
        let special = Game {
            rules,
            presence,
            room,
            ..plain.clone()
        };
        assert_eq!(details(&special), "room r, absent, resumed, early ends");
        let lines = |games: &[Game]| table(games, false, 0).to_string();
        assert!(!lines(std::slice::from_ref(&plain)).contains("details"));
        assert!(lines(&[plain, special]).contains("details"));
    }
}
