use serde_json::{Value, json};
use strum::VariantArray;

use super::*;

/// A product as `GetProducts` returns it. A tier is its begin, its end and its price in USD.
fn product(usage: &str, tiers: &[(&str, &str, &str)]) -> String {
    let dimensions = tiers.iter().enumerate().map(|(at, (from, to, usd))| {
        let rate = format!("SKU.JRTCKXETXF.{at}");
        let dimension = json!({
            "unit": "Requests", "beginRange": from, "endRange": to, "rateCode": rate, "appliesTo": [],
            "description": "in words", "pricePerUnit": { "USD": usd },
        });
        (rate, dimension)
    });
    let dimensions: serde_json::Map<String, Value> = dimensions.collect();
    let product = json!({
        "product": {
            "productFamily": "API Request", "sku": "SKU",
            "attributes": { "regionCode": "eu-west-1", "usagetype": usage, "servicename": "Service" },
        },
        "serviceCode": "Service", "version": "20260911124607", "publicationDate": "2026-09-11T12:46:07Z",
        "terms": { "OnDemand": { "SKU.JRTCKXETXF": {
            "priceDimensions": dimensions, "sku": "SKU", "offerTermCode": "JRTCKXETXF",
            "effectiveDate": "2026-09-01T00:00:00Z", "termAttributes": {},
        } } },
    });
    product.to_string()
}

/// The usage type and tiers of an item in eu-west-1, if AWS returns these products.
fn price(item: BilledItem, products: &[String]) -> Result<String, String> {
    let query = ProductQuery::of(item, "eu-west-1").expect("known");
    let (usage, tiers) = query.price(products)?;
    let tiers = tiers.iter().map(|tier| match tier.up_to {
        Some(up_to) => format!("{} up to {up_to}", tier.price),
        None => tier.price.to_string(),
    });
    let tiers: Vec<_> = tiers.collect();
    Ok(format!("{usage}: {}", tiers.join(", ")))
}

const ONE_TIER: (&str, &str, &str) = ("0", "Inf", "0.0000004000");

#[test]
fn the_product_of_an_item() {
    // The list is unordered, and a search also returns similar products.
    let products = [
        product("EU-Requests-FIFO-Tier1", &[("0", "Inf", "0.0000005000")]),
        product("Global-Requests-Tier1", &[("0", "1000000", "0.0000000000")]),
        product(
            "EU-Requests-Tier1",
            &[
                ("200000000000", "Inf", "0.0000002400"),
                ("0", "100000000000", "0.0000004000"),
                ("100000000000", "200000000000", "0.0000003000"),
            ],
        ),
    ];
    assert_eq!(
        price(BilledItem::SqsRequests, &products).as_deref(),
        Ok(
            "EU-Requests-Tier1: 0.0000004000 up to 100000000000, 0.0000003000 up to 200000000000, 0.0000002400"
        )
    );
    // The usage types of us-east-1 may have no prefix.
    let usage = |usage| price(BilledItem::WriteUnits, &[product(usage, &[ONE_TIER])]).is_ok();
    for ours in ["WriteRequestUnits", "USE1-WriteRequestUnits"] {
        assert!(usage(ours), "{ours}");
    }
    for other in [
        "IA-WriteRequestUnits",
        "EU-IA-WriteRequestUnits",
        "EU-ReplWriteRequestUnits",
        "ReplWriteRequestUnits",
        "EU-WriteRequestUnits-x",
    ] {
        assert!(!usage(other), "{other}");
    }
}

/// The table's first 25 GB are free. Allowances are in another file.
#[test]
fn a_free_first_tier_is_skipped() {
    let tiers = [
        ("0", "25", "0.0000000000"),
        ("25", "100", "0.2830000000"),
        ("100", "Inf", "0.2000000000"),
    ];
    let products = [product("EU-TimedStorage-ByteHrs", &tiers)];
    assert_eq!(
        price(BilledItem::TableGbMonths, &products).as_deref(),
        Ok("EU-TimedStorage-ByteHrs: 0.2830000000 up to 75, 0.2000000000")
    );
}

#[test]
fn products_without_a_usable_price() {
    let usage = "EU-Requests-Tier1";
    let error =
        |products: &[String]| price(BilledItem::SqsRequests, products).expect_err("no price");
    let none = "AWS's price list has no such product";
    assert_eq!(error(&[]), none);
    assert_eq!(
        error(&["{}".to_owned()]),
        "AWS sent an unreadable product: missing field `product` at line 1 column 2"
    );
    assert_eq!(
        error(&[
            product(usage, &[ONE_TIER]),
            product("EU-Requests-RBP", &[("0", "Inf", "1")]),
        ]),
        "EU-Requests-Tier1 and EU-Requests-RBP have different prices"
    );
    assert_eq!(
        error(&[product(usage, &[ONE_TIER]).replace("USD", "CNY")]),
        "EU-Requests-Tier1: it has no price in USD"
    );
    let of_tiers = |tiers: &[_]| error(&[product(usage, tiers)]);
    assert_eq!(of_tiers(&[("0", "Inf", "0")]), none);
    for (tiers, why) in [
        (&[("0", "Inf", "free")][..], "invalid number 'free'"),
        (&[("0", "5", "1")], "its last tier has an end"),
        (
            &[("0", "5", "1"), ("6", "Inf", "1")],
            "its tiers have a gap or overlap at 6",
        ),
    ] {
        assert_eq!(of_tiers(tiers), format!("{usage}: {why}"));
    }
    let twice = [
        product(usage, &[ONE_TIER]),
        product("EU-Requests-RBP", &[ONE_TIER]),
    ];
    assert!(price(BilledItem::SqsRequests, &twice).is_ok());
}

#[test]
fn queries_have_the_region_unless_the_product_is_global() {
    for &item in BilledItem::VARIANTS {
        for region in ["us-east-1", "eu-west-1", "eu-central-1"] {
            let query = ProductQuery::of(item, region).expect("known");
            let has = |value: &str| query.filters.iter().any(|(_, other)| other == value);
            let global = matches!(
                item,
                BilledItem::CdnGb | BilledItem::CdnRequests | BilledItem::Dashboards
            );
            assert_eq!(has(region), !global, "{query:?}");
        }
    }
    let cdn = ProductQuery::of(BilledItem::CdnGb, "eu-west-1").expect("known");
    assert_eq!(
        cdn.filters,
        [("usagetype", "EU-DataTransfer-Out-Bytes".to_owned())]
    );
    assert!(cdn.is_of("EU-DataTransfer-Out-Bytes"));
    assert_eq!(
        ProductQuery::of(BilledItem::CdnRequests, "ap-south-1"),
        None
    );
}
