//! The tables of docs/scaling.md. `UPDATE_EXPECT=1` rewrites them.

use std::cmp::Reverse;

use expect_test::expect_file;
use rps_game::lobby::PLACES;
use rps_testkit::game;
use rps_testkit::tables::with_table;
use rust_decimal::dec;

use super::*;
use crate::words::grouped;

/// Numbers of concurrent games.
const LEVELS: [u32; 4] = [10, 1_000, 100_000, 1_000_000];

/// The default play window: the duration of a game that has one round.
const GAME_S: f64 = 5.0;

const DAYS: Decimal = dec!(30);

/// The assumed duration of a call to AWS.
const CALL_S: f64 = 0.005;

/// The sequential calls during which a game takes a place in the lobby: one of the first player, six of the second.
const CALLS_OF_PLACE: f64 = 7.0;

/// A place is opened and closed.
const WRITES_OF_PLACE: f64 = 2.0;

/// The sequential calls of `decide` that end a game.
const CALLS_OF_END: f64 = 6.0;

/// Connects, and messages from players.
const PLAYERS_REQUESTS: f64 = 6.0;

/// Calls of `@connections`: they send three messages and close two connections.
const CALLBACKS: f64 = 5.0;

/// The highest rate of one execution environment.
const INVOCATIONS_PER_SECOND: f64 = 10.0;

/// The requests in a month of an event source mapping without messages.
const IDLE_POLLS: f64 = 648_000.0;

/// AWS's GB.
const GB: f64 = 1_073_741_824.0;

struct Limit {
    name: &'static str,
    page: &'static str,
    most: u32,
    raise: &'static str,
    /// The need of one game per second.
    of_game: f64,
}

const LIMITS: [Limit; 10] = [
    Limit {
        name: "new connections per second",
        page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html",
        most: 500,
        raise: "yes",
        of_game: game::CONNECTIONS,
    },
    Limit {
        name: "requests and `@connections` calls per second",
        page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
        most: 10_000,
        raise: "yes",
        of_game: PLAYERS_REQUESTS + CALLBACKS,
    },
    Limit {
        name: "concurrent executions",
        page: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
        most: 1_000,
        raise: "to tens of thousands",
        of_game: game::INVOCATIONS / INVOCATIONS_PER_SECOND,
    },
    Limit {
        name: "executions of `decide` by the mapping",
        page: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
        most: 1_250,
        raise: "by provisioned mode",
        of_game: CALLS_OF_END * CALL_S,
    },
    Limit {
        name: "SQS messages in flight",
        page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html",
        most: 120_000,
        raise: "not needed",
        of_game: CALLS_OF_END * CALL_S,
    },
    Limit {
        name: "write units per second",
        page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
        most: 40_000,
        raise: "yes",
        of_game: game::WRITE_UNITS,
    },
    Limit {
        name: "read units per second",
        page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
        most: 40_000,
        raise: "yes",
        of_game: game::READ_UNITS,
    },
    Limit {
        name: "write units per second of the lobby's item",
        page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
        most: 1_000,
        raise: "no",
        of_game: WRITES_OF_PLACE,
    },
    Limit {
        name: "`lobbyShards`",
        page: "deploy.md#settings",
        most: *PLACES.end() as u32,
        raise: "in the code",
        of_game: CALLS_OF_PLACE * CALL_S,
    },
    Limit {
        name: "`rateLimit`",
        page: "deploy.md#settings",
        most: 10_000,
        raise: "in the code",
        of_game: PLAYERS_REQUESTS,
    },
];

impl Limit {
    fn need(&self, games_per_second: Decimal) -> Decimal {
        decimal(self.of_game) * games_per_second
    }

    fn share(&self, games_per_second: Decimal) -> Decimal {
        self.need(games_per_second) / Decimal::from(self.most)
    }

    fn row(&self) -> String {
        let needs = LEVELS.map(|level| {
            let need = self.need(games_per_second(level));
            let shown = rounded(need);
            if need > self.most.into() {
                format!("**{shown}**")
            } else {
                shown
            }
        });
        let Limit {
            name, page, raise, ..
        } = self;
        let (most, of_game) = (grouped(&self.most), self.of_game);
        let needs = needs.join(" | ");
        format!("| [{name}]({page}) | {most} | {raise} | {of_game} | {needs} |")
    }
}

fn decimal(number: f64) -> Decimal {
    Decimal::try_from(number).expect("a number")
}

fn games_per_second(concurrent: u32) -> Decimal {
    Decimal::from(concurrent) / decimal(GAME_S)
}

/// Rounds to one decimal place below 10, else to a whole number.
fn rounded(number: Decimal) -> String {
    let places = u32::from(number < dec!(10));
    grouped(&number.round_dp(places).normalize())
}

