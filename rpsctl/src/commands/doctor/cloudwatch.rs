//! The alarms, and failed invocations and logs of the functions.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::{StateValue, Statistic};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use rps_contract::names::{ALARMS, Function};
use rps_handlers::time::now_ms;
use serde_json::Value;

use super::finding::{CheckResult, Problems};
use super::for_each_function;
use crate::aws::{Deployment, Metric};
use crate::exit::{Exit, Failure};
use crate::target::Target;
use crate::words::time_span;

const HOUR: Duration = Duration::from_hours(1);
const HOUR_MS: u64 = 60 * 60 * 1000;

/// The log lines that need attention.
const PATTERN: &str = r#"{ ($.level = "ERROR") || ($.level = "WARN") }"#;

/// Maximum number of pages to read per function. A page has up to 10,000 lines, but may be empty.
const MAX_PAGES: usize = 20;

/// Maximum length of a printed line, in characters.
const MAX_LINE: usize = 200;

/// Checks for failed invocations in the last hour. Only crashes and timeouts count: no input from a player makes an
/// invocation fail.
pub(super) async fn errors(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let counts =
        for_each_function(async |function| count_errors(deployment, function).await).await?;
    let failed = counts.into_iter().filter(|(_, count)| *count > 0.0);
    let failed: Vec<_> = failed.collect();
    let Some((function, _)) = failed.first() else {
        return Ok(CheckResult::ok("no function failed in the last hour"));
    };
    let counts = failed
        .iter()
        .map(|(function, count)| format!("{} {count}", deployment.target().function(*function)));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let text = format!("failed invocations in the last hour: {counts}");
    let read = read_log(deployment.target(), *function);
    let remedy = format!("{read}; if a deployment caused the failures, roll it back");
    Ok(CheckResult::wrong(text, remedy))
}

async fn count_errors(deployment: &Deployment, function: Function) -> Result<f64, Failure> {
    let name = deployment.target().function(function);
    let metric = Metric::new("AWS/Lambda", "Errors", [("FunctionName", name)]);
    let now = SystemTime::now();
    let datapoints = deployment
        .statistics(&metric, now - HOUR..now, 60, &[Statistic::Sum])
        .await?;
    Ok(datapoints.iter().filter_map(|it| it.sum).sum())
}

/// Checks that no alarm of this stack is on, and that CloudWatch has all of them. The local AWS has no alarms.
pub(super) async fn alarms(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let (target, prefix) = (deployment.target(), deployment.table());
    let names = ALARMS.map(|name| format!("{prefix}-{name}"));
    let request = aws_sdk_cloudwatch::Client::new(deployment.config()).describe_alarms();
    let request = request.set_alarm_names(Some(names.to_vec())).send().await;
    let output = request.map_err(|error| {
        let on = format!("the alarms {prefix}-…");
        deployment.explain("cloudwatch:DescribeAlarms", &on, &error)
    })?;
    let (mut problems, mut missing) = (Problems::of(target), Vec::new());
    for name in names {
        let mut alarms = output.metric_alarms().iter();
        let alarm = alarms.find(|alarm| alarm.alarm_name() == Some(&name));
        match alarm.map(|alarm| (alarm.state_value(), alarm.state_reason())) {
            Some((Some(StateValue::Alarm), reason)) => {
                let history = format!("cloudwatch describe-alarm-history --alarm-name {name}");
                problems.add(
                    format!(
                        "{name} is on: {}",
                        reason.unwrap_or("CloudWatch gives no reason")
                    ),
                    format!(
                        "follow docs/runbook.md; see when it went on with `{}`",
                        target.aws(&history)
                    ),
                );
            }
            Some(_) => (),
            None => missing.push(name),
        }
    }
    if !missing.is_empty() && matches!(target, Target::Stack { .. }) {
        problems.add_drift(format!("missing alarms: {}", missing.join(", ")));
    }
    Ok(problems.result_or("no alarm is on"))
}

#[derive(Default)]
struct LogSummary {
    lines: usize,
    /// The newest matching line, with its time in milliseconds since 1970.
    newest: Option<(u64, String)>,
    /// Whether the whole hour was read.
    complete: bool,
}

