use serde_json::{Value, json};
use time::macros::date;

use super::read::parse;
use super::{Month, OLD_DAYS, Plan, Prices};

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "eu-central-1"];

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

/// So that a refreshed file that takes the place of one of these differs where something is new.
#[test]
fn what_is_built_in_is_written_as_a_refresh_writes_it() {
    let files = [
        include_str!("../../../prices/us-east-1.json"),
        include_str!("../../../prices/eu-west-1.json"),
        include_str!("../../../prices/eu-central-1.json"),
    ];
    for (region, file) in REGIONS.into_iter().zip(files) {
        let prices = built_in(region);
        assert_eq!(prices.region, region);
        let text = serde_json::to_string_pretty(&prices).expect("JSON");
        assert_eq!(text + "\n", file, "{region}");
        assert!(
            prices
                .items()
                .iter()
                .all(|price| price.checked <= prices.dated)
        );
    }
}

/// AWS offers the same to everybody, wherever they are.
#[test]
fn what_is_free_is_free_everywhere() {
    let [one, others @ ..] = REGIONS.map(built_in);
    for other in others {
        assert_eq!(one.all_allowances(), other.all_allowances());
    }
}

#[test]
fn the_first_year_ends() {
    let prices = built_in("eu-west-1");
    let free = |plan, day| {
        let names = prices.allowances(plan, Month::of(day)).map(|it| &*it.name);
        names.collect::<Vec<_>>()
    };
    let always = free(Plan::AlwaysFree, date!(2026 - 06 - 01));
    assert!(always.contains(&"sqs-requests"), "{always:?}");
    let offers = ["websocket-messages", "connection-minutes"];
    for (plan, day, has_offers) in [
        (Plan::Legacy, date!(2026 - 06 - 30), true),
        (Plan::Legacy, date!(2026 - 07 - 31), true),
        (Plan::Legacy, date!(2026 - 08 - 01), false),
        (Plan::Credits, date!(2026 - 06 - 30), false),
        (Plan::AlwaysFree, date!(2026 - 06 - 30), false),
    ] {
        let free = free(plan, day);
        let has: Vec<_> = offers.map(|offer| free.contains(&offer)).into();
        assert_eq!(has, [has_offers; 2], "{plan:?} {day}");
        assert_eq!(free.len(), always.len() + if has_offers { 2 } else { 0 });
    }
}

#[test]
fn an_offer_is_over_from_its_day_on() {
    let mut prices = built_in("us-east-1");
    let day = date!(2026 - 08 - 01);
    prices.allowances[0].until = Some(day);
    let holds = |day| {
        prices
            .allowances(Plan::Legacy, Month::of(day))
            .next()
            .map(|it| &*it.name)
    };
    assert_eq!(holds(date!(2026 - 07 - 31)), Some("websocket-messages"));
    assert_eq!(holds(day), Some("lambda-requests"));
}

/// What is said of a file in which the value at that place is another one.
fn said(place: &str, value: Value) -> String {
    let mut file = serde_json::to_value(built_in("us-east-1")).expect("JSON");
    *file.pointer_mut(place).expect(place) = value;
    parse(&file.to_string()).expect_err(place)
}

#[test]
fn what_is_wrong_with_a_file() {
    let tier = |up_to: &str| json!({ "up_to": up_to, "price": "1" });
    let last = json!({ "price": "1" });
    let table = [
        (
            "/v",
            json!(2),
            "it is of version 2, and this rpsctl reads version 1",
        ),
        ("/currency", json!("CNY"), "its currency is CNY, not USD"),
        ("/region", json!(""), "its region is empty"),
        (
            "/items/1/item",
            json!("sqs-requests"),
            "sqs-requests is there twice",
        ),
        ("/items", json!([]), "websocket-messages is missing"),
        (
            "/items/0/per",
            json!("12"),
            "websocket-messages: per is 12, and not 1, 10, 100 or so, up to 1000000000",
        ),
        (
            "/items/0/tiers",
            json!([]),
            "websocket-messages: tiers is empty",
        ),
        (
            "/items/0/tiers/1/price",
            json!("-0.8"),
            "websocket-messages: tiers[1].price is negative: -0.8",
        ),
        (
            "/items/0/tiers/0/price",
            json!("0.0000000000001"),
            "websocket-messages: tiers[0].price is 0.0000000000001: at most 1000000000000, and 12 digits after the point",
        ),
        (
            "/items/0/tiers",
            json!([tier("5"), tier("5"), last]),
            "websocket-messages: tiers[1].up_to is 5, not more than 5",
        ),
        (
            "/items/0/tiers",
            json!([tier("0"), last]),
            "websocket-messages: tiers[0].up_to is 0, not more than 0",
        ),
        (
            "/items/0/tiers",
            json!([tier("5")]),
            "websocket-messages: tiers[0] is the last and has an up_to: what is used beyond has no price",
        ),
        (
            "/items/0/tiers",
            json!([last, last]),
            "websocket-messages: tiers[0] has no up_to, and only the last may have none",
        ),
        (
            "/allowances/2/amount",
            json!("-1"),
            "allowances[2] (lambda-requests).amount is negative: -1",
        ),
        (
            "/allowances/2/covers",
            json!([]),
            "allowances[2] (lambda-requests).covers is empty, or names an item twice",
        ),
        (
            "/allowances/2/covers",
            json!(["write-units", "write-units"]),
            "allowances[2] (lambda-requests).covers is empty, or names an item twice",
        ),
        (
            "/allowances/0/plan",
            json!("always"),
            "allowances[0] (websocket-messages) is for always, and has an until",
        ),
        (
            "/allowances/1/name",
            json!("websocket-messages"),
            "allowances[1] (websocket-messages) is there twice",
        ),
    ];
    for (place, value, said_of_it) in table {
        assert_eq!(said(place, value), said_of_it, "{place}");
    }
}

/// What serde says names the place too.
#[test]
fn what_does_not_read() {
    let table = [
        ("/items/0/item", json!("gold"), "unknown variant `gold`"),
        ("/items/0/per", json!(1), "invalid type: integer `1`"),
        ("/items/0/tiers/0/price", json!("cheap"), "invalid value"),
        (
            "/items/0/tiers/0/price",
            json!(1.5),
            "invalid type: floating point",
        ),
        ("/items/0/checked", json!("soon"), "could not be parsed"),
        ("/items/0", json!({}), "missing field `item`"),
        (
            "/allowances/0/plan",
            json!("gold"),
            "unknown variant `gold`",
        ),
        ("/dated", json!(20_261_124), "invalid type: integer"),
    ];
    for (place, value, words) in table {
        let said = said(place, value);
        assert!(said.contains(words), "{place}: {said}");
        assert!(said.contains(" at line 1 column "), "{place}: {said}");
    }
    let mut file = serde_json::to_value(built_in("us-east-1")).expect("JSON");
    file["items"][0]["discount"] = json!("1");
    let said = parse(&file.to_string()).expect_err("unknown");
    assert!(said.starts_with("unknown field `discount`"), "{said}");
    for text in ["", "[]", "{}", "hello", "{\"v\": \"1\"}"] {
        assert!(parse(text).expect_err(text).contains(" at line 1 column "));
    }
}