/// The limit that binds first, and the other limits that are too low.
fn limits_of_level(games_per_second: Decimal) -> [String; 2] {
    let mut shares = LIMITS.map(|limit| (limit.share(games_per_second), limit.name));
    shares.sort_by_key(|(share, _)| Reverse(*share));
    let [(most, first), others @ ..] = shares;
    if most <= Decimal::ONE {
        let percent = rounded(most * dec!(100));
        return [format!("none; {first} reach {percent} %"), String::new()];
    }
    let others = others.iter().filter(|(share, _)| *share > Decimal::ONE);
    let others: Vec<_> = others
        .map(|(share, name)| format!("{name}: {} ×", rounded(*share)))
        .collect();
    [format!("{first}: {} ×", rounded(most)), others.join("; ")]
}

fn us_east_1() -> Prices {
    Prices::of_region("us-east-1").expect("built in")
}

/// What a month with these games costs in us-east-1, in USD.
fn month(games: Decimal) -> Decimal {
    let lines = [
        (BilledItem::WebsocketMessages, game::MESSAGES),
        (BilledItem::ConnectionMinutes, game::CONNECTION_MINUTES),
        (BilledItem::LambdaRequests, game::INVOCATIONS),
        (BilledItem::LambdaGbSecondsArm64, game::GB_SECONDS),
        (BilledItem::WriteUnits, game::WRITE_UNITS),
        (BilledItem::ReadUnits, game::READ_UNITS),
        (BilledItem::SqsRequests, game::SQS_REQUESTS),
        (BilledItem::LogsIngestedGb, game::LOG_BYTES / GB),
        (BilledItem::InternetGb, game::BYTES_TO_PLAYERS / GB),
    ];
    let mut lines = lines
        .map(|(item, units)| (item, decimal(units) * games))
        .to_vec();
    lines.push((BilledItem::SqsRequests, decimal(IDLE_POLLS)));
    let prices = us_east_1();
    let november = Month::of(date!(2026 - 11 - 01));
    let charges = bill(&prices, FreeTierPlan::AlwaysFree, november, &lines);
    charges.iter().map(|charge| charge.cost).sum()
}

fn level_row(concurrent: u32) -> String {
    let rate = games_per_second(concurrent);
    let hours = DAYS * dec!(24);
    let games = rate * dec!(3_600) * hours;
    let month = month(games);
    let usd = [month / hours, month].map(|usd| {
        let places = if usd < Decimal::ONE { 2 } else { 0 };
        grouped(&usd.round_dp(places))
    });
    let (concurrent, games_per_second) = (grouped(&concurrent), grouped(&rate.normalize()));
    let ([first, others], [hour, month]) = (limits_of_level(rate), usd);
    format!("| {concurrent} | {games_per_second} | {first} | {others} | {hour} USD | {month} USD |")
}

#[test]
fn the_document_has_the_load_and_the_cost_of_each_level() {
    let levels = format!(
        "| concurrent games | games per second | binds first | binds next | per hour | per month |\n\
         |---|---|---|---|---|---|\n{}",
        LEVELS.map(level_row).join("\n")
    );
    let numbers = LEVELS.map(|level| grouped(&level)).join(" | ");
    let limits = format!(
        "| limit | value | can be raised | for 1 game per second | {numbers} |\n|---|---|---|---|---|---|---|---|\n{}",
        LIMITS.map(|limit| limit.row()).join("\n")
    );
    let document = include_str!("../../../../../docs/scaling.md");
    let document = with_table(document, "levels", &levels);
    let document = with_table(&document, "limits", &limits);
    expect_file!["../../../../../docs/scaling.md"].assert_eq(&document);
}

/// A player who waits beside others sends one more message, which wakes `decide`.
#[test]
fn the_document_has_the_cost_of_waiting_beside_others() {
    let million = dec!(1_000_000);
    let units = [
        (BilledItem::SqsRequests, dec!(3)),
        (BilledItem::LambdaRequests, dec!(1)),
        (BilledItem::ReadUnits, dec!(1)),
    ];
    let prices = us_east_1();
    let costs = units.map(|(item, units)| prices.of_item(item).cost(units * million));
    let cost = costs.iter().sum::<Decimal>().round_dp(2);
    let sentence = format!("costs at most {cost} USD per million games");
    let document = include_str!("../../../../../docs/scaling.md");
    assert!(document.contains(&sentence), "{sentence}");
}

#[test]
fn the_costs_have_the_use_of_a_game() {
    let million = month(dec!(1_000_000)).round_dp(2);
    let costs = include_str!("../../../../../docs/costs.md");
    for row in [
        format!("| WebSocket messages | {} |", game::MESSAGES),
        format!(
            "| connection-minutes, each begun one | {} |",
            game::CONNECTION_MINUTES
        ),
        format!("| Lambda requests | {} |", game::INVOCATIONS),
        format!(
            "| Lambda GB-seconds, measured on two cores, not on Lambda | {} |",
            game::GB_SECONDS
        ),
        format!("| DynamoDB write units | {} |", game::WRITE_UNITS),
        format!("| DynamoDB read units | {} |", game::READ_UNITS),
        format!("| SQS requests | {} |", game::SQS_REQUESTS),
        format!("| CloudWatch Logs | {} bytes |", grouped(&game::LOG_BYTES)),
        format!("| data to players | {} bytes |", game::BYTES_TO_PLAYERS),
        format!("| **total** | | {million} USD |"),
    ] {
        assert!(costs.contains(&row), "{row}");
    }
}
