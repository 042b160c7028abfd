use serde_json::{Value, json};
use time::macros::date;

use super::*;

fn built_in(region: &str) -> Prices {
    Prices::of_region(region).expect("built in")
}

#[test]
fn prices_get_old() {
    let mut prices = built_in("us-east-1");
    prices.dated = date!(2026 - 01 - 01);
    let day = |days| prices.dated + time::Duration::days(days);
    assert_eq!(prices.age_in_words(day(OLD_DAYS)), None);
    let said = prices.age_in_words(day(OLD_DAYS + 1)).expect("old");
    assert!(said.starts_with("the prices are 181 days old"), "{said}");
}

/// So that a refreshed file that takes the place of one of these differs where something is new. What is free is in a
/// file of its own.
#[test]
fn what_is_built_in_is_written_as_a_refresh_writes_it() {
    let files = [
        ("us-east-1", include_str!("../../../prices/us-east-1.json")),
        ("eu-west-1", include_str!("../../../prices/eu-west-1.json")),
        (
            "eu-central-1",
            include_str!("../../../prices/eu-central-1.json"),
        ),
    ];
    let free = include_str!("../../../prices/allowances.json");
    for (region, file) in files {
        let prices = built_in(region);
        assert_eq!(prices.region, region);
        let written = serde_json::to_string_pretty(&prices).expect("JSON");
        let (written, _) = written
            .split_once(",\n  \"allowances\": [")
            .expect("what is free");
        assert_eq!(format!("{written}\n}}\n"), file, "{region}");
        let written = serde_json::to_string_pretty(&prices.allowances).expect("JSON");
        assert_eq!(written + "\n", free);
        let mut prices_of = prices.items.iter();
        assert!(prices_of.all(|price| price.checked <= prices.dated));
    }
}

/// What is said of a file in which the value at that place is another one.
fn said(place: &str, value: Value) -> String {
    let mut file = serde_json::to_value(built_in("us-east-1")).expect("JSON");
    *file.pointer_mut(place).expect(place) = value;
    parse(&file.to_string()).expect_err(place)
}

/// Where a file differs from one that reads, the value there, and what is said of it.
const WRONG: &str = r#"
/v | 2 | it is of version 2, and this rpsctl reads version 1
/currency | "CNY" | its currency is CNY, not USD
/region | "" | its region is empty
/items/1/item | "sqs-requests" | sqs-requests is there twice
/items | [] | websocket-messages is missing
/items/0/per | "12" | websocket-messages: per is 12, and not 1, 10, 100 or so, up to 1000000000
/items/0/tiers/1/price | "-0.8" | websocket-messages: tiers[1].price is negative: -0.8
/items/0/tiers/0/price | "0.0000000000001" | websocket-messages: tiers[0].price is 0.0000000000001: at most \
    1000000000000, and 12 digits after the point
/items/0/tiers | [] | websocket-messages: tiers is empty
/items/0/tiers | [5, 5, null] | websocket-messages: tiers[1].up_to is 5, not more than 5
/items/0/tiers | [0, null] | websocket-messages: tiers[0].up_to is 0, not more than 0
/items/0/tiers | [5] | websocket-messages: tiers[0] is the last and has an up_to: what is used beyond has no price
/items/0/tiers | [null, null] | websocket-messages: tiers[0] has no up_to, and only the last may have none
/allowances/2/amount | "-1" | allowances[2] (lambda-requests).amount is negative: -1
/allowances/2/amount | "0" | allowances[2] (lambda-requests).amount is 0: leave out what is not free
/allowances/2/covers | [] | allowances[2] (lambda-requests).covers is empty, or names an item twice
/allowances/2/covers | ["write-units", "write-units"] | allowances[2] (lambda-requests).covers is empty, or names \
    an item twice
/allowances/0/plan | "always" | allowances[0] (websocket-messages) is for always, and has an until
/allowances/1/name | "websocket-messages" | allowances[1] (websocket-messages) is there twice
"#;

/// In the table a tier is its end.
fn tiers(ends: &Value) -> Value {
    let tier = |up_to: &Value| match up_to {
        Value::Null => json!({ "price": "1" }),
        end => json!({ "up_to": end.to_string(), "price": "1" }),
    };
    ends.as_array().expect("ends").iter().map(tier).collect()
}

#[test]
fn what_is_wrong_with_a_file() {
    let table = WRONG.replace("\\\n    ", "");
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
        assert_eq!(Some(&*said(place, value)), parts.next(), "{row}");
    }
}

/// What serde says names the place too.
#[test]
fn what_does_not_read() {
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
        let said = said(place, value);
        assert!(said.contains(why), "{place}: {said}");
        assert!(said.contains(" at line 1 column "), "{place}: {said}");
    }
    let mut file = serde_json::to_value(built_in("us-east-1")).expect("JSON");
    file["items"][0]["discount"] = json!("1");
    let said = parse(&file.to_string()).expect_err("unknown");
    assert!(said.starts_with("unknown field `discount`"), "{said}");
    // A file without allowances is no file of which nothing is free.
    let said = parse(include_str!("../../../prices/us-east-1.json")).expect_err("incomplete");
    assert!(said.starts_with("missing field `allowances`"), "{said}");
    for text in ["", "[]", "{}", "hello", "{\"v\": \"1\"}"] {
        assert!(parse(text).expect_err(text).contains(" at line 1 column "));
    }
}
