use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::program::{JsonText, Text, resources};

pub(crate) type Dimensions = BTreeMap<&'static str, Text>;

resources! {
    LogGroup = "aws:cloudwatch:LogGroup" {
        name: Text,
        retention_in_days: u32,
    } outputs arn = "arn", name = "name";

    LogMetricFilter = "aws:cloudwatch:LogMetricFilter" {
        name: &'static str,
        log_group_name: Text,
        pattern: String,
        metric_transformation: Value,
    };

    #[derive(Default)]
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
        metric_queries: Option<Vec<Value>>,
        alarm_actions: Vec<Text>,
        ok_actions: Vec<Text>,
    } outputs arn = "arn";

    Dashboard = "aws:cloudwatch:Dashboard" {
        dashboard_name: Text,
        dashboard_body: JsonText,
    };
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlarmMetric {
    pub(crate) namespace: &'static str,
    pub(crate) metric_name: &'static str,
    pub(crate) dimensions: Dimensions,
    pub(crate) stat: &'static str,
    pub(crate) period: u32,
}
