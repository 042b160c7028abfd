//! What AWS charges for.

use serde::{Deserialize, Serialize};

/// What AWS charges for, as far as a game uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Item {
    /// Messages of a WebSocket API, either way, each begun 32 KB of one.
    WebsocketMessages,
    /// Minutes that players are connected.
    ConnectionMinutes,
    /// Invocations of functions.
    LambdaRequests,
    /// Seconds that functions on arm64 ran, times the GB of memory they have.
    LambdaGbSecondsArm64,
    /// The same on `x86_64`.
    #[serde(rename = "lambda-gb-seconds-x86-64")]
    LambdaGbSecondsX86_64,
    /// Write units of a table on demand.
    WriteUnits,
    /// Read units of a table on demand.
    ReadUnits,
    /// Write units a second of a provisioned table, for an hour.
    WriteCapacityHours,
    /// Read units a second of a provisioned table, for an hour.
    ReadCapacityHours,
    /// GB that a table keeps for a month.
    TableGbMonths,
    /// Requests of a standard queue, each begun 64 KB of one.
    SqsRequests,
    /// GB that are written to logs.
    LogsIngestedGb,
    /// GB that logs keep for a month.
    LogsStoredGbMonths,
    /// Metrics of one's own, for a month.
    CustomMetrics,
    /// Metrics that alarms watch, for a month.
    AlarmMetrics,
    /// Dashboards, for a month.
    Dashboards,
    /// Requests of CloudWatch, such as `GetMetricStatistics`.
    MetricRequests,
    /// GB that leave the region for the internet.
    InternetGb,
    /// HTTPS requests that CloudFront answers.
    CdnRequests,
    /// GB that CloudFront sends.
    CdnGb,
}

impl Item {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 20] = [
        Self::WebsocketMessages,
        Self::ConnectionMinutes,
        Self::LambdaRequests,
        Self::LambdaGbSecondsArm64,
        Self::LambdaGbSecondsX86_64,
        Self::WriteUnits,
        Self::ReadUnits,
        Self::WriteCapacityHours,
        Self::ReadCapacityHours,
        Self::TableGbMonths,
        Self::SqsRequests,
        Self::LogsIngestedGb,
        Self::LogsStoredGbMonths,
        Self::CustomMetrics,
        Self::AlarmMetrics,
        Self::Dashboards,
        Self::MetricRequests,
        Self::InternetGb,
        Self::CdnRequests,
        Self::CdnGb,
    ];

    /// Its name in price files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WebsocketMessages => "websocket-messages",
            Self::ConnectionMinutes => "connection-minutes",
            Self::LambdaRequests => "lambda-requests",
            Self::LambdaGbSecondsArm64 => "lambda-gb-seconds-arm64",
            Self::LambdaGbSecondsX86_64 => "lambda-gb-seconds-x86-64",
            Self::WriteUnits => "write-units",
            Self::ReadUnits => "read-units",
            Self::WriteCapacityHours => "write-capacity-hours",
            Self::ReadCapacityHours => "read-capacity-hours",
            Self::TableGbMonths => "table-gb-months",
            Self::SqsRequests => "sqs-requests",
            Self::LogsIngestedGb => "logs-ingested-gb",
            Self::LogsStoredGbMonths => "logs-stored-gb-months",
            Self::CustomMetrics => "custom-metrics",
            Self::AlarmMetrics => "alarm-metrics",
            Self::Dashboards => "dashboards",
            Self::MetricRequests => "metric-requests",
            Self::InternetGb => "internet-gb",
            Self::CdnRequests => "cdn-requests",
            Self::CdnGb => "cdn-gb",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Item;
    use serde_json::json;

    #[test]
    fn price_files_have_these_names() {
        for item in Item::ALL {
            let name = json!(item.name());
            assert_eq!(json!(item), name);
            assert_eq!(serde_json::from_value::<Item>(name).ok(), Some(item));
        }
        assert!(Item::ALL.is_sorted_by(|one, other| one < other));
        assert_eq!(Item::ALL.last(), Some(&Item::CdnGb));
    }
}
