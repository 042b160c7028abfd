//! The metrics that only the game knows: CloudWatch takes them out of the functions' log lines.
//!
//! Each filter of one metric adds to the same series, so there are two metrics of our own, and ten are always free.

use rps_contract::log_metrics::ALL;
use rps_contract::stack;
use serde_json::json;

use crate::aws::cloudwatch::LogMetricFilter;
use crate::functions::Functions;
use crate::program::{Program, STACK, Text};

/// Adds a filter for each function that logs such a line.
pub(crate) fn filters(program: &mut Program, functions: &Functions) {
    for metric in ALL {
        for which in metric.functions {
            let value = metric.field.map(|field| format!("$.fields.{field}"));
            let filter = LogMetricFilter {
                name: metric.name,
                log_group_name: functions.get(*which).logs.name(),
                pattern: format!(r#"{{ $.fields.message = "{}" }}"#, metric.line),
                // Without a default value: one would be a value each minute in which anything is logged.
                metric_transformation: json!({
                    "name": metric.name,
                    "namespace": namespace(),
                    "value": value.as_deref().unwrap_or("1"),
                }),
            };
            program.add(format!("{}-metric-{}", which.name(), metric.name), filter);
        }
    }
}

pub(crate) fn namespace() -> Text {
    stack::table(STACK).into()
}
