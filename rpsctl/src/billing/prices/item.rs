use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// What AWS charges for, as far as a game uses it, in the order in which it is shown.
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
pub(crate) enum Item {
    /// Either way; each begun 32 KB of a message is one.
    WebsocketMessages,
    ConnectionMinutes,
    LambdaRequests,
    LambdaGbSecondsArm64,
    LambdaGbSecondsX86_64,
    /// Of a table on demand.
    WriteUnits,
    ReadUnits,
    /// A unit a second of a provisioned table, for an hour.
    WriteCapacityHours,
    ReadCapacityHours,
    TableGbMonths,
    /// Each begun 64 KB of a request is one.
    SqsRequests,
    LogsIngestedGb,
    LogsStoredGbMonths,
    CustomMetrics,
    AlarmMetrics,
    Dashboards,
    /// Of CloudWatch, such as `GetMetricStatistics`.
    MetricRequests,
    /// Sent from the region to the internet.
    InternetGb,
    CdnRequests,
    CdnGb,
}

impl Item {
    /// The name in price files.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_those_of_price_files() {
        for item in Item::VARIANTS {
            assert_eq!(json!(item), json!(item.name()));
        }
        let x86 = Item::LambdaGbSecondsX86_64;
        assert_eq!(x86.name(), "lambda-gb-seconds-x86-64");
    }
}
