//! What Lambda counted, and what the functions wrote.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::Statistic;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use rps_contract::names::Function;
use rps_handlers::time::now_ms;
use serde_json::Value;

use super::finding::Found;
use super::of_each;
use crate::aws::{Deployment, Metric};
use crate::exit::{Exit, Failure};
use crate::target::Target;
use crate::words::time_span;

const HOUR: Duration = Duration::from_hours(1);
const HOUR_MS: u64 = 60 * 60 * 1000;

/// The lines that somebody should read.
const PATTERN: &str = r#"{ ($.level = "ERROR") || ($.level = "WARN") }"#;

/// Answers that are read of each function. One has up to 10,000 lines, or none of a part that was searched.
const PAGES: usize = 20;

/// Characters of a line that are shown.
const SHOWN: usize = 200;

/// Invocations that failed in the last hour: crashes and timeouts, since nothing a player sends is one.
pub(super) async fn errors(deployment: &Deployment) -> Result<Found, Failure> {
    let counts = of_each(async |which| count(deployment, which).await).await?;
    let failed = counts.into_iter().filter(|(_, count)| *count > 0.0);
    let failed: Vec<_> = failed
        .map(|(which, count)| format!("{} {count}", deployment.target().function(which)))
        .collect();
    if failed.is_empty() {
        return Ok(Found::fine("no function failed in the last hour"));
    }
    let text = format!("failures in the last hour: {}", failed.join(", "));
    let remedy = "the log of the function says why; after a deployment, roll back";
    Ok(Found::wrong(text, remedy))
}

async fn count(deployment: &Deployment, which: Function) -> Result<f64, Failure> {
    let function = deployment.target().function(which);
    let metric = Metric::new("AWS/Lambda", "Errors", [("FunctionName", function)]);
    let now = SystemTime::now();
    let found = deployment
        .statistics(&metric, now - HOUR..now, 60, &[Statistic::Sum])
        .await?;
    Ok(found.iter().filter_map(|it| it.sum).sum())
}

#[derive(Default)]
struct Wrote {
    lines: usize,
    /// The newest that was read, with its time in milliseconds since 1970.
    newest: Option<(u64, String)>,
    /// Whether all of the hour was read.
    all: bool,
}

/// Lines of level ERROR or WARN in the last hour.
pub(super) async fn lines(deployment: &Deployment) -> Result<Found, Failure> {
    let target = deployment.target();
    let wrote = of_each(async |which| read(deployment, which).await).await?;
    let newest = wrote
        .iter()
        .filter_map(|(which, it)| Some((it.newest.as_ref()?, target.function(*which))));
    let Some(((at_ms, line), function)) = newest.max() else {
        return none(wrote.iter().all(|(_, it)| it.all));
    };
    let counts = wrote
        .iter()
        .filter(|(_, it)| it.lines > 0)
        .map(|(which, it)| {
            let at_least = if it.all { "" } else { "at least " };
            format!("{at_least}{} of {}", it.lines, target.function(*which))
        });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let ago = time_span(now_ms().saturating_sub(*at_ms));
    let text = format!(
        "ERROR and WARN in the last hour: {counts}; the newest, {ago} ago, of {function}: {line}"
    );
    let remedy = match target {
        Target::Stack { .. } => {
            "docs/runbook.md says what each line means; `aws logs tail` shows them"
        }
        Target::Local { .. } => "docs/runbook.md says what each line means",
    };
    Ok(Found::wrong(text, remedy))
}

fn none(all: bool) -> Result<Found, Failure> {
    if all {
        let text = "no line of level ERROR or WARN in the last hour";
        return Ok(Found::fine(text));
    }
    let message = "the last hour has more lines than could be searched, and none of those is ERROR or WARN; \
                   the dashboard counts them all";
    Err(Failure::new(Exit::Unexpected, message))
}

async fn read(deployment: &Deployment, which: Function) -> Result<Wrote, Failure> {
    let group = deployment.target().log_group(which);
    let since = i64::try_from(now_ms().saturating_sub(HOUR_MS)).unwrap_or_default();
    let mut pages = Client::new(deployment.config())
        .filter_log_events()
        .log_group_name(&group)
        .filter_pattern(PATTERN)
        .start_time(since)
        .into_paginator()
        .send();
    let mut wrote = Wrote::default();
    for _ in 0..PAGES {
        let Some(page) = pages.next().await else {
            wrote.all = true;
            break;
        };
        let page = page.map_err(|error| {
            let on = format!("the log group {group}");
            deployment.explain("logs:FilterLogEvents", &on, &error)
        })?;
        for event in page.events().iter().filter(|event| is_bad(event)) {
            wrote.lines += 1;
            wrote.newest = line(event).max(wrote.newest);
        }
    }
    Ok(wrote)
}

/// Whether the line is of one of the two levels: not every emulator of AWS knows the pattern.
fn is_bad(event: &FilteredLogEvent) -> bool {
    let read = event.message().map(serde_json::from_str);
    let read: Value = read.and_then(Result::ok).unwrap_or_default();
    matches!(read["level"].as_str(), Some("ERROR" | "WARN"))
}

fn line(event: &FilteredLogEvent) -> Option<(u64, String)> {
    let at_ms = event.timestamp?.try_into().ok()?;
    Some((at_ms, shown(event.message()?)))
}

/// What of a line people want to read.
fn shown(line: &str) -> String {
    let read: Value = serde_json::from_str(line).unwrap_or_default();
    let fields = &read["fields"];
    let text = match (fields["message"].as_str(), fields["failure"].as_str()) {
        (Some(message), Some(failure)) => format!("{message}: {failure}"),
        (Some(message), None) => message.to_owned(),
        (None, _) => line.to_owned(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{SHOWN, shown};

    #[test]
    fn what_of_a_line_is_shown() {
        let much = "é".repeat(SHOWN + 1);
        let cut = format!("{}…", "é".repeat(SHOWN));
        for (line, expected) in [
            (
                r#"{"level":"ERROR","fields":{"message":"m","failure":"f","game":"g"}}"#,
                "m: f",
            ),
            (r#"{"level":"ERROR","fields":{"message":"m"}}"#, "m"),
            (r#"{"level":"ERROR"}"#, r#"{"level":"ERROR"}"#),
            ("panicked", "panicked"),
            (&much, &cut),
        ] {
            assert_eq!(shown(line), expected);
        }
    }
}
