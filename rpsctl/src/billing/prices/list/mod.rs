//! Find an item's product and price in AWS's price list, the answers of `pricing:GetProducts`.

mod product;

use self::product::Product;
use crate::billing::prices::{BilledItem, Tier};

/// The prefix of usage types of infrequent-access tables. It looks like a region's prefix.
const INFREQUENT_ACCESS: &str = "IA";

/// The query for the products of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProductQuery {
    /// The service code in the price list.
    pub(crate) service: &'static str,
    /// Attributes and their required values.
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
/// Finds a single product that has no region.
const USAGE: &str = "usagetype";

/// The service of an item, and an attribute of its products with its value.
fn service_and_attribute(item: BilledItem) -> (&'static str, &'static str, &'static str) {
    match item {
        BilledItem::WebsocketMessages | BilledItem::ConnectionMinutes => (API, FAMILY, "WebSocket"),
        BilledItem::LambdaRequests => (LAMBDA, GROUP, "AWS-Lambda-Requests"),
        BilledItem::LambdaGbSecondsArm64 => (LAMBDA, GROUP, "AWS-Lambda-Duration-ARM"),
        BilledItem::LambdaGbSecondsX86_64 => (LAMBDA, GROUP, "AWS-Lambda-Duration"),
        BilledItem::WriteUnits | BilledItem::WriteCapacityHours => {
            (DYNAMO, GROUP, "DDB-WriteUnits")
        }
        BilledItem::ReadUnits | BilledItem::ReadCapacityHours => (DYNAMO, GROUP, "DDB-ReadUnits"),
        BilledItem::TableGbMonths => (DYNAMO, FAMILY, "Database Storage"),
        BilledItem::SqsRequests => ("AWSQueueService", "queueType", "Standard"),
        BilledItem::LogsIngestedGb => (WATCH, FAMILY, "Data Payload"),
        BilledItem::LogsStoredGbMonths => (WATCH, FAMILY, "Storage Snapshot"),
        BilledItem::CustomMetrics | BilledItem::MetricRequests => (WATCH, FAMILY, "Metric"),
        BilledItem::AlarmMetrics => (WATCH, FAMILY, "Alarm"),
        BilledItem::Dashboards => (WATCH, USAGE, "DashboardsUsageHour"),
        BilledItem::InternetGb => (TRANSFER, "transferType", "AWS Outbound"),
        BilledItem::CdnRequests => (CDN, USAGE, "Requests-Tier2-HTTPS"),
        BilledItem::CdnGb => (CDN, USAGE, "DataTransfer-Out-Bytes"),
    }
}

/// The usage types of an item, without the prefix for the region. A region has one of them.
fn usages(item: BilledItem) -> &'static [&'static str] {
    match item {
        BilledItem::WebsocketMessages => &["ApiGatewayMessage"],
        BilledItem::ConnectionMinutes => &["ApiGatewayMinute"],
        BilledItem::LambdaRequests => &["Request"],
        BilledItem::LambdaGbSecondsArm64 => &["Lambda-GB-Second-ARM"],
        BilledItem::LambdaGbSecondsX86_64 => &["Lambda-GB-Second"],
        BilledItem::WriteUnits => &["WriteRequestUnits"],
        BilledItem::ReadUnits => &["ReadRequestUnits"],
        BilledItem::WriteCapacityHours => &["WriteCapacityUnit-Hrs"],
        BilledItem::ReadCapacityHours => &["ReadCapacityUnit-Hrs"],
        BilledItem::TableGbMonths | BilledItem::LogsStoredGbMonths => &["TimedStorage-ByteHrs"],
        BilledItem::SqsRequests => &["Requests-Tier1", "Requests-RBP"],
        BilledItem::LogsIngestedGb => &["DataProcessing-Bytes"],
        BilledItem::CustomMetrics => &["CW:MetricMonitorUsage"],
        BilledItem::AlarmMetrics => &["CW:AlarmMonitorUsage"],
        BilledItem::MetricRequests => &["CW:Requests"],
        BilledItem::Dashboards => &["DashboardsUsageHour"],
        BilledItem::InternetGb | BilledItem::CdnGb => &["DataTransfer-Out-Bytes"],
        BilledItem::CdnRequests => &["Requests-Tier2-HTTPS"],
    }
}

impl ProductQuery {
    /// The query for an item in a region; none if its product is unknown there.
    pub(crate) fn of(item: BilledItem, region: &str) -> Option<Self> {
        let (service, attribute, value) = service_and_attribute(item);
        let filters = match (service, attribute) {
            (CDN, _) => vec![(attribute, format!("{}-{value}", edge(region)?))],
            (_, USAGE) => vec![(attribute, value.to_owned())],
            _ => {
                // A data transfer has two regions.
                let region_attribute = if service == TRANSFER {
                    "fromRegionCode"
                } else {
                    "regionCode"
                };
                vec![
                    (region_attribute, region.to_owned()),
                    (attribute, value.to_owned()),
                ]
            }
        };
        Some(Self {
            service,
            filters,
            usages: usages(item),
        })
    }

    /// Finds the usage type and the price of one unit among these products, each as JSON.
    pub(super) fn price(&self, products: &[String]) -> Result<(String, Vec<Tier>), String> {
        let mut result: Option<(String, Vec<Tier>)> = None;
        for product in products {
            let product: Product = serde_json::from_str(product)
                .map_err(|why| format!("AWS sent an unreadable product: {why}"))?;
            let usage = product.usage().to_owned();
            if !self.is_of(&usage) {
                continue;
            }
            let tiers = product.tiers().map_err(|why| format!("{usage}: {why}"))?;
            if tiers.iter().all(|tier| tier.price.is_zero()) {
                continue;
            }
            match &result {
                Some((other, price)) if *price != tiers => {
                    return Err(format!("{other} and {usage} have different prices"));
                }
                _ => result = Some((usage, tiers)),
            }
        }
        result.ok_or("AWS's price list has no such product".to_owned())
    }

    fn is_of(&self, usage: &str) -> bool {
        let ours = self.usages.iter();
        ours.filter_map(|ours| usage.strip_suffix(ours))
            .any(is_region)
    }
}

/// The prefix of the `CloudFront` edge locations that probably serve a region's players.
fn edge(region: &str) -> Option<&'static str> {
    match region.split_once('-')? {
        ("us", _) => Some("US"),
        ("eu", _) => Some("EU"),
        _ => None,
    }
}

/// Whether a usage type's prefix is a region. The prefix of us-east-1 may be empty.
fn is_region(prefix: &str) -> bool {
    let Some(name) = prefix.strip_suffix('-') else {
        return prefix.is_empty();
    };
    let is_upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    name != INFREQUENT_ACCESS && name.chars().all(is_upper)
}

#[cfg(test)]
mod tests;
