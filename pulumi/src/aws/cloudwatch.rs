//! Amazon CloudWatch.

use std::collections::BTreeMap;

use crate::program::{Json, Text, properties, resources};

/// A metric's dimensions.
pub(crate) type Dimensions = BTreeMap<&'static str, Text>;

resources! {
    /// A log group.
    LogGroup = "aws:cloudwatch:LogGroup" {
        name: Text,
        retention_in_days: u32,
    } gives arn = "arn", name = "name";

    /// What takes a metric out of log lines.
    LogMetricFilter = "aws:cloudwatch:LogMetricFilter" {
        name: &'static str,
        log_group_name: Text,
        pattern: String,
        metric_transformation: MetricTransformation,
    };

    /// An alarm.
    MetricAlarm = "aws:cloudwatch:MetricAlarm" {
        name: Text,
        alarm_description: String,
        comparison_operator: &'static str,
        threshold: u32,
        evaluation_periods: u32,
        treat_missing_data: &'static str,
        namespace: Option<&'static str>,
        metric_name: Option<&'static str>,
        dimensions: Option<Dimensions>,
        statistic: Option<&'static str>,
        period: Option<u32>,
        metric_queries: Option<Vec<MetricQuery>>,
        alarm_actions: Vec<Text>,
        ok_actions: Vec<Text>,
    } gives arn = "arn";

    /// A dashboard.
    Dashboard = "aws:cloudwatch:Dashboard" {
        dashboard_name: Text,
        dashboard_body: Json,
    };
}

properties! {
    /// The metric that a log line is.
    MetricTransformation {
        name: &'static str,
        namespace: Text,
        value: String,
    }
    /// A metric of an alarm, or what is computed from them.
    MetricQuery {
        id: &'static str,
        label: Option<&'static str>,
        expression: Option<String>,
        metric: Option<Metric>,
        return_data: bool,
    }
    /// A metric.
    Metric {
        namespace: &'static str,
        metric_name: &'static str,
        dimensions: Dimensions,
        stat: &'static str,
        period: u32,
    }
}
