//! AWS's own price list, which `pricing:GetProducts` answers: which of its products an item is, and what that costs.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Item, Tier};

/// Begins the usage types of tables that are read seldom, as a region begins others.
const SELDOM: &str = "IA";

/// What is asked to find the products of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// The service, as the list calls it.
    pub(crate) service: &'static str,
    /// Attributes and the values they must have.
    pub(crate) filters: Vec<(&'static str, String)>,
    /// The usage types, without the region that some begin with. Regions differ in which they have.
    usages: &'static [&'static str],
}

/// By what the list is narrowed down, and whether it has a price for each region.
#[derive(Clone, Copy)]
enum By {
    /// In a region: the products of that group.
    Group(&'static str),
    /// In a region: those of that family.
    Family(&'static str),
    /// In a region: those with that attribute.
    Attribute(&'static str, &'static str),
    /// In no region: those with that usage type.
    Usage(&'static str),
    /// In no region: those with that usage type after the name of where `CloudFront` answers.
    Edge(&'static str),
}

/// The service, the products and the usage types of an item.
fn listed(item: Item) -> (&'static str, By, &'static [&'static str]) {
    use By::{Attribute, Edge, Family, Group, Usage};
    const CDN_GB: &str = "DataTransfer-Out-Bytes";
    const CDN_REQUESTS: &str = "Requests-Tier2-HTTPS";
    const DASHBOARDS: &str = "DashboardsUsageHour";
    let (service, by, usages): (_, _, &[_]) = match item {
        Item::WebsocketMessages => (API, Family("WebSocket"), &["ApiGatewayMessage"]),
        Item::ConnectionMinutes => (API, Family("WebSocket"), &["ApiGatewayMinute"]),
        Item::LambdaRequests => (LAMBDA, Group("AWS-Lambda-Requests"), &["Request"]),
        Item::LambdaGbSecondsArm64 => {
            let group = Group("AWS-Lambda-Duration-ARM");
            (LAMBDA, group, &["Lambda-GB-Second-ARM"])
        }
        Item::LambdaGbSecondsX86_64 => {
            let group = Group("AWS-Lambda-Duration");
            (LAMBDA, group, &["Lambda-GB-Second"])
        }
        Item::WriteUnits => (DYNAMO, Group("DDB-WriteUnits"), &["WriteRequestUnits"]),
        Item::ReadUnits => (DYNAMO, Group("DDB-ReadUnits"), &["ReadRequestUnits"]),
        Item::WriteCapacityHours => (DYNAMO, Group("DDB-WriteUnits"), &["WriteCapacityUnit-Hrs"]),
        Item::ReadCapacityHours => (DYNAMO, Group("DDB-ReadUnits"), &["ReadCapacityUnit-Hrs"]),
        Item::TableGbMonths => (DYNAMO, Family("Database Storage"), STORED),
        Item::SqsRequests => {
            let standard = Attribute("queueType", "Standard");
            (SQS, standard, &["Requests-Tier1", "Requests-RBP"])
        }
        Item::LogsIngestedGb => (WATCH, Family("Data Payload"), &["DataProcessing-Bytes"]),
        Item::LogsStoredGbMonths => (WATCH, Family("Storage Snapshot"), STORED),
        Item::CustomMetrics => (WATCH, Family("Metric"), &["CW:MetricMonitorUsage"]),
        Item::AlarmMetrics => (WATCH, Family("Alarm"), &["CW:AlarmMonitorUsage"]),
        Item::MetricRequests => (WATCH, Family("Metric"), &["CW:Requests"]),
        Item::Dashboards => (WATCH, Usage(DASHBOARDS), &[DASHBOARDS]),
        Item::InternetGb => {
            let out = Attribute("transferType", "AWS Outbound");
            (TRANSFER, out, &["DataTransfer-Out-Bytes"])
        }
        Item::CdnRequests => (CDN, Edge(CDN_REQUESTS), &[CDN_REQUESTS]),
        Item::CdnGb => (CDN, Edge(CDN_GB), &[CDN_GB]),
    };
    (service, by, usages)
}

const API: &str = "AmazonApiGateway";
const LAMBDA: &str = "AWSLambda";
const DYNAMO: &str = "AmazonDynamoDB";
const SQS: &str = "AWSQueueService";
const WATCH: &str = "AmazonCloudWatch";
const TRANSFER: &str = "AWSDataTransfer";
const CDN: &str = "AmazonCloudFront";
const STORED: &[&str] = &["TimedStorage-ByteHrs"];

impl Query {
    /// The one for that item in a region; none if it is not known where the list has it.
    pub(crate) fn of(item: Item, region: &str) -> Option<Self> {
        let (service, by, usages) = listed(item);
        // What goes from somewhere to somewhere has two regions.
        let of = if service == TRANSFER {
            "fromRegionCode"
        } else {
            "regionCode"
        };
        let in_region = |name, value: &str| vec![(of, region.to_owned()), (name, value.to_owned())];
        let filters = match by {
            By::Group(group) => in_region("group", group),
            By::Family(family) => in_region("productFamily", family),
            By::Attribute(name, value) => in_region(name, value),
            By::Usage(usage) => vec![("usagetype", usage.to_owned())],
            By::Edge(usage) => vec![("usagetype", format!("{}-{usage}", edge(region)?))],
        };
        Some(Self {
            service,
            filters,
            usages,
        })
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

/// What the list says of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// The usage type that has the price.
    pub(super) usage: String,
    /// The price, of one unit.
    pub(super) tiers: Vec<Tier>,
}

impl Query {
    /// The price among these products, each as JSON; or why there is none.
    pub(super) fn price(&self, products: &[String]) -> Result<Listed, String> {
        let mut found: Option<Listed> = None;
        for product in products {
            let product: Product = serde_json::from_str(product)
                .map_err(|why| format!("a product does not read: {why}"))?;
            let usage = product.product.attributes.usagetype;
            if !self.is_of(&usage) {
                continue;
            }
            let dimensions = product.terms.on_demand.into_values();
            let dimensions = dimensions.flat_map(|term| term.price_dimensions.into_values());
            let tiers = tiers(dimensions.collect()).map_err(|why| format!("{usage}: {why}"))?;
            if tiers.iter().all(|tier| tier.price.is_zero()) {
                continue;
            }
            match &found {
                Some(other) if other.tiers != tiers => {
                    return Err(format!("{} and {usage} have different prices", other.usage));
                }
                _ => found = Some(Listed { usage, tiers }),
            }
        }
        found.ok_or("AWS's list has no such product".to_owned())
    }

    fn is_of(&self, usage: &str) -> bool {
        let mut before = self
            .usages
            .iter()
            .filter_map(|ours| usage.strip_suffix(ours));
        before.any(is_region)
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

/// A product of the list, as far as it is looked at.
#[derive(Deserialize)]
struct Product {
    product: About,
    terms: Terms,
}

#[derive(Deserialize)]
struct About {
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    #[serde(default)]
    usagetype: String,
}

#[derive(Deserialize)]
struct Terms {
    #[serde(rename = "OnDemand", default)]
    on_demand: BTreeMap<String, Term>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    price_dimensions: BTreeMap<String, Dimension>,
}

/// A tier, as the list has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    begin_range: String,
    end_range: String,
    price_per_unit: PricePerUnit,
}

#[derive(Deserialize)]
struct PricePerUnit {
    #[serde(rename = "USD")]
    usd: Option<String>,
}

/// The tiers in order. A first one at nothing is an allowance, and is left out: tiers count what is not free.
fn tiers(dimensions: Vec<Dimension>) -> Result<Vec<Tier>, String> {
    let mut ranges = dimensions
        .into_iter()
        .map(range)
        .collect::<Result<Vec<_>, _>>()?;
    ranges.sort_by_key(|(from, _)| *from);
    let mut free = Decimal::ZERO;
    let mut end = Some(Decimal::ZERO);
    let mut tiers = Vec::new();
    for (from, tier) in ranges {
        if end != Some(from) {
            return Err(format!("its tiers do not meet at {from}"));
        }
        end = tier.up_to;
        match tier.up_to {
            Some(up_to) if tiers.is_empty() && tier.price.is_zero() => free = up_to,
            up_to => tiers.push(Tier {
                up_to: up_to.map(|up_to| up_to - free),
                ..tier
            }),
        }
    }
    match end {
        None => Ok(tiers),
        Some(_) => Err("its tiers have an end".to_owned()),
    }
}

/// Where a tier begins, and the tier.
fn range(dimension: Dimension) -> Result<(Decimal, Tier), String> {
    let number = |text: &str| {
        let number = text.parse::<Decimal>();
        number.map_err(|_| format!("'{text}' is no number"))
    };
    let up_to = match &*dimension.end_range {
        "Inf" => None,
        end => Some(number(end)?),
    };
    let usd = dimension
        .price_per_unit
        .usd
        .ok_or("it has no price in USD")?;
    let price = number(&usd)?;
    Ok((number(&dimension.begin_range)?, Tier { up_to, price }))
}

#[cfg(test)]
mod tests;
