use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// The things that AWS charges for and a game uses, in display order.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum BilledItem {
    /// In both directions; each started 32 KB of a message count as one.
    WebsocketMessages,
    ConnectionMinutes,
    LambdaRequests,
    LambdaGbSecondsArm64,
    LambdaGbSecondsX86_64,
    /// Of an on-demand table.
    WriteUnits,
    ReadUnits,
    /// Of a provisioned table: one unit per second, for an hour.
    WriteCapacityHours,
    ReadCapacityHours,
    TableGbMonths,
    /// Each started 64 KB of a request count as one.
    SqsRequests,
    LogsIngestedGb,
    LogsStoredGbMonths,
    CustomMetrics,
    AlarmMetrics,
    Dashboards,
    /// CloudWatch API requests, such as `GetMetricStatistics`.
    MetricRequests,
    /// Data transfer from the region to the internet.
    InternetGb,
    CdnRequests,
    CdnGb,
}

impl BilledItem {
    /// Its name in price files.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_match_price_files() {
        for item in BilledItem::VARIANTS {
            assert_eq!(json!(item), json!(item.name()));
        }
        let x86 = BilledItem::LambdaGbSecondsX86_64;
        assert_eq!(x86.name(), "lambda-gb-seconds-x86-64");
    }
}
