use serde_json::{Value, json};
use time::macros::date;

use super::*;

fn built_in(region: &str) -> Prices {
    Prices::of_region(region).expect("built in")
}

#[test]
fn prices_are_doubtful_if_they_are_old_or_from_the_future() {
    let mut prices = built_in("us-east-1");
    prices.dated = date!(2026 - 01 - 01);
    for (days, expected) in [
        (0, ""),
        (OLD_DAYS, ""),
        (OLD_DAYS + 1, "the prices are 181 days old"),
        (
            -1,
            "the prices are dated 2026-01-01, which is in the future",
        ),
    ] {
        let today = prices.dated + time::Duration::days(days);
        let doubts = prices.doubts("us-east-1", today).concat();
        assert!(doubts.starts_with(expected), "{days}: {doubts}");
        assert_eq!(doubts.is_empty(), expected.is_empty(), "{days}: {doubts}");
    }
}

/// So a refreshed file differs from a built-in one only where prices changed. Allowances are in another file.
#[test]
fn built_in_files_have_the_format_of_refreshed_files() {
    let files = [
        ("us-east-1", include_str!("../../../prices/us-east-1.json")),
        ("eu-west-1", include_str!("../../../prices/eu-west-1.json")),
        (
            "eu-central-1",
            include_str!("../../../prices/eu-central-1.json"),
        ),
    ];
    let allowances = include_str!("../../../prices/allowances.json");
    for (region, file) in files {
        let prices = built_in(region);
        assert_eq!(prices.region, region);
        let json = serde_json::to_string_pretty(&prices).expect("JSON");
        let (json, _) = json
            .split_once(",\n  \"allowances\": [")
            .expect("allowances");
        assert_eq!(format!("{json}\n}}\n"), file, "{region}");
        let json = serde_json::to_string_pretty(&prices.allowances).expect("JSON");
        assert_eq!(json + "\n", allowances);
        let mut items = prices.items.iter();
        assert!(items.all(|price| price.checked <= prices.dated));
    }
}

/// The error for a built-in file with another value at `place`.
fn error(place: &str, value: Value) -> String {
    let mut file = serde_json::to_value(built_in("us-east-1")).expect("JSON");
    *file.pointer_mut(place).expect(place) = value;
    parse(&file.to_string()).expect_err(place)
}

/// A place in a valid file, an invalid value for it, and the error.
const INVALID_FILES: &str = r#"
/v | 2 | its version is 2, but this rpsctl reads version 1
/currency | "CNY" | its currency is CNY, not USD
/region | "" | its region is empty
/items/1/item | "sqs-requests" | duplicate item sqs-requests
/items | [] | item websocket-messages is missing
/items/0/per | "12" | websocket-messages: per is 12, but must be a power of ten from 1 to 1000000000
/items/0/tiers/1/price | "-0.8" | websocket-messages: tiers[1].price is negative: -0.8
/items/0/tiers/0/price | "0.0000000000001" | websocket-messages: tiers[0].price is 0.0000000000001, but may be \
    1000000000000 at most, with 12 digits after the decimal point
/items/0/tiers | [] | websocket-messages: tiers is empty
/items/0/tiers | [5, 5, null] | websocket-messages: tiers[1].up_to is 5, but must be more than 5
/items/0/tiers | [0, null] | websocket-messages: tiers[0].up_to is 0, but must be more than 0
/items/0/tiers | [5] | websocket-messages: tiers[0] is the last tier and has an up_to: units beyond it would have no \
    price
/items/0/tiers | [null, null] | websocket-messages: tiers[0] has no up_to; only the last tier may omit it
/allowances/2/amount | "-1" | allowances[2] (lambda-requests).amount is negative: -1
/allowances/2/amount | "0" | allowances[2] (lambda-requests).amount is 0: remove the allowance if nothing is free
/allowances/2/covers | [] | allowances[2] (lambda-requests).covers is empty or has a duplicate item
/allowances/2/covers | ["write-units", "write-units"] | allowances[2] (lambda-requests).covers is empty or has a \
    duplicate item
/allowances/0/plan | "always" | allowances[0] (websocket-messages) has the plan always, so it must have no until
/allowances/1/name | "websocket-messages" | allowances[1] (websocket-messages) is a duplicate
"#;

/// Tiers from their ends, which are all that the table gives.
fn tiers(ends: &Value) -> Value {
    let tier = |up_to: &Value| match up_to {
        Value::Null => json!({ "price": "1" }),
        end => json!({ "up_to": end.to_string(), "price": "1" }),
    };
    ends.as_array().expect("ends").iter().map(tier).collect()
}

#[test]
fn the_error_names_the_place_and_the_reason() {
    let table = INVALID_FILES.replace("\\\n    ", "");
    for row in table.lines().skip(1) {
        let mut parts = row.splitn(3, " | ");
        let (place, value) = (
            parts.next().expect("a place"),
            parts.next().expect("a value"),
        );
        let mut value = serde_json::from_str(value).expect("JSON");
        if place.ends_with("/tiers") {
            value = tiers(&value);
        }
        assert_eq!(Some(&*error(place, value)), parts.next(), "{row}");
    }
}

/// Serde's errors have a line and a column.
#[test]
fn parse_errors_name_the_place() {
    let price = "/items/0/tiers/0/price";
    for (place, value, why) in [
        ("/items/0/item", json!("gold"), "unknown variant `gold`"),
        ("/items/0/per", json!(1), "invalid type: integer `1`"),
        (price, json!("cheap"), "invalid value"),
        (price, json!(1.5), "invalid type: floating point"),
        ("/items/0/checked", json!("soon"), "could not be parsed"),
        ("/items/0", json!({}), "missing field `item`"),
        ("/dated", json!(20_261_124), "invalid type: integer"),
    ] {
        let error = error(place, value);
        assert!(error.contains(why), "{place}: {error}");
        assert!(error.contains(" at line 1 column "), "{place}: {error}");
    }
    let mut file = serde_json::to_value(built_in("us-east-1")).expect("JSON");
    file["items"][0]["discount"] = json!("1");
    let error = parse(&file.to_string()).expect_err("unknown");
    assert!(error.starts_with("unknown field `discount`"), "{error}");
    // A file must list allowances, even if there are none.
    let error = parse(include_str!("../../../prices/us-east-1.json")).expect_err("incomplete");
    assert!(error.starts_with("missing field `allowances`"), "{error}");
    for text in ["", "[]", "{}", "hello", "{\"v\": \"1\"}"] {
        assert!(parse(text).expect_err(text).contains(" at line 1 column "));
    }
}
