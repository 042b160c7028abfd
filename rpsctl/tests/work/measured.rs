//! The work of games, read from CloudWatch metrics, and its limits.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use rps_contract::names::{FUNCTION_MEMORY_MB, Function};
use rps_local::{QUEUE, TABLE};
use rps_testkit::PATIENCE;
use rps_testkit::game;
use rps_testkit::rpsctl::LocalSystem;
use rps_testkit::table::sdk;
use tokio::time::{sleep, timeout};

const DAY_S: i64 = 24 * 60 * 60;

/// The tolerance for retries: a call without an answer within a second is repeated and counts twice.
const RETRY_FACTOR: f64 = 1.05;

/// The additional tolerance in units, for any number of games.
const RETRY_UNITS: f64 = 2.0;

/// The reads of games, without those of process starts.
pub(crate) const READS: &str = "read units of games";

/// The units that a process reads at its start, to open its connections before its first invocation.
fn reads_of_start(process: u32) -> f64 {
    let arguments = fs::read_to_string(format!("/proc/{process}/cmdline"));
    let is_decide = arguments.is_ok_and(|arguments| arguments.contains("decide"));
    if is_decide { 1.5 } else { 0.5 }
}

/// The exact work of one game. Its round timer may share an invocation of `decide` with others.
const EXACTLY: [(&str, f64); 12] = [
    ("write units", game::WRITE_UNITS),
    (READS, game::READ_UNITS),
    ("messages", game::MESSAGES),
    ("connects", game::CONNECTIONS),
    ("SQS messages sent", 1.0),
    ("SQS messages received", 1.0),
    ("SQS messages deleted", 1.0),
    ("invocations of connection", 4.0),
    ("invocations of join-game", 2.0),
    ("invocations of receive-play", 2.0),
    ("games", 1.0),
    ("connection-minutes", game::CONNECTION_MINUTES),
];

/// The limits for one game. Each limits the sum of all metrics whose label begins with this text.
const AT_MOST: [(&str, f64); 6] = [
    ("write units", 13.0),
    (READS, 6.5),
    ("invocations of", game::INVOCATIONS),
    ("messages", game::MESSAGES),
    ("SQS messages", game::SQS_REQUESTS),
    ("log bytes", game::LOG_BYTES),
];

