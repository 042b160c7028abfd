//! The result of a run, as tables and as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use comfy_table::{Cell, CellAlignment, Table};
use hdrhistogram::Histogram;
use rps_game::{GameId, Opponent, Outcome};
use serde::Serialize;

use super::ledger::Ledger;
use super::verdict::{PlayerView, Verdict, judge};
use crate::output;
use crate::words::wire_name;

#[derive(Debug)]
pub(crate) struct BotsRun {
    pub(crate) url: String,
    pub(crate) players: usize,
    pub(crate) games: usize,
    pub(crate) took: Duration,
    pub(crate) interrupted: bool,
}

/// The object that `rpsctl bots --output json` prints. New fields keep `version`; a changed field increments it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct BotsReport {
    /// Version of the format: 1. The object has no `v`.
    version: u32,
    /// URL of the players' socket.
    url: String,
    /// Number of bots that play at the same time.
    players: usize,
    /// Number of games to play.
    games_wanted: usize,
    /// Number of games whose end at least one player received.
    games: usize,
    /// Number of these games against the house.
    bot_games: usize,
    /// Whether Ctrl-C ended the run early.
    interrupted: bool,
    /// Duration of the run.
    seconds: f64,
    /// Games divided by seconds.
    games_per_second: f64,
    /// Number of drawn rounds that led to another round.
    drawn_rounds: usize,
    /// Number of games for each reason of their end.
    games_by_reason: BTreeMap<String, usize>,
    /// Time from `waiting` to `game-started`.
    waiting_to_game_started_ms: Percentiles,
    /// Time from the join to the first answer.
    join_to_answer_ms: Percentiles,
    /// Delay of the outcome after the end of the play window, by the player's clock; if `decideEarly` is on, after the
    /// second play.
    outcome_lateness_ms: Percentiles,
    /// Number of outcomes before the end of the play window, possible if a player learned of the round late.
    early_outcomes: u64,
    /// Number of errors from the server by code.
    errors: BTreeMap<String, u64>,
    /// Number of connections on which a player joined or resumed.
    connections: u64,
    /// Number of players who resumed on another connection, after theirs broke as `--resume-rate` wants.
    resumes: u64,
    /// Number of failed connections by kind.
    failed_connections: BTreeMap<String, u64>,
    /// Games whose end one player never received, although its connection did not break.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    lost_games: Vec<GameId>,
    /// Games whose players received contradictory messages.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    contradictory_games: Vec<GameId>,
    /// Number of games against players outside this run, or against bots whose connection broke before they learned of it.
    one_sided_games: usize,
    /// Number of players whose connection was closed before their game started.
    cut_off_players: usize,
    /// Number of connections that broke before the player's game was over.
    broken_connections: usize,
    /// Number of players who never got a game before the run gave up.
    stuck_players: usize,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Percentiles {
    /// Number of measurements.
    count: u64,
    /// Median.
    p50: f64,
    /// 95th percentile.
    p95: f64,
    /// 99th percentile.
    p99: f64,
    /// Maximum.
    max: f64,
}

impl BotsReport {
    pub(crate) fn new(run: BotsRun, ledger: &Ledger) -> Self {
        let with = |verdict: Verdict| {
            let games = ledger.games.iter();
            let matches = games.filter(|(_, views)| judge(views) == verdict);
            let mut ids: Vec<GameId> = matches.map(|(id, _)| id.clone()).collect();
            ids.sort();
            ids
        };
        let seconds = run.took.as_secs_f64();
        let (times, counts) = (&ledger.times, &ledger.counts);
        Self {
            version: 1,
            url: run.url,
            players: run.players,
            games_wanted: run.games,
            games: ledger.finished(),
            bot_games: against_the_house(ledger.games.values()),
            interrupted: run.interrupted,
            seconds: to_3_places(seconds),
            games_per_second: to_3_places(as_f64(ledger.finished()) / seconds),
            drawn_rounds: ledger.games.values().map(|views| draws(views)).sum(),
            games_by_reason: by_reason(ledger.games.values()),
            waiting_to_game_started_ms: Percentiles::of(&times.waiting_to_started),
            join_to_answer_ms: Percentiles::of(&times.join_to_answer),
            outcome_lateness_ms: Percentiles::of(&times.lateness),
            early_outcomes: counts.early,
            errors: counts.errors.clone(),
            connections: counts.connections,
            resumes: counts.resumes,
            failed_connections: counts.failed_connections.clone(),
            lost_games: with(Verdict::Lost),
            contradictory_games: with(Verdict::Contradictory),
            one_sided_games: with(Verdict::OneSided).len(),
            cut_off_players: counts.cut_off,
            broken_connections: counts.broken,
            stuck_players: counts.stuck,
        }
    }

    /// Whether all requested games were played and every player got complete, consistent messages.
    pub(crate) fn is_healthy(&self) -> bool {
        self.lost_games.is_empty()
            && self.contradictory_games.is_empty()
            && self.cut_off_players == 0
            && self.broken_connections == 0
            && self.stuck_players == 0
            && (self.interrupted || self.games >= self.games_wanted)
    }

    pub(crate) fn tables(&self) -> String {
        format!("{}\n\n{}", self.counts_table(), self.times_table())
    }

