//! What comes of a run, for people and for programs.

use std::collections::BTreeMap;
use std::time::Duration;

use comfy_table::{Cell, CellAlignment, Table};
use hdrhistogram::Histogram;
use rps_game::{GameId, Outcome};
use serde::Serialize;

use super::ledger::Ledger;
use super::verdict::{Side, Verdict, judge};
use crate::output;
use crate::words::of_the_protocol;

#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) url: String,
    pub(crate) players: usize,
    pub(crate) games: usize,
    pub(crate) took: Duration,
    pub(crate) interrupted: bool,
}

/// The report: what `rpsctl bots --output json` prints, as one object. Fields may be added; a change
/// of one that is there raises `version`.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    version: u32,
    url: String,
    players: usize,
    games_wanted: usize,
    /// Games whose end at least one player was told, each counted once.
    games: usize,
    interrupted: bool,
    seconds: f64,
    games_per_second: f64,
    drawn_rounds: usize,
    /// Games by the reason of their end, as the winner was told it.
    games_by_reason: BTreeMap<String, usize>,
    /// From being told to wait to being told that the game starts; only players who waited.
    waiting_to_game_started_ms: Percentiles,
    /// From joining to the first answer, of whatever kind.
    join_to_answer_ms: Percentiles,
    /// How much later than the play window the outcome came, on the player's clock, from hearing that
    /// the round began; 0 if it came earlier.
    outcome_lateness_ms: Percentiles,
    /// Outcomes that came earlier, which the clock of a player who hears late makes possible.
    early_outcomes: u64,
    errors: BTreeMap<String, u64>,
    connections: u64,
    failed_connections: BTreeMap<String, u64>,
    /// Games that one of our players never heard the end of.
    lost_games: Vec<GameId>,
    /// Games about which the two players, or one of them, were told different truths.
    contradictory_games: Vec<GameId>,
    /// Games against players who are not of this run.
    one_sided_games: usize,
    /// Players whose connection ended before they heard of a game.
    cut_off_players: usize,
    /// Players who were never told of a game, though the run waited for them.
    stuck_players: usize,
}

#[derive(Debug, Serialize)]
struct Percentiles {
    count: u64,
    p50: f64,
    p95: f64,
    p99: f64,
    max: f64,
}

impl Report {
    pub(crate) fn new(run: Run, ledger: &Ledger) -> Self {
        let with = |wanted: Verdict| {
            let games = ledger.games.iter();
            let judged = games.filter(|(_, sides)| judge(sides) == wanted);
            let mut ids: Vec<GameId> = judged.map(|(id, _)| id.clone()).collect();
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
            interrupted: run.interrupted,
            seconds: to_3_places(seconds),
            games_per_second: to_3_places(as_f64(ledger.finished()) / seconds),
            drawn_rounds: ledger.games.values().map(|sides| draws(sides)).sum(),
            games_by_reason: by_reason(ledger.games.values()),
            waiting_to_game_started_ms: Percentiles::of(&times.waiting_to_started),
            join_to_answer_ms: Percentiles::of(&times.join_to_answer),
            outcome_lateness_ms: Percentiles::of(&times.lateness),
            early_outcomes: counts.early,
            errors: counts.errors.clone(),
            connections: counts.connections,
            failed_connections: counts.failed_connections.clone(),
            lost_games: with(Verdict::Lost),
            contradictory_games: with(Verdict::Contradictory),
            one_sided_games: with(Verdict::OneSided).len(),
            cut_off_players: counts.cut_off,
            stuck_players: counts.stuck,
        }
    }

    /// Whether every game wanted was played, and every player told its one truth.
    pub(crate) fn is_healthy(&self) -> bool {
        self.lost_games.is_empty()
            && self.contradictory_games.is_empty()
            && self.cut_off_players == 0
            && self.stuck_players == 0
            && (self.interrupted || self.games >= self.games_wanted)
    }

    pub(crate) fn tables(&self) -> String {
        format!("{}\n\n{}", self.counted(), self.measured())
    }

    fn counted(&self) -> Table {
        let mut table = output::table();
        table.set_header(["bots at play", ""]);
        let mut row = |name: &str, value: String| _ = table.add_row([name, &value]);
        row("games", format!("{} of {}", self.games, self.games_wanted));
        row("seconds", format!("{:.1}", self.seconds));
        row("games per second", format!("{:.1}", self.games_per_second));
        row("drawn rounds", self.drawn_rounds.to_string());
        row("games by reason", listed(&self.games_by_reason));
        row("errors by code", listed(&self.errors));
        row("connections", self.connections.to_string());
        row("failed connections", listed(&self.failed_connections));
        row("lost games", named(&self.lost_games));
        row("contradictory games", named(&self.contradictory_games));
        let rare = [
            ("games with strangers", self.one_sided_games),
            ("players cut off", self.cut_off_players),
            ("players stuck", self.stuck_players),
        ];
        for (name, count) in rare.into_iter().filter(|(_, count)| *count > 0) {
            row(name, count.to_string());
        }
        table
    }

    fn measured(&self) -> Table {
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

/// The rounds of a game that were drawn, as at least one player was told.
fn draws(sides: &[Side]) -> usize {
    let rounds = sides.iter().flat_map(|side| side.drawn.keys());
    rounds.collect::<std::collections::BTreeSet<_>>().len()
}

fn by_reason<'a>(games: impl Iterator<Item = &'a Vec<Side>>) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for sides in games {
        let ends = || sides.iter().filter_map(|side| side.end);
        let winner = ends().find(|end| end.outcome == Outcome::Won);
        if let Some(end) = winner.or_else(|| ends().next()) {
            *reasons.entry(of_the_protocol(end.reason)).or_default() += 1;
        }
    }
    reasons
}

fn listed<N: std::fmt::Display>(counts: &BTreeMap<String, N>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    let words = counts.iter().map(|(word, n)| format!("{word} {n}"));
    words.collect::<Vec<_>>().join(", ")
}

/// How many, and the first few by name.
fn named(games: &[GameId]) -> String {
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

    use super::{Report, Run};
    use crate::players::bots::Ledger;

    #[test]
    fn what_makes_a_run_unhealthy() {
        let run = |games, interrupted| Run {
            url: String::new(),
            players: 2,
            games,
            took: Duration::from_secs(1),
            interrupted,
        };
        let healthy = |run, spoil: fn(&mut Ledger)| {
            let mut ledger = Ledger::new().unwrap();
            spoil(&mut ledger);
            Report::new(run, &ledger).is_healthy()
        };
        assert!(healthy(run(0, false), |_| ()));
        assert!(!healthy(run(1, false), |_| ()), "a game was not played");
        assert!(healthy(run(1, true), |_| ()), "somebody asked to end");
        assert!(!healthy(run(0, false), |ledger| ledger.counts.cut_off = 1));
        assert!(!healthy(run(0, false), |ledger| ledger.counts.stuck = 1));
        for sides in [1, 2, 3] {
            let mut ledger = Ledger::new().unwrap();
            let silent = vec![super::Side::default(); sides];
            ledger.games.insert("g".into(), silent);
            let report = Report::new(run(0, false), &ledger);
            assert!(!report.is_healthy(), "{sides} heard no end");
        }
    }
}
