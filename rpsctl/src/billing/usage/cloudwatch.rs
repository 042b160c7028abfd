//! Usage of CloudWatch: logs, metrics, alarms and dashboards.

use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::LogGroup;
use futures_util::future::join_all;
use rps_contract::log_metrics::{BOT_GAMES, CONNECTION_MINUTES, GAMES, LogMetric};
use rps_contract::names::{ALARMS, Function};
use rust_decimal::Decimal;

use crate::aws::Metric;
use crate::billing::usage::query::UsageQuery;
use crate::billing::usage::{BillLine, GB, Hours, LineUsage, UsageResult, sum, times};
use crate::target::Target;

/// The custom metrics of the stack, which metric filters extract from its logs.
pub(super) struct StackMetrics {
    pub(super) games: UsageResult<Hours>,
    pub(super) bot_games: UsageResult<Hours>,
    /// The minutes of closed connections, and the number of these connections.
    pub(super) minutes: UsageResult<(Hours, Hours)>,
}

impl StackMetrics {
    pub(super) async fn read(query: &UsageQuery<'_>) -> Self {
        let metric = |metric: LogMetric| Metric::new(query.deployment.table(), metric.name, []);
        let (games, bot_games) = (metric(GAMES), metric(BOT_GAMES));
        let minutes = metric(CONNECTION_MINUTES);
        let (games, bot_games, minutes) = tokio::join!(
            query.sums(&games),
            query.sums(&bot_games),
            query.sums_and_counts(&minutes),
        );
        Self {
            games,
            bot_games,
            minutes,
        }
    }

    /// The number of metrics that cost something. A metric without values is free.
    fn count(&self) -> UsageResult<Decimal> {
        let games = self.games.as_ref().map_err(Clone::clone)?;
        let bot_games = self.bot_games.as_ref().map_err(Clone::clone)?;
        let (minutes, _) = self.minutes.as_ref().map_err(Clone::clone)?;
        let used = [games, bot_games, minutes]
            .into_iter()
            .filter(|hours| !hours.is_empty());
        Ok(Decimal::from(used.count()))
    }
}

pub(super) async fn lines(query: &UsageQuery<'_>, metrics: &StackMetrics) -> Vec<LineUsage> {
    let (mut lines, alarms) = tokio::join!(logs(query), alarm_metrics(query));
    lines.push(LineUsage::standing(
        BillLine::CustomMetrics,
        metrics.count(),
    ));
    lines.push(LineUsage::standing(BillLine::AlarmMetrics, alarms));
    if matches!(query.deployment.target(), Target::Stack { .. }) {
        // `pulumi up` creates one.
        lines.push(LineUsage::standing(BillLine::Dashboards, Ok(Decimal::ONE)));
    }
    lines
}

async fn logs(query: &UsageQuery<'_>) -> Vec<LineUsage> {
    let groups = groups(query).await;
    let names = match &groups {
        Ok(groups) => groups
            .iter()
            .filter_map(|it| it.log_group_name.clone())
            .collect(),
        Err(_) => function_log_groups(query),
    };
    let bytes = join_all(names.into_iter().map(async |name| {
        let metric = Metric::new("AWS/Logs", "IncomingBytes", [("LogGroupName", name)]);
        query.sums(&metric).await
    }));
    let ingested = sum(&bytes.await).map(|bytes| times(&bytes, Decimal::ONE / GB));
    let stored = groups.map(|groups| {
        let bytes: i64 = groups.iter().filter_map(|it| it.stored_bytes).sum();
        Decimal::from(bytes) / GB
    });
    vec![
        LineUsage::measured(BillLine::LogsIngested, ingested),
        LineUsage::standing(BillLine::LogsStored, stored),
    ]
}

fn function_log_groups(query: &UsageQuery<'_>) -> Vec<String> {
    Function::ALL
        .map(|function| query.deployment.target().log_group(function))
        .into()
}

