use time::Date;

use crate::billing::prices::{ItemPrice, Prices, ProductQuery, Tier, read};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefreshResult {
    Unchanged,
    Changed,
    /// The old price stays, because AWS's list has no usable one, for this reason.
    Kept(String),
}

/// Updates prices from AWS's answers for each item. Returns the new prices and a result for each item. Allowances, and
/// prices that AWS's answers lack, stay as in `old`.
pub(crate) fn refreshed(
    old: &Prices,
    region: &str,
    today: Date,
    answers: &[Vec<String>],
) -> Result<(Prices, Vec<RefreshResult>), String> {
    let mut prices = old.clone();
    region.clone_into(&mut prices.region);
    let items = prices.items.iter_mut().zip(answers);
    let results = items.map(
        |(price, products)| match ProductQuery::of(price.item, region) {
            Some(query) => {
                refresh(price, &query, products, today).unwrap_or_else(RefreshResult::Kept)
            }
            None => RefreshResult::Kept(
                "rpsctl does not know its product in AWS's price list".to_owned(),
            ),
        },
    );
    let results: Vec<RefreshResult> = results.collect();
    // If no price was found, the file keeps its date.
    if results
        .iter()
        .any(|it| !matches!(it, RefreshResult::Kept(_)))
    {
        prices.dated = today;
    }
    // Check that the new file can be read.
    let prices = serde_json::to_string(&prices).map_err(|why| why.to_string())?;
    Ok((read::parse(&prices)?, results))
}

fn refresh(
    price: &mut ItemPrice,
    query: &ProductQuery,
    products: &[String],
    today: Date,
) -> Result<RefreshResult, String> {
    let (usage, tiers) = query.price(products)?;
    let tiers = tiers.into_iter().map(|tier| Tier {
        up_to: tier.up_to.map(|up_to| up_to.normalize()),
        price: (tier.price * price.per).normalize(),
    });
    let tiers: Vec<_> = tiers.collect();
    price.source = format!(
        "AWS's price list: GetProducts of {}, {usage}",
        query.service
    );
    price.checked = today;
    if price.tiers == tiers {
        return Ok(RefreshResult::Unchanged);
    }
    price.tiers = tiers;
    Ok(RefreshResult::Changed)
}
