//! `rpsctl games`: the games that are under way.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format as TimeFormat;
use clap::{Args, Subcommand, value_parser};
use comfy_table::Table;
use rps_core::names::{GAME_KEY_PREFIX, attribute};
use rps_core::{Game, GameId};
use rps_handlers::outbound::dynamo::{Item, game_in};
use rps_handlers::time::now_ms;
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::words::time_span;

/// Look at the games under way
#[derive(Debug, Args)]
pub(crate) struct GamesArgs {
    #[command(subcommand)]
    command: GamesCommand,
}

#[derive(Debug, Subcommand)]
enum GamesCommand {
    /// List them, the newest deadline last
    ///
    /// Reads the table from its beginning until so many are found. How many have played is shown, never
    /// what.
    List {
        /// Games to show at most
        #[arg(long, value_name = "GAMES", default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
        limit: u32,
    },
}

/// Runs the command.
pub(crate) async fn run(args: GamesArgs, global: &Global) -> anyhow::Result<Exit> {
    let GamesCommand::List { limit } = args.command;
    let deployment = Deployment::reach(global.place.chosen()?).await?;
    let limit = usize::try_from(limit)?;
    let (mut games, more) = scan(&deployment, limit).await?;
    games.sort_by_key(|game| game.deadline_ms);
    match global.output {
        Format::Json => games.iter().try_for_each(output::json)?,
        Format::Table if games.is_empty() => output::note("no games are under way"),
        Format::Table => output::data(table(&games, now_ms()))?,
    }
    if more {
        output::note(format_args!(
            "these are the first {limit} that were found, and there are more: --limit shows them"
        ));
    }
    Ok(Exit::Ok)
}

/// Up to so many games of the table, and whether it has more.
async fn scan(deployment: &Deployment, limit: usize) -> Result<(Vec<Listed>, bool), Failure> {
    let prefix = AttributeValue::S(GAME_KEY_PREFIX.to_owned());
    let scan = deployment.dynamo().scan().table_name(deployment.table());
    let mut items = scan
        .filter_expression("begins_with(#key, :game)")
        .expression_attribute_names("#key", attribute::KEY)
        .expression_attribute_values(":game", prefix)
        .into_paginator()
        .items()
        .send();
    let mut games = Vec::new();
    while let Some(item) = items.next().await {
        let item = match item {
            Ok(item) => item,
            Err(error) => return Err(deployment.explain("dynamodb:Scan", &error).await),
        };
        match read(item) {
            Ok(_) if games.len() == limit => return Ok((games, true)),
            Ok(game) => games.push(game),
            Err(why) => output::note(why),
        }
    }
    Ok((games, false))
}

/// The game in an item, or why it is left out.
fn read(item: Item) -> Result<Listed, String> {
    let key = item.get(attribute::KEY).and_then(|key| key.as_s().ok());
    let key = key.cloned().unwrap_or_default();
    let left_out = |why: &str| format!("{key} is left out, it does not read as a game: {why}");
    let game = game_in(item).map_err(|why| left_out(&why.to_string()))?;
    Listed::new(game).ok_or_else(|| left_out("its deadline is no time"))
}

/// A game as it is listed: for programs these fields. Some may be added; a change of one that is there
/// raises `v`.
#[derive(Debug, Serialize)]
struct Listed {
    /// The version of this object.
    v: u32,
    /// The game's id.
    game: GameId,
    /// The current round, from 1.
    round: u32,
    /// The round in which a draw ends the game.
    max_rounds: u8,
    /// When the round's time is over, RFC 3339.
    deadline: String,
    /// How many of the two have played in this round; never what, while it is not decided.
    plays: usize,
    /// Whether the round is closed, and so about to be decided.
    closed: bool,
    /// The deadline in milliseconds since 1970.
    #[serde(skip)]
    deadline_ms: u64,
}

impl Listed {
    /// None if the deadline is beyond what a date can say.
    fn new(game: Game) -> Option<Self> {
        let deadline = DateTime::from_millis(i64::try_from(game.deadline_ms).ok()?);
        Some(Self {
            v: 1,
            round: game.round,
            max_rounds: game.rules.max_rounds(),
            deadline: deadline.fmt(TimeFormat::DateTime).ok()?,
            plays: game.plays.iter().flatten().count(),
            closed: game.closed.is_some(),
            deadline_ms: game.deadline_ms,
            game: game.id,
        })
    }

    /// When the round is decided, seen from `now_ms`.
    fn decided(&self, now_ms: u64) -> String {
        let (left, late) = (
            self.deadline_ms.saturating_sub(now_ms),
            now_ms.saturating_sub(self.deadline_ms),
        );
        match (self.closed, late) {
            (true, 0) => "closed".to_owned(),
            (true, _) => format!("closed, overdue {}", time_span(late)),
            (false, 0) => format!("in {}", time_span(left)),
            (false, _) => format!("overdue {}", time_span(late)),
        }
    }
}

fn table(games: &[Listed], now_ms: u64) -> Table {
    let mut table = output::table();
    table.set_header(["game", "round", "decided", "plays"]);
    for game in games {
        table.add_row([
            game.game.to_string(),
            format!("{} of {}", game.round, game.max_rounds),
            game.decided(now_ms),
            format!("{} of 2", game.plays),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::Listed;
    use rps_core::{Closed, Game, Play, Rules};

    const NOW: u64 = 1_700_000_000_123;

    fn game() -> Game {
        let players = ["x".into(), "y".into()];
        Game::start("g".into(), players, Rules::default(), NOW - 5000).0
    }

    #[test]
    fn a_line_is_as_published() {
        let mut game = game();
        game.plays = [Some(Play::Rock), None];
        let line = serde_json::to_string(&Listed::new(game).unwrap()).unwrap();
        assert_eq!(
            line,
            r#"{"v":1,"game":"g","round":1,"max_rounds":5,"deadline":"2023-11-14T22:13:20.123Z","plays":1,"closed":false}"#
        );
    }

    #[test]
    fn when_it_is_decided() {
        let by_clock = Some(Closed::ByClock);
        let table = [
            (None, NOW - 2100, "in 3 s"),
            (None, NOW, "in 0 s"),
            (None, NOW + 2100, "overdue 3 s"),
            (by_clock, NOW - 1, "closed"),
            (by_clock, NOW + 60_000, "closed, overdue 60 s"),
        ];
        for (closed, now_ms, words) in table {
            let listed = Listed::new(Game { closed, ..game() }).unwrap();
            assert_eq!(listed.decided(now_ms), words);
        }
    }

    #[test]
    fn a_deadline_that_is_no_time() {
        for deadline_ms in [u64::MAX, i64::MAX.unsigned_abs()] {
            assert!(
                Listed::new(Game {
                    deadline_ms,
                    ..game()
                })
                .is_none()
            );
        }
    }
}
