//! A fake of AWS's price list: `GetProducts`, which filters a few products and returns one per page.

use rps_testkit::http::{Answer, serve};
use serde_json::{Map, Value, json};

/// Products of eu-west-1: service, an attribute with its value, usage type, and tiers with begin, end and USD.
const PRODUCTS: &str = "
# A higher price than the built-in one, and a lower one.
AmazonApiGateway; productFamily=WebSocket; EU-ApiGatewayMessage; 0 1000000000 0.0000012; 1000000000 Inf 0.00000096
AWSQueueService; queueType=Standard; EU-Requests-Tier1; 100000000000 Inf 0.0000003; 0 100000000000 0.00000035
# The built-in prices.
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
# Similar products that are not ours.
AWSQueueService; queueType=Standard; Global-Requests; 0 1000000 0
AmazonDynamoDB; group=DDB-WriteUnits; EU-WriteCapacityUnit-Hrs; 0 Inf 0.000735
AmazonDynamoDB; productFamily=Database Storage; EU-IA-TimedStorage-ByteHrs; 0 Inf 0.1132
AmazonCloudWatch; productFamily=Alarm; EU-CW:HighResAlarmMonitorUsage; 0 Inf 0.3
AWSLambda; group=AWS-Lambda-Duration; EU-Lambda-Provisioned-GB-Second; 0 Inf 0.0000097222
# Invalid: its last tier has an end.
AmazonCloudWatch; productFamily=Metric; EU-CW:Requests; 0 500 0.00001
";

/// Starts the server, and returns its URL.
pub(crate) fn price_list() -> String {
    serve(|request| {
        let head = &request.head;
        assert!(
            head.contains("x-amz-target: awspricelistservice.getproducts"),
            "{head}"
        );
        // Only few regions have the price list, so rpsctl calls it in us-east-1.
        assert!(head.contains("/us-east-1/pricing/aws4_request"), "{head}");
        Some(Answer::new(200, answer(&request.json()).to_string()))
    })
}

/// The requested page: one product and the token of the next page.
fn answer(request: &Value) -> Value {
    let lines = PRODUCTS
        .trim()
        .lines()
        .filter(|line| !line.starts_with('#'));
    let products = lines.map(product);
    let matches: Vec<_> = products.filter(|it| is_match(it, request)).collect();
    let page = request["NextToken"]
        .as_str()
        .map_or(0, |page| page.parse().expect("a page"));
    let products = matches.get(page).map(Value::to_string);
    let mut answer =
        json!({ "FormatVersion": "aws_v1", "PriceList": products.into_iter().collect::<Vec<_>>() });
    if page + 1 < matches.len() {
        answer["NextToken"] = json!((page + 1).to_string());
    }
    answer
}

fn is_match(product: &Value, request: &Value) -> bool {
    let filters = request["Filters"].as_array().expect("filters");
    request["ServiceCode"] == product["serviceCode"]
        && filters.iter().all(|filter| {
            assert_eq!(filter["Type"], "TERM_MATCH");
            let field = filter["Field"].as_str().expect("a field");
            let details = &product["product"];
            let value = details.get(field).unwrap_or(&details["attributes"][field]);
            *value == filter["Value"]
        })
}

/// A product in AWS's format.
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
    let mut details = json!({
        "sku": "SKU", "productFamily": "Other",
        "attributes": { "usagetype": usage, "servicecode": service, "operation": "" },
    });
    if *service != "AmazonCloudFront" {
        details["attributes"]["regionCode"] = json!("eu-west-1");
    }
    if name == "productFamily" {
        details[name] = json!(value);
    } else {
        details["attributes"][name] = json!(value);
    }
    json!({
        "product": details, "serviceCode": service, "terms": { "OnDemand": { "SKU.JRTCKXETXF": term } },
        "version": "20260911124607", "publicationDate": "2026-09-11T12:46:07Z",
    })
}
