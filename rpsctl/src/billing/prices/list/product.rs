use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::billing::prices::Tier;

/// A product of the price list, with the fields that rpsctl uses.
#[derive(Deserialize)]
pub(super) struct Product {
    product: ProductDetails,
    terms: Terms,
}

#[derive(Deserialize)]
struct ProductDetails {
    attributes: ProductAttributes,
}

#[derive(Deserialize)]
struct ProductAttributes {
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

impl Product {
    pub(super) fn usage(&self) -> &str {
        &self.product.attributes.usagetype
    }

    /// The tiers in order. Skips a free first tier, which is an allowance: tiers count only billable units.
    pub(super) fn tiers(&self) -> Result<Vec<Tier>, String> {
        let terms = self.terms.on_demand.values();
        let dimensions = terms.flat_map(|term| term.price_dimensions.values());
        let mut ranges = dimensions.map(range).collect::<Result<Vec<_>, _>>()?;
        ranges.sort_by_key(|(from, _)| *from);
        let mut free = Decimal::ZERO;
        let mut end = Some(Decimal::ZERO);
        let mut tiers = Vec::new();
        for (from, tier) in ranges {
            if end != Some(from) {
                return Err(format!("its tiers have a gap or overlap at {from}"));
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
            Some(_) => Err("its last tier has an end".to_owned()),
        }
    }
}

fn range(dimension: &Dimension) -> Result<(Decimal, Tier), String> {
    let number = |text: &str| {
        let number = text.parse::<Decimal>();
        number.map_err(|_| format!("invalid number '{text}'"))
    };
    let up_to = match &*dimension.end_range {
        "Inf" => None,
        end => Some(number(end)?),
    };
    let usd = dimension.price_per_unit.usd.as_ref();
    let price = number(usd.ok_or("it has no price in USD")?)?;
    Ok((number(&dimension.begin_range)?, Tier { up_to, price }))
}