/// A metric and its label in this test.
struct LabelledMetric {
    label: String,
    namespace: &'static str,
    name: &'static str,
    dimensions: Vec<(&'static str, String)>,
}

/// Metrics of one namespace with the same dimensions, each by its label and its name.
fn metrics_of(
    namespace: &'static str,
    dimensions: &[(&'static str, &str)],
    names: &[(&str, &'static str)],
) -> Vec<LabelledMetric> {
    let dimensions = dimensions
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    let dimensions: Vec<_> = dimensions.collect();
    let metric = |(label, name): &(&str, &'static str)| LabelledMetric {
        label: (*label).to_owned(),
        namespace,
        name,
        dimensions: dimensions.clone(),
    };
    names.iter().map(metric).collect()
}

/// All metrics, the billed ones first: they must not include polls that happen while the others are read.
fn metrics() -> Vec<LabelledMetric> {
    let billed = [
        ("billed SQS requests", "SqsRequests"),
        ("billed messages", "Messages"),
        ("billed connection-minutes", "ConnectionMinutes"),
        ("billed GB-seconds", "GbSeconds"),
    ];
    let units = [
        ("write units", "ConsumedWriteCapacityUnits"),
        ("read units", "ConsumedReadCapacityUnits"),
    ];
    let socket = [("messages", "MessageCount"), ("connects", "ConnectCount")];
    let queue = [
        ("SQS messages sent", "NumberOfMessagesSent"),
        ("SQS messages received", "NumberOfMessagesReceived"),
        ("SQS messages deleted", "NumberOfMessagesDeleted"),
        ("empty receives", "NumberOfEmptyReceives"),
    ];
    let ours = [
        ("games", "Games"),
        ("bot games", "BotGames"),
        ("connection-minutes", "ConnectionMinutes"),
    ];
    let stage = [("ApiId", "local"), ("Stage", "ws")];
    let mut all = metrics_of("rps-local/Billed", &[], &billed);
    all.extend(metrics_of("AWS/DynamoDB", &[("TableName", TABLE)], &units));
    all.extend(metrics_of("AWS/ApiGateway", &stage, &socket));
    all.extend(metrics_of("AWS/SQS", &[("QueueName", QUEUE)], &queue));
    all.extend(metrics_of(TABLE, &[], &ours));
    all.extend(
        Function::ALL
            .map(Function::name)
            .into_iter()
            .flat_map(metrics_of_function),
    );
    all
}

fn metrics_of_function(name: &str) -> Vec<LabelledMetric> {
    let (invocations, ms) = (format!("invocations of {name}"), format!("ms of {name}"));
    let counts = [
        (invocations.as_str(), "Invocations"),
        (ms.as_str(), "Duration"),
    ];
    let mut all = metrics_of("AWS/Lambda", &[("FunctionName", name)], &counts);
    let (group, bytes) = (
        format!("/aws/lambda/{name}"),
        format!("log bytes of {name}"),
    );
    let bytes = [(bytes.as_str(), "IncomingBytes")];
    all.extend(metrics_of("AWS/Logs", &[("LogGroupName", &group)], &bytes));
    all
}

/// The measured work of some games.
pub(crate) struct Work {
    pub(crate) games: f64,
    sums: BTreeMap<String, f64>,
}

impl Work {
    /// Reads the metrics until all games are complete and the metrics no longer change.
    pub(crate) async fn of(game: &LocalSystem, games: u32) -> Self {
        Self::when(game, games, &EXACTLY).await
    }

    /// Reads the metrics until each game has done this work and the metrics no longer change.
    pub(crate) async fn when(game: &LocalSystem, games: u32, complete: &[(&str, f64)]) -> Self {
        let client = Client::new(&sdk(game.endpoint()));
        let mut work = Self::so_far(game, &client, games).await;
        let done = timeout(PATIENCE, async {
            loop {
                sleep(Duration::from_millis(100)).await;
                let before = work.per_game("ms of").to_bits();
                work = Self::so_far(game, &client, games).await;
                let mut complete = complete.iter();
                if complete.all(|(label, each)| work.per_game(label) >= *each)
                    && work.per_game("ms of").to_bits() == before
                {
                    break;
                }
            }
        });
        let done = done.await;
        assert!(done.is_ok(), "the games did not complete:\n{work}");
        work
    }

    async fn so_far(game: &LocalSystem, client: &Client, games: u32) -> Self {
        let mut sums = BTreeMap::new();
        for metric in metrics() {
            let sum = sum(client, &metric).await;
            sums.insert(metric.label, sum);
        }
        let at_starts: f64 = game.children().into_iter().map(reads_of_start).sum();
        sums.insert(READS.to_owned(), sums["read units"] - at_starts);
        Self {
            games: games.into(),
            sums,
        }
    }

    /// The sum of all metrics whose label begins with `label`, per game.
    pub(crate) fn per_game(&self, label: &str) -> f64 {
        let like = self.sums.iter().filter(|(it, _)| it.starts_with(label));
        like.map(|(_, sum)| sum).sum::<f64>() / self.games
    }

    /// The limit for one game, with the tolerance for retries.
    fn at_most(&self, per_game: f64) -> f64 {
        per_game * RETRY_FACTOR + RETRY_UNITS / self.games
    }

    /// Checks that the work per game is exact and within its limits.
    pub(crate) fn assert_constant(&self) {
        self.assert_exactly(&EXACTLY);
        for (label, most) in AT_MOST {
            self.assert_at_most(label, most);
        }
    }

    pub(crate) fn assert_exactly(&self, work: &[(&str, f64)]) {
        for (label, expected) in work {
            let actual = self.per_game(label);
            let as_expected = (*expected..=self.at_most(*expected)).contains(&actual);
            assert!(as_expected, "{actual} {label}, not {expected}:\n{self}");
        }
    }

    pub(crate) fn assert_at_most(&self, label: &str, most: f64) {
        let actual = self.per_game(label);
        assert!(actual <= self.at_most(most), "{actual} {label}:\n{self}");
    }

    /// Checks that the billed amounts match the metrics or are slightly lower. Only billed GB-seconds are higher.
    pub(crate) fn assert_billed(&self) {
        let (billed, measured) = (
            |it| self.per_game(&format!("billed {it}")),
            |it| self.per_game(it),
        );
        assert_eq!(
            billed("messages").to_string(),
            measured("messages").to_string()
        );
        let minutes = "connection-minutes";
        assert_eq!(billed(minutes).to_string(), measured(minutes).to_string());
        let requests = measured("SQS messages") + measured("empty receives");
        // One request receives a batch, and one deletes it.
        assert!((1.2..=requests).contains(&billed("SQS requests")), "{self}");
        let memory_gb = f64::from(FUNCTION_MEMORY_MB) / 1024.0;
        let gb_seconds = measured("ms of") / 1000.0 * memory_gb;
        // Billing rounds up each invocation and includes process starts.
        let most = gb_seconds + (measured("invocations of") / 1000.0 + 10.0) * memory_gb;
        assert!((gb_seconds..most).contains(&billed("GB-seconds")), "{self}");
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (label, sum) in &self.sums {
            writeln!(f, "{label:28} {:10.4}", sum / self.games)?;
        }
        Ok(())
    }
}

/// The sum of yesterday and today, because a test may run at midnight.
async fn sum(client: &Client, metric: &LabelledMetric) -> f64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    let now_s = i64::try_from(now.as_secs()).expect("a time");
    let today_s = now_s - now_s % DAY_S;
    let dimension =
        |(name, value): &(&str, String)| Dimension::builder().name(*name).value(value).build();
    let dimensions = metric.dimensions.iter().map(dimension).collect();
    let request = client
        .get_metric_statistics()
        .namespace(metric.namespace)
        .metric_name(metric.name)
        .set_dimensions(Some(dimensions))
        .start_time(DateTime::from_secs(today_s - DAY_S))
        .end_time(DateTime::from_secs(today_s + DAY_S))
        .period(i32::try_from(DAY_S).expect("a day"))
        .statistics(Statistic::Sum);
    let answer = request.send().await.expect("statistics");
    let datapoints = answer.datapoints.unwrap_or_default();
    datapoints
        .iter()
        .filter_map(|it| it.sum)
        .fold(0.0, |sum, it| sum + it)
}
