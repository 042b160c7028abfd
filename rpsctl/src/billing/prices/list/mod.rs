//! AWS's own price list, which `pricing:GetProducts` answers: which of its products an item is, and what that costs.

mod product;

use crate::billing::prices::{Item, Tier};
use product::Product;

/// Begins the usage types of tables that are read seldom, as a region begins others.
const SELDOM: &str = "IA";

/// What is asked to find the products of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// As the list calls it.
    pub(crate) service: &'static str,
    /// Attributes and the values they must have.
    pub(crate) filters: Vec<(&'static str, String)>,
    /// The usage types, without the region that some begin with. Regions differ in which they have.
    usages: &'static [&'static str],
}

const API: &str = "AmazonApiGateway";
const LAMBDA: &str = "AWSLambda";
const DYNAMO: &str = "AmazonDynamoDB";
const WATCH: &str = "AmazonCloudWatch";
const TRANSFER: &str = "AWSDataTransfer";
const CDN: &str = "AmazonCloudFront";

const GROUP: &str = "group";
const FAMILY: &str = "productFamily";
/// It finds the one product, which has no region.
const USAGE: &str = "usagetype";

/// The service of an item, an attribute of its products with its value, and their usage types.
type Listed = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

fn listed(item: Item) -> Listed {
    match item {
        Item::WebsocketMessages => (API, FAMILY, "WebSocket", &["ApiGatewayMessage"]),
        Item::ConnectionMinutes => (API, FAMILY, "WebSocket", &["ApiGatewayMinute"]),
        Item::LambdaRequests => (LAMBDA, GROUP, "AWS-Lambda-Requests", &["Request"]),
        Item::LambdaGbSecondsArm64 => {
            let usage = &["Lambda-GB-Second-ARM"];
            (LAMBDA, GROUP, "AWS-Lambda-Duration-ARM", usage)
        }
        Item::LambdaGbSecondsX86_64 => {
            (LAMBDA, GROUP, "AWS-Lambda-Duration", &["Lambda-GB-Second"])
        }
        Item::WriteUnits => (DYNAMO, GROUP, "DDB-WriteUnits", &["WriteRequestUnits"]),
        Item::ReadUnits => (DYNAMO, GROUP, "DDB-ReadUnits", &["ReadRequestUnits"]),
        Item::WriteCapacityHours => (DYNAMO, GROUP, "DDB-WriteUnits", &["WriteCapacityUnit-Hrs"]),
        Item::ReadCapacityHours => (DYNAMO, GROUP, "DDB-ReadUnits", &["ReadCapacityUnit-Hrs"]),
        Item::TableGbMonths => (
            DYNAMO,
            FAMILY,
            "Database Storage",
            &["TimedStorage-ByteHrs"],
        ),
        Item::SqsRequests => {
            let usages = &["Requests-Tier1", "Requests-RBP"];
            ("AWSQueueService", "queueType", "Standard", usages)
        }
        Item::LogsIngestedGb => (WATCH, FAMILY, "Data Payload", &["DataProcessing-Bytes"]),
        Item::LogsStoredGbMonths => (WATCH, FAMILY, "Storage Snapshot", &["TimedStorage-ByteHrs"]),
        Item::CustomMetrics => (WATCH, FAMILY, "Metric", &["CW:MetricMonitorUsage"]),
        Item::AlarmMetrics => (WATCH, FAMILY, "Alarm", &["CW:AlarmMonitorUsage"]),
        Item::MetricRequests => (WATCH, FAMILY, "Metric", &["CW:Requests"]),
        Item::Dashboards => (
            WATCH,
            USAGE,
            "DashboardsUsageHour",
            &["DashboardsUsageHour"],
        ),
        Item::InternetGb => {
            let usage = &["DataTransfer-Out-Bytes"];
            (TRANSFER, "transferType", "AWS Outbound", usage)
        }
        Item::CdnRequests => (
            CDN,
            USAGE,
            "Requests-Tier2-HTTPS",
            &["Requests-Tier2-HTTPS"],
        ),
        Item::CdnGb => (
            CDN,
            USAGE,
            "DataTransfer-Out-Bytes",
            &["DataTransfer-Out-Bytes"],
        ),
    }
}

impl Query {
    /// The one for that item in a region; none if it is not known where the list has it.
    pub(crate) fn of(item: Item, region: &str) -> Option<Self> {
        let (service, attribute, value, usages) = listed(item);
        let filters = match (service, attribute) {
            (CDN, _) => vec![(attribute, format!("{}-{value}", edge(region)?))],
            (_, USAGE) => vec![(attribute, value.to_owned())],
            _ => {
                // What goes from somewhere to somewhere has two regions.
                let of = if service == TRANSFER {
                    "fromRegionCode"
                } else {
                    "regionCode"
                };
                vec![(of, region.to_owned()), (attribute, value.to_owned())]
            }
        };
        Some(Self {
            service,
            filters,
            usages,
        })
    }

    /// The usage type that has the price among these products, each as JSON, and the price of one unit; or why there is
    /// none.
    pub(super) fn price(&self, products: &[String]) -> Result<(String, Vec<Tier>), String> {
        let mut found: Option<(String, Vec<Tier>)> = None;
        for product in products {
            let product: Product = serde_json::from_str(product)
                .map_err(|why| format!("a product does not read: {why}"))?;
            let usage = product.usage().to_owned();
            if !self.is_of(&usage) {
                continue;
            }
            let tiers = product.tiers().map_err(|why| format!("{usage}: {why}"))?;
            if tiers.iter().all(|tier| tier.price.is_zero()) {
                continue;
            }
            match &found {
                Some((other, price)) if *price != tiers => {
                    return Err(format!("{other} and {usage} have different prices"));
                }
                _ => found = Some((usage, tiers)),
            }
        }
        found.ok_or("AWS's list has no such product".to_owned())
    }

    fn is_of(&self, usage: &str) -> bool {
        let ours = self.usages.iter();
        ours.filter_map(|ours| usage.strip_suffix(ours))
            .any(is_region)
    }
}

/// How `CloudFront` calls where it probably answers a region's players.
fn edge(region: &str) -> Option<&'static str> {
    match region.split_once('-')? {
        ("us", _) => Some("US"),
        ("eu", _) => Some("EU"),
        _ => None,
    }
}

/// Whether a usage type that begins so has no more than a region before its name. us-east-1 has nothing there.
fn is_region(before: &str) -> bool {
    let Some(name) = before.strip_suffix('-') else {
        return before.is_empty();
    };
    let is_upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    name != SELDOM && name.chars().all(is_upper)
}

#[cfg(test)]
mod tests;
