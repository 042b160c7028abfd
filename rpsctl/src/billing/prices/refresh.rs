use time::Date;

use crate::billing::prices::{ItemPrice, Prices, Query, Tier, read};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    SamePrice,
    OtherPrice,
    /// It is as it was, because of this.
    Kept(String),
}

/// The prices of a region as AWS answered for each item, and what is new of each, in the order of the items. What AWS
/// does not say, and what is free, is as in the old ones.
pub(crate) fn refreshed(
    old: &Prices,
    region: &str,
    today: Date,
    answers: &[Vec<String>],
) -> Result<(Prices, Vec<News>), String> {
    let mut prices = old.clone();
    region.clone_into(&mut prices.region);
    let items = prices.items.iter_mut().zip(answers);
    let news = items.map(|(price, products)| match Query::of(price.item, region) {
        Some(query) => renew(price, &query, products, today).unwrap_or_else(News::Kept),
        None => News::Kept("it is not known where AWS's list has it".to_owned()),
    });
    let news: Vec<News> = news.collect();
    // Prices of which AWS has said nothing are as old as they were.
    if news.iter().any(|it| !matches!(it, News::Kept(_))) {
        prices.dated = today;
    }
    // What is written must be what is read.
    let prices = serde_json::to_string(&prices).map_err(|why| why.to_string())?;
    Ok((read::parse(&prices)?, news))
}

fn renew(
    price: &mut ItemPrice,
    query: &Query,
    products: &[String],
    today: Date,
) -> Result<News, String> {
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
        return Ok(News::SamePrice);
    }
    price.tiers = tiers;
    Ok(News::OtherPrice)
}
