//! What the functions wrote.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use rps_contract::names::Function;
use rps_handlers::time::now_ms;
use serde_json::Value;

use super::finding::Found;
use super::of_each;
use crate::aws::Deployment;
use crate::exit::{Exit, Failure};
use crate::target::Target;
use crate::words::time_span;

/// How far back.
const HOUR_MS: u64 = 60 * 60 * 1000;

/// The lines that somebody should read.
const PATTERN: &str = r#"{ ($.level = "ERROR") || ($.level = "WARN") }"#;

/// Answers that are read of each function. One has up to 10,000 lines, or none of a part that was searched.
const PAGES: usize = 20;

/// Characters of a line that are shown.
const SHOWN: usize = 200;

/// What a function wrote.
struct Wrote {
    function: String,
    lines: usize,
    /// The newest that was read, with its time in milliseconds since 1970.
    newest: Option<(u64, String)>,
    /// Whether all of the hour was read.
    all: bool,
}

/// Lines of level ERROR or WARN in the last hour.
pub(super) async fn lines(deployment: &Deployment) -> Result<Found, Failure> {
    let wrote = of_each(async |which| read(deployment, which).await).await?;
    let wrote: Vec<_> = wrote.into_iter().map(|(_, wrote)| wrote).collect();
    let of_each = wrote.iter().filter(|it| it.lines > 0).map(|it| {
        let at_least = if it.all { "" } else { "at least " };
        format!("{at_least}{} of {}", it.lines, it.function)
    });
    let of_each: Vec<_> = of_each.collect();
    let newest = wrote
        .iter()
        .filter_map(|it| Some((it.newest.as_ref()?, &it.function)));
    let Some(((at_ms, line), function)) = newest.max() else {
        return none(&wrote);
    };
    let ago = time_span(now_ms().saturating_sub(*at_ms));
    let text = format!(
        "ERROR and WARN in the last hour: {}; the newest, {ago} ago, of {function}: {line}",
        of_each.join(", ")
    );
    let remedy = match deployment.target() {
        Target::Stack { .. } => {
            "docs/runbook.md says what each line means; `aws logs tail` shows them"
        }
        Target::Local { .. } => "docs/runbook.md says what each line means",
    };
    Ok(Found::wrong(text, remedy))
}

fn none(wrote: &[Wrote]) -> Result<Found, Failure> {
    if wrote.iter().all(|it| it.all) {
        return Ok(Found::fine(
            "no line of level ERROR or WARN in the last hour",
        ));
    }
    let message = "the last hour has more lines than could be searched, and none of those is ERROR or WARN; \
                   the dashboard counts them all";
    Err(Failure::new(Exit::Unexpected, message))
}

async fn read(deployment: &Deployment, which: Function) -> Result<Wrote, Failure> {
    let target = deployment.target();
    let group = target.log_group(which);
    let since = i64::try_from(now_ms().saturating_sub(HOUR_MS)).unwrap_or_default();
    let mut pages = Client::new(deployment.config())
        .filter_log_events()
        .log_group_name(&group)
        .filter_pattern(PATTERN)
        .start_time(since)
        .into_paginator()
        .send();
    let mut wrote = Wrote {
        function: target.function(which),
        lines: 0,
        newest: None,
        all: false,
    };
    for _ in 0..PAGES {
        let Some(page) = pages.next().await else {
            wrote.all = true;
            break;
        };
        let page = page.map_err(|error| {
            let (action, on) = ("logs:FilterLogEvents", format!("the log group {group}"));
            deployment.explain(action, &on, &error)
        })?;
        let bad = page.events().iter().filter(|event| is_bad(event));
        let (lines, newest) = bad.fold((0, None), |(lines, newest), event| {
            (lines + 1, line(event).max(newest))
        });
        wrote.lines += lines;
        wrote.newest = wrote.newest.max(newest);
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
