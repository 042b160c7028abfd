//! Custom metrics that CloudWatch extracts from the functions' log lines.
//!
//! All filters of a metric add to the same series. So the game has three custom metrics; ten are always free.

use rps_contract::log_metrics::ALL;
use rps_contract::stack;
use serde_json::json;

use crate::aws::cloudwatch::LogMetricFilter;
use crate::functions::Functions;
use crate::program::{Program, STACK, Text};

/// Adds one filter per metric and function that logs the metric's line.
pub(crate) fn filters(program: &mut Program, functions: &Functions) {
    for metric in ALL {
        for function in metric.functions {
            let value = metric.field.map(|field| format!("$.fields.{field}"));
            let filter = LogMetricFilter {
                name: metric.name,
                log_group_name: functions.get(*function).logs.name(),
                pattern: format!(r#"{{ $.fields.message = "{}" }}"#, metric.line),
                // No default value: CloudWatch would add it in every minute with any log line.
                metric_transformation: json!({
                    "name": metric.name,
                    "namespace": namespace(),
                    "value": value.as_deref().unwrap_or("1"),
                }),
            };
            program.add(
                format!("{}-metric-{}", function.name(), metric.name),
                filter,
            );
        }
    }
}

pub(crate) fn namespace() -> Text {
    stack::table(STACK).into()
}
