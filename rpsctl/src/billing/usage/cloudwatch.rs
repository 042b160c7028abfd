//! Logs, metrics and alarms: what it costs to watch.

use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::LogGroup;
use futures_util::future::join_all;
use rps_contract::log_metrics::{CONNECTION_MINUTES, GAMES, LogMetric};
use rps_contract::names::{ALARMS, Function};
use rust_decimal::Decimal;

use crate::aws::Metric;
use crate::billing::usage::ask::Ask;
use crate::billing::usage::{GB, Hours, Known, Line, Used, sum, times};
use crate::target::Target;

pub(super) struct Own {
    pub(super) games: Known<Hours>,
    /// Minutes of connections that closed, and how many those were.
    pub(super) minutes: Known<(Hours, Hours)>,
}

impl Own {
    pub(super) async fn ask(ask: &Ask<'_>) -> Self {
        let metric = |of: LogMetric| Metric::new(ask.deployment.table(), of.name, []);
        let (games, minutes) = (metric(GAMES), metric(CONNECTION_MINUTES));
        let (games, minutes) = tokio::join!(ask.sums(&games), ask.sums_and_counts(&minutes));
        Self { games, minutes }
    }

    /// How many of them there are: a metric without values is none, and costs nothing.
    fn count(&self) -> Known<Decimal> {
        let games = !self.games.as_ref().map_err(Clone::clone)?.is_empty();
        let (minutes, _) = self.minutes.as_ref().map_err(Clone::clone)?;
        Ok(Decimal::from(
            u8::from(games) + u8::from(!minutes.is_empty()),
        ))
    }
}

pub(super) async fn lines(ask: &Ask<'_>, own: &Own) -> Vec<Used> {
    let (mut lines, alarms) = tokio::join!(logs(ask), alarm_metrics(ask));
    lines.push(Used::standing(Line::CustomMetrics, own.count()));
    lines.push(Used::standing(Line::AlarmMetrics, alarms));
    if matches!(ask.deployment.target(), Target::Stack { .. }) {
        // `pulumi up` makes one.
        lines.push(Used::standing(Line::Dashboards, Ok(Decimal::ONE)));
    }
    lines
}

async fn logs(ask: &Ask<'_>) -> Vec<Used> {
    let groups = groups(ask).await;
    let names = match &groups {
        Ok(groups) => groups
            .iter()
            .filter_map(|it| it.log_group_name.clone())
            .collect(),
        Err(_) => of_functions(ask),
    };
    let written = join_all(names.into_iter().map(async |name| {
        let metric = Metric::new("AWS/Logs", "IncomingBytes", [("LogGroupName", name)]);
        ask.sums(&metric).await
    }));
    let written = sum(&written.await).map(|bytes| times(&bytes, Decimal::ONE / GB));
    let stored = groups.map(|groups| {
        let bytes: i64 = groups.iter().filter_map(|it| it.stored_bytes).sum();
        Decimal::from(bytes) / GB
    });
    vec![
        Used::counted(Line::LogsIngested, written),
        Used::standing(Line::LogsStored, stored),
    ]
}

fn of_functions(ask: &Ask<'_>) -> Vec<String> {
    Function::ALL
        .map(|which| ask.deployment.target().log_group(which))
        .into()
}

/// The stack's log groups: those of the functions, and that of access logs if it has one.
async fn groups(ask: &Ask<'_>) -> Known<Vec<LogGroup>> {
    let mut wanted = of_functions(ask);
    let of_connection = ask.deployment.target().log_group(Function::Connection);
    let before = of_connection.trim_end_matches(Function::Connection.name());
    let mut found = listed(ask, before).await?;
    if let Target::Stack { .. } = ask.deployment.target() {
        let access_logs = format!("/aws/apigateway/{}", ask.deployment.table());
        found.extend(listed(ask, &access_logs).await?);
        wanted.push(access_logs);
    }
    let is_wanted = |name: &str| wanted.iter().any(|it| it == name);
    found.retain(|group| group.log_group_name().is_some_and(is_wanted));
    Ok(found)
}

async fn listed(ask: &Ask<'_>, prefix: &str) -> Known<Vec<LogGroup>> {
    let asked = Client::new(ask.deployment.config()).describe_log_groups();
    let pages = asked.log_group_name_prefix(prefix).into_paginator();
    let found: Result<Vec<_>, _> = pages.items().send().collect().await;
    found.map_err(|error| {
        let on = format!("the log groups {prefix}…");
        let failure = ask
            .deployment
            .explain("logs:DescribeLogGroups", &on, &error);
        failure.to_string()
    })
}

/// The metrics that the stack's alarms watch. One alarm may watch several.
async fn alarm_metrics(ask: &Ask<'_>) -> Known<Decimal> {
    let names = format!("{}-", ask.deployment.table());
    let asked = aws_sdk_cloudwatch::Client::new(ask.deployment.config()).describe_alarms();
    let mut pages = asked.alarm_name_prefix(&names).into_paginator().send();
    let mut metrics = 0;
    while let Some(page) = pages.next().await {
        ask.count_request();
        let page = page.map_err(|error| {
            let on = format!("the alarms {names}…");
            let failure = ask
                .deployment
                .explain("cloudwatch:DescribeAlarms", &on, &error);
            failure.to_string()
        })?;
        metrics += metrics_of(page.metric_alarms(), &names);
    }
    Ok(Decimal::from(metrics))
}

/// The metrics that the alarms with these names watch.
fn metrics_of(alarms: &[MetricAlarm], names: &str) -> usize {
    // Another stack's name may begin like this one's.
    let ours = alarms.iter().filter(|alarm| {
        let name = alarm.alarm_name().unwrap_or_default();
        name.strip_prefix(names)
            .is_some_and(|it| ALARMS.contains(&it))
    });
    let metrics = ours.map(|alarm| {
        let computed_from = alarm.metrics().iter();
        let metrics = computed_from.filter(|it| it.metric_stat.is_some()).count();
        metrics.max(1)
    });
    metrics.sum()
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricStat};

    use super::*;

    #[test]
    fn an_alarm_watches_one_metric_or_those_that_it_computes_with() {
        let stat = MetricStat::builder().period(60).stat("Sum").build();
        let metric = MetricDataQuery::builder().id("m").metric_stat(stat).build();
        let computed = MetricDataQuery::builder()
            .id("e")
            .expression("m * 2")
            .build();
        let on = |name: &str, queries: &[&MetricDataQuery]| {
            let queries = queries.iter().map(|it| (*it).clone()).collect();
            let alarm = MetricAlarm::builder().alarm_name(name);
            alarm.set_metrics(Some(queries)).build()
        };
        let four = [&metric, &metric, &metric, &metric, &computed];
        let alarms = [
            on("rps-dev-dead-letters", &[]),
            on("rps-dev-table-failing", &[&metric, &computed]),
            on("rps-dev-functions-failing", &four),
            // Of the stack dev-2, and of nobody.
            on("rps-dev-2-functions-failing", &four),
            on("rps-dev-mine", &[]),
        ];
        assert_eq!(metrics_of(&alarms, "rps-dev-"), 6);
    }
}
