use std::collections::BTreeMap;

use crate::program::{Json, Text, properties, resources};

pub(crate) type Dimensions = BTreeMap<&'static str, Text>;

resources! {
    LogGroup = "aws:cloudwatch:LogGroup" {
        name: Text,
        retention_in_days: u32,
    } gives arn = "arn", name = "name";

    LogMetricFilter = "aws:cloudwatch:LogMetricFilter" {
        name: &'static str,
        log_group_name: Text,
        pattern: String,
        metric_transformation: MetricTransformation,
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
        metric_queries: Option<Vec<MetricQuery>>,
        alarm_actions: Vec<Text>,
        ok_actions: Vec<Text>,
    } gives arn = "arn";

    Dashboard = "aws:cloudwatch:Dashboard" {
        dashboard_name: Text,
        dashboard_body: Json,
    };
}

properties! {
    MetricTransformation {
        name: &'static str,
        namespace: Text,
        value: String,
    }
    #[derive(Default)]
    MetricQuery {
        id: &'static str,
        label: Option<&'static str>,
        expression: Option<String>,
        metric: Option<Metric>,
        return_data: bool,
    }
    Metric {
        namespace: &'static str,
        metric_name: &'static str,
        dimensions: Dimensions,
        stat: &'static str,
        period: u32,
    }
}
