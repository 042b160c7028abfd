//! A stand-in for AWS's price list: `GetProducts`, which filters a few products, one a page.

use rps_testkit::http::{Answer, serve};
use serde_json::{Map, Value, json};

/// Products of eu-west-1 as the list has them: service, an attribute and its value, usage type, and tiers with from, to
/// and USD.
const PRODUCTS: &str = "
# Dearer than what is built in, and cheaper.
AmazonApiGateway; productFamily=WebSocket; EU-ApiGatewayMessage; 0 1000000000 0.0000012; 1000000000 Inf 0.00000096
AWSQueueService; queueType=Standard; EU-Requests-Tier1; 100000000000 Inf 0.0000003; 0 100000000000 0.00000035
# As they are built in.
AmazonApiGateway; productFamily=WebSocket; EU-ApiGatewayMinute; 0 Inf 0.000000285
AWSLambda; group=AWS-Lambda-Requests; EU-Request; 0 Inf 0.0000002
AWSLambda; group=AWS-Lambda-Duration-ARM; EU-Lambda-GB-Second-ARM; 0 7500000000 0.0000133334; \
7500000000 18750000000 0.0000120001; 18750000000 Inf 0.0000106667
AmazonDynamoDB; group=DDB-WriteUnits; EU-WriteRequestUnits; 0 Inf 0.000000705
AmazonDynamoDB; group=DDB-ReadUnits; EU-ReadRequestUnits; 0 Inf 0.0000001415
AmazonDynamoDB; productFamily=Database Storage; EU-TimedStorage-ByteHrs; 0 25 0; 25 Inf 0.283
AmazonCloudWatch; productFamily=Data Payload; EU-DataProcessing-Bytes; 0 Inf 0.57
AmazonCloudWatch; productFamily=Alarm; EU-CW:AlarmMonitorUsage; 0 Inf 0.1
AmazonCloudFront; productFamily=Request; EU-Requests-Tier2-HTTPS; 0 Inf 0.0000012
# What is like one of ours, and is none.
AWSQueueService; queueType=Standard; Global-Requests; 0 1000000 0
AmazonDynamoDB; group=DDB-WriteUnits; EU-WriteCapacityUnit-Hrs; 0 Inf 0.000735
AmazonDynamoDB; productFamily=Database Storage; EU-IA-TimedStorage-ByteHrs; 0 Inf 0.1132
AmazonCloudWatch; productFamily=Alarm; EU-CW:HighResAlarmMonitorUsage; 0 Inf 0.3
AWSLambda; group=AWS-Lambda-Duration; EU-Lambda-Provisioned-GB-Second; 0 Inf 0.0000097222
# Its tiers have an end: no one can say what more than those cost.
AmazonCloudWatch; productFamily=Metric; EU-CW:Requests; 0 500 0.00001
";

/// Its URL.
pub(crate) fn price_list() -> String {
    serve(|request| {
        let head = &request.head;
        assert!(
            head.contains("x-amz-target: awspricelistservice.getproducts"),
            "{head}"
        );
        // The list is in few regions, whatever it is asked of.
        assert!(head.contains("/us-east-1/pricing/aws4_request"), "{head}");
        Some(Answer::new(200, answer(&request.json()).to_string()))
    })
}

/// The page that is asked for: a product, and which is the next.
fn answer(asked: &Value) -> Value {
    let lines = PRODUCTS
        .trim()
        .lines()
        .filter(|line| !line.starts_with('#'));
    let products = lines.map(product);
    let found: Vec<_> = products.filter(|it| is_asked_for(it, asked)).collect();
    let page = asked["NextToken"]
        .as_str()
        .map_or(0, |page| page.parse().expect("a page"));
    let products = found.get(page).map(Value::to_string);
    let mut answer =
        json!({ "FormatVersion": "aws_v1", "PriceList": products.into_iter().collect::<Vec<_>>() });
    if page + 1 < found.len() {
        answer["NextToken"] = json!((page + 1).to_string());
    }
    answer
}

fn is_asked_for(product: &Value, asked: &Value) -> bool {
    let filters = asked["Filters"].as_array().expect("filters");
    asked["ServiceCode"] == product["serviceCode"]
        && filters.iter().all(|filter| {
            assert_eq!(filter["Type"], "TERM_MATCH");
            let field = filter["Field"].as_str().expect("a field");
            let about = &product["product"];
            let value = about.get(field).unwrap_or(&about["attributes"][field]);
            *value == filter["Value"]
        })
}

/// A product in the shape of AWS.
fn product(line: &str) -> Value {
    let parts: Vec<_> = line.split("; ").collect();
    let [service, attribute, usage, tiers @ ..] = &parts[..] else {
        panic!("{line}");
    };
    let (name, value) = attribute.split_once('=').expect("a value");
    let dimensions = tiers.iter().enumerate().map(|(at, tier)| {
        let tier: Vec<_> = tier.split(' ').collect();
        let rate = format!("SKU.JRTCKXETXF.{at}");
        let dimension = json!({
            "unit": "Requests", "beginRange": tier[0], "endRange": tier[1], "description": "in words",
            "appliesTo": [], "rateCode": rate, "pricePerUnit": { "USD": tier[2] },
        });
        (rate, dimension)
    });
    let term = json!({
        "priceDimensions": dimensions.collect::<Map<_, _>>(), "sku": "SKU", "offerTermCode": "JRTCKXETXF",
        "effectiveDate": "2026-09-01T00:00:00Z", "termAttributes": {},
    });
    let mut about = json!({
        "sku": "SKU", "productFamily": "Other",
        "attributes": { "usagetype": usage, "servicecode": service, "operation": "" },
    });
    if *service != "AmazonCloudFront" {
        about["attributes"]["regionCode"] = json!("eu-west-1");
    }
    if name == "productFamily" {
        about[name] = json!(value);
    } else {
        about["attributes"][name] = json!(value);
    }
    json!({
        "product": about, "serviceCode": service, "terms": { "OnDemand": { "SKU.JRTCKXETXF": term } },
        "version": "20260911124607", "publicationDate": "2026-09-11T12:46:07Z",
    })
}
