//! AWS's own price list, which `pricing:GetProducts` answers: which of its products an item is, and what that costs.

mod product;

use self::product::Product;
use crate::billing::prices::{Item, Tier};

/// Begins the usage types of tables that are read seldom, as a region begins others.
const SELDOM: &str = "IA";

/// What is asked to find the products of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// As the list calls it.
    pub(crate) service: &'static str,
    /// Attributes and the values they must have.
    pub(crate) filters: Vec<(&'static str, String)>,
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

/// The service of an item, and an attribute of its products with its value.
fn listed(item: Item) -> (&'static str, &'static str, &'static str) {
    match item {
        Item::WebsocketMessages | Item::ConnectionMinutes => (API, FAMILY, "WebSocket"),
        Item::LambdaRequests => (LAMBDA, GROUP, "AWS-Lambda-Requests"),
        Item::LambdaGbSecondsArm64 => (LAMBDA, GROUP, "AWS-Lambda-Duration-ARM"),
        Item::LambdaGbSecondsX86_64 => (LAMBDA, GROUP, "AWS-Lambda-Duration"),
        Item::WriteUnits | Item::WriteCapacityHours => (DYNAMO, GROUP, "DDB-WriteUnits"),
        Item::ReadUnits | Item::ReadCapacityHours => (DYNAMO, GROUP, "DDB-ReadUnits"),
        Item::TableGbMonths => (DYNAMO, FAMILY, "Database Storage"),
        Item::SqsRequests => ("AWSQueueService", "queueType", "Standard"),
        Item::LogsIngestedGb => (WATCH, FAMILY, "Data Payload"),
        Item::LogsStoredGbMonths => (WATCH, FAMILY, "Storage Snapshot"),
        Item::CustomMetrics | Item::MetricRequests => (WATCH, FAMILY, "Metric"),
        Item::AlarmMetrics => (WATCH, FAMILY, "Alarm"),
        Item::Dashboards => (WATCH, USAGE, "DashboardsUsageHour"),
        Item::InternetGb => (TRANSFER, "transferType", "AWS Outbound"),
        Item::CdnRequests => (CDN, USAGE, "Requests-Tier2-HTTPS"),
        Item::CdnGb => (CDN, USAGE, "DataTransfer-Out-Bytes"),
    }
}

/// The usage types of an item, without the region that some begin with. Regions differ in which they have.
fn usages(item: Item) -> &'static [&'static str] {
    match item {
        Item::WebsocketMessages => &["ApiGatewayMessage"],
        Item::ConnectionMinutes => &["ApiGatewayMinute"],
        Item::LambdaRequests => &["Request"],
        Item::LambdaGbSecondsArm64 => &["Lambda-GB-Second-ARM"],
        Item::LambdaGbSecondsX86_64 => &["Lambda-GB-Second"],
        Item::WriteUnits => &["WriteRequestUnits"],
        Item::ReadUnits => &["ReadRequestUnits"],
        Item::WriteCapacityHours => &["WriteCapacityUnit-Hrs"],
        Item::ReadCapacityHours => &["ReadCapacityUnit-Hrs"],
        Item::TableGbMonths | Item::LogsStoredGbMonths => &["TimedStorage-ByteHrs"],
        Item::SqsRequests => &["Requests-Tier1", "Requests-RBP"],
        Item::LogsIngestedGb => &["DataProcessing-Bytes"],
        Item::CustomMetrics => &["CW:MetricMonitorUsage"],
        Item::AlarmMetrics => &["CW:AlarmMonitorUsage"],
        Item::MetricRequests => &["CW:Requests"],
        Item::Dashboards => &["DashboardsUsageHour"],
        Item::InternetGb | Item::CdnGb => &["DataTransfer-Out-Bytes"],
        Item::CdnRequests => &["Requests-Tier2-HTTPS"],
    }
}

impl Query {
    /// The one for that item in a region; none if it is not known where the list has it.
    pub(crate) fn of(item: Item, region: &str) -> Option<Self> {
        let (service, attribute, value) = listed(item);
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
            usages: usages(item),
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