/// The stack's log groups: one for each function, and the access log if the stack has one.
async fn groups(query: &UsageQuery<'_>) -> UsageResult<Vec<LogGroup>> {
    let mut names = function_log_groups(query);
    let connection_log = query.deployment.target().log_group(Function::Connection);
    let prefix = connection_log.trim_end_matches(Function::Connection.name());
    let mut groups = list_log_groups(query, prefix).await?;
    if let Target::Stack { .. } = query.deployment.target() {
        let access_log = format!("/aws/apigateway/{}", query.deployment.table());
        groups.extend(list_log_groups(query, &access_log).await?);
        names.push(access_log);
    }
    let is_ours = |name: &str| names.iter().any(|it| it == name);
    groups.retain(|group| group.log_group_name().is_some_and(is_ours));
    Ok(groups)
}

async fn list_log_groups(query: &UsageQuery<'_>, prefix: &str) -> UsageResult<Vec<LogGroup>> {
    let request = Client::new(query.deployment.config()).describe_log_groups();
    let pages = request.log_group_name_prefix(prefix).into_paginator();
    let groups: Result<Vec<_>, _> = pages.items().send().collect().await;
    groups.map_err(|error| {
        let on = format!("the log groups {prefix}…");
        let failure = query
            .deployment
            .explain("logs:DescribeLogGroups", &on, &error);
        failure.to_string()
    })
}

/// The number of metrics that the stack's alarms watch. One alarm may watch several.
async fn alarm_metrics(query: &UsageQuery<'_>) -> UsageResult<Decimal> {
    let prefix = format!("{}-", query.deployment.table());
    let request = aws_sdk_cloudwatch::Client::new(query.deployment.config()).describe_alarms();
    let mut pages = request.alarm_name_prefix(&prefix).into_paginator().send();
    let mut metrics = 0;
    while let Some(page) = pages.next().await {
        query.count_request();
        let page = page.map_err(|error| {
            let on = format!("the alarms {prefix}…");
            let failure = query
                .deployment
                .explain("cloudwatch:DescribeAlarms", &on, &error);
            failure.to_string()
        })?;
        metrics += metrics_of(page.metric_alarms(), &prefix);
    }
    Ok(Decimal::from(metrics))
}

/// The number of metrics that our alarms watch. Their names begin with `prefix`.
fn metrics_of(alarms: &[MetricAlarm], prefix: &str) -> usize {
    // Another stack's alarms may have the same prefix.
    let ours = alarms.iter().filter(|alarm| {
        let name = alarm.alarm_name().unwrap_or_default();
        name.strip_prefix(prefix)
            .is_some_and(|it| ALARMS.contains(&it))
    });
    let metrics = ours.map(|alarm| {
        let queries = alarm.metrics().iter();
        let metrics = queries.filter(|it| it.metric_stat.is_some()).count();
        metrics.max(1)
    });
    metrics.sum()
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricStat};

    use super::*;

    #[test]
    fn an_alarm_counts_its_metric_or_the_metrics_of_its_expression() {
        let stat = MetricStat::builder().period(60).stat("Sum").build();
        let metric = MetricDataQuery::builder().id("m").metric_stat(stat).build();
        let expression = MetricDataQuery::builder()
            .id("e")
            .expression("m * 2")
            .build();
        let alarm = |name: &str, queries: &[&MetricDataQuery]| {
            let queries = queries.iter().map(|it| (*it).clone()).collect();
            let alarm = MetricAlarm::builder().alarm_name(name);
            alarm.set_metrics(Some(queries)).build()
        };
        let four = [&metric, &metric, &metric, &metric, &expression];
        let alarms = [
            alarm("rps-dev-dead-letters", &[]),
            alarm("rps-dev-table-failing", &[&metric, &expression]),
            alarm("rps-dev-functions-failing", &four),
            // Not ours: an alarm of the stack dev-2, and one with an unknown name.
            alarm("rps-dev-2-functions-failing", &four),
            alarm("rps-dev-mine", &[]),
        ];
        assert_eq!(metrics_of(&alarms, "rps-dev-"), 6);
    }
}