/// Checks for log lines of level ERROR or WARN in the last hour.
pub(super) async fn logs(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let target = deployment.target();
    let summaries = for_each_function(async |function| read(deployment, function).await).await?;
    let newest = summaries
        .iter()
        .filter_map(|(function, it)| Some((it.newest.as_ref()?, *function)));
    let Some(((at_ms, line), function)) = newest.max_by_key(|(newest, _)| *newest) else {
        return no_lines(summaries.iter().all(|(_, it)| it.complete));
    };
    let counts = summaries
        .iter()
        .filter(|(_, it)| it.lines > 0)
        .map(|(function, it)| {
            let at_least = if it.complete { "" } else { "at least " };
            format!("{at_least}{} from {}", it.lines, target.function(*function))
        });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let ago = time_span(now_ms().saturating_sub(*at_ms));
    let text = format!(
        "ERROR and WARN lines in the last hour: {counts}; the newest, {ago} ago, from {}: {line}",
        target.function(function)
    );
    let read = read_log(target, function);
    let remedy = format!("{read}; docs/runbook.md explains each line");
    Ok(CheckResult::wrong(text, remedy))
}

fn read_log(target: &Target, function: Function) -> String {
    match target {
        Target::Stack { .. } => {
            let tail = format!("logs tail {} --since 1h", target.log_group(function));
            format!("read the log with `{}`", target.aws(&tail))
        }
        Target::Local { .. } => "read the log of `rpsctl local`".to_owned(),
    }
}

fn no_lines(complete: bool) -> Result<CheckResult, Failure> {
    if complete {
        let text = "no ERROR or WARN lines in the last hour";
        return Ok(CheckResult::ok(text));
    }
    let message = "the search ended before it covered the last hour, and found no ERROR or WARN line; see the dashboard, \
                   which counts all lines";
    Err(Failure::new(Exit::Unexpected, message))
}

async fn read(deployment: &Deployment, function: Function) -> Result<LogSummary, Failure> {
    let group = deployment.target().log_group(function);
    let since = i64::try_from(now_ms().saturating_sub(HOUR_MS)).unwrap_or_default();
    let mut pages = Client::new(deployment.config())
        .filter_log_events()
        .log_group_name(&group)
        .filter_pattern(PATTERN)
        .start_time(since)
        .into_paginator()
        .send();
    let mut summary = LogSummary::default();
    for _ in 0..MAX_PAGES {
        let Some(page) = pages.next().await else {
            summary.complete = true;
            break;
        };
        let page = page.map_err(|error| {
            let on = format!("the log group {group}");
            deployment.explain("logs:FilterLogEvents", &on, &error)
        })?;
        for event in page.events().iter().filter(|event| needs_attention(event)) {
            summary.lines += 1;
            summary.newest = line(event).max(summary.newest);
        }
    }
    Ok(summary)
}

/// Whether the line has level ERROR or WARN. Some AWS emulators ignore the filter pattern.
fn needs_attention(event: &FilteredLogEvent) -> bool {
    let json = event.message().map(serde_json::from_str);
    let json: Value = json.and_then(Result::ok).unwrap_or_default();
    matches!(json["level"].as_str(), Some("ERROR" | "WARN"))
}

fn line(event: &FilteredLogEvent) -> Option<(u64, String)> {
    let at_ms = event.timestamp?.try_into().ok()?;
    Some((at_ms, summarize(event.message()?)))
}

/// The message and the failure of a line, or the whole line if it has no message.
fn summarize(line: &str) -> String {
    let json: Value = serde_json::from_str(line).unwrap_or_default();
    let fields = &json["fields"];
    let text = match (fields["message"].as_str(), fields["failure"].as_str()) {
        (Some(message), Some(failure)) => format!("{message}: {failure}"),
        (Some(message), None) => message.to_owned(),
        (None, _) => line.to_owned(),
    };
    match text.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_LINE, summarize};

    #[test]
    fn a_summary_has_the_message_and_the_failure() {
        let long = "é".repeat(MAX_LINE + 1);
        let cut = format!("{}…", "é".repeat(MAX_LINE));
        for (line, expected) in [
            (
                r#"{"level":"ERROR","fields":{"message":"m","failure":"f","game":"g"}}"#,
                "m: f",
            ),
            (r#"{"level":"ERROR","fields":{"message":"m"}}"#, "m"),
            (r#"{"level":"ERROR"}"#, r#"{"level":"ERROR"}"#),
            ("panicked", "panicked"),
            (&long, &cut),
        ] {
            assert_eq!(summarize(line), expected);
        }
    }
}