    fn counts_table(&self) -> Table {
        let mut table = output::table();
        table.set_header(["result", ""]);
        let mut row = |name: &str, value: String| _ = table.add_row([name, &value]);
        row("games", format!("{} of {}", self.games, self.games_wanted));
        row("games against the house", self.bot_games.to_string());
        row("resumes", self.resumes.to_string());
        row("seconds", format!("{:.1}", self.seconds));
        row("games per second", format!("{:.1}", self.games_per_second));
        row("drawn rounds", self.drawn_rounds.to_string());
        row("games by reason", list_counts(&self.games_by_reason));
        row("errors by code", list_counts(&self.errors));
        row("connections", self.connections.to_string());
        row("failed connections", list_counts(&self.failed_connections));
        row("games without an ending", list_games(&self.lost_games));
        row("contradictory games", list_games(&self.contradictory_games));
        let rare = [
            ("games with strangers", self.one_sided_games),
            ("players cut off", self.cut_off_players),
            ("connections broken", self.broken_connections),
            ("players stuck", self.stuck_players),
        ];
        for (name, count) in rare.into_iter().filter(|(_, count)| *count > 0) {
            row(name, count.to_string());
        }
        table
    }

    fn times_table(&self) -> Table {
        let mut table = output::table();
        table.set_header(["ms", "p50", "p95", "p99", "max"]);
        let rows = [
            ("waiting to game-started", &self.waiting_to_game_started_ms),
            ("join to answer", &self.join_to_answer_ms),
            ("outcome after the window", &self.outcome_lateness_ms),
        ];
        for (name, times) in rows {
            let numbers = [times.p50, times.p95, times.p99, times.max].map(|ms| {
                let shown = (times.count > 0).then(|| format!("{ms:.1}"));
                Cell::new(shown.as_deref().unwrap_or("-")).set_alignment(CellAlignment::Right)
            });
            table.add_row(std::iter::once(Cell::new(name)).chain(numbers));
        }
        table
    }
}

impl Percentiles {
    fn of(times_us: &Histogram<u64>) -> Self {
        let ms = |us: u64| to_3_places(Duration::from_micros(us).as_secs_f64() * 1000.0);
        Self {
            count: times_us.len(),
            p50: ms(times_us.value_at_quantile(0.5)),
            p95: ms(times_us.value_at_quantile(0.95)),
            p99: ms(times_us.value_at_quantile(0.99)),
            max: ms(times_us.max()),
        }
    }
}

/// The number of a game's drawn rounds that at least one player got.
fn draws(views: &[PlayerView]) -> usize {
    let rounds = views.iter().flat_map(|view| view.drawn.keys());
    rounds.collect::<std::collections::BTreeSet<_>>().len()
}

/// The number of games against the house whose end the player got.
fn against_the_house<'a>(games: impl Iterator<Item = &'a Vec<PlayerView>>) -> usize {
    let is_ended = |view: &PlayerView| view.opponent == Opponent::Bot && view.end.is_some();
    games.filter(|views| views.iter().any(is_ended)).count()
}

fn by_reason<'a>(games: impl Iterator<Item = &'a Vec<PlayerView>>) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for views in games {
        let ends = || views.iter().filter_map(|view| view.end);
        let winner = ends().find(|end| end.outcome == Outcome::Won);
        if let Some(end) = winner.or_else(|| ends().next()) {
            *reasons.entry(wire_name(end.reason)).or_default() += 1;
        }
    }
    reasons
}

fn list_counts<N: std::fmt::Display>(counts: &BTreeMap<String, N>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    let words = counts.iter().map(|(word, n)| format!("{word} {n}"));
    words.collect::<Vec<_>>().join(", ")
}

/// The number of games and the first ids.
fn list_games(games: &[GameId]) -> String {
    let few: Vec<String> = games.iter().take(3).map(GameId::to_string).collect();
    let more = if games.len() > few.len() { " …" } else { "" };
    match games.len() {
        0 => "none".to_owned(),
        count => format!("{count}: {}{more}", few.join(" ")),
    }
}

fn to_3_places(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "nobody plays 2^52 games")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rps_game::{Opponent, Outcome, Reason};

    use super::{BotsReport, BotsRun, PlayerView, against_the_house};
    use crate::players::bots::Ledger;
    use crate::players::bots::verdict::GameEnd;

    #[test]
    fn a_run_with_problems_is_unhealthy() {
        let run = |games, interrupted| BotsRun {
            url: String::new(),
            players: 2,
            games,
            took: Duration::from_secs(1),
            interrupted,
        };
        let healthy = |run, spoil: fn(&mut Ledger)| {
            let mut ledger = Ledger::new().unwrap();
            spoil(&mut ledger);
            BotsReport::new(run, &ledger).is_healthy()
        };
        assert!(healthy(run(0, false), |_| ()));
        assert!(!healthy(run(1, false), |_| ()), "a game is missing");
        assert!(healthy(run(1, true), |_| ()), "the run was interrupted");
        assert!(!healthy(run(0, false), |ledger| ledger.counts.cut_off = 1));
        assert!(!healthy(run(0, false), |ledger| ledger.counts.broken = 1));
        assert!(!healthy(run(0, false), |ledger| ledger.counts.stuck = 1));
        for views in [1, 2, 3] {
            let mut ledger = Ledger::new().unwrap();
            let silent = vec![PlayerView::default(); views];
            ledger.games.insert("g".into(), silent);
            let report = BotsReport::new(run(0, false), &ledger);
            assert!(!report.is_healthy(), "{views} views without an end");
        }
    }

    #[test]
    fn a_game_against_the_house_counts_when_it_is_over() {
        let end = Some(GameEnd {
            rounds: 1,
            outcome: Outcome::Lost,
            reason: Reason::YouDidNotPlay,
            you: None,
            opponent: None,
        });
        let game = |opponent, end| {
            vec![PlayerView {
                opponent,
                end,
                ..PlayerView::default()
            }]
        };
        let (bot, player) = (Opponent::Bot, Opponent::Player);
        let games = [game(bot, end), game(bot, None), game(player, end)];
        assert_eq!(against_the_house(games.iter()), 1);
    }
}
