//! Prices made of AWS's price list, and of those that were there before.

use time::Date;

use super::{Item, ItemPrice, Prices, Query, Tier, read};

/// What a refresh has done to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// AWS has it at the same price.
    Same,
    /// AWS has it at another price.
    Changed,
    /// It is as it was, because of this.
    Kept(String),
}

/// The prices of a region as AWS answered for each item, and what is new of each, in the order of [`Item::ALL`]. What
/// AWS does not say, and what is free, is as in the old ones.
pub(crate) fn refreshed(
    old: &Prices,
    region: &str,
    today: Date,
    answers: &[Vec<String>],
) -> Result<(Prices, Vec<News>), String> {
    let mut prices = old.clone();
    region.clone_into(&mut prices.region);
    let news = Item::ALL.iter().zip(answers).map(|(&item, products)| {
        let price = &mut prices.items[item as usize];
        match Query::of(item, region) {
            Some(query) => renew(price, &query, products, today),
            None => News::Kept("it is not known where AWS's list has it".to_owned()),
        }
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

fn renew(price: &mut ItemPrice, query: &Query, products: &[String], today: Date) -> News {
    let listed = match query.price(products) {
        Ok(listed) => listed,
        Err(why) => return News::Kept(why),
    };
    let tiers = listed.tiers.into_iter().map(|tier| Tier {
        up_to: tier.up_to.map(|up_to| up_to.normalize()),
        price: (tier.price * price.per).normalize(),
    });
    let tiers: Vec<_> = tiers.collect();
    price.source = format!(
        "AWS's price list: GetProducts of {}, {}",
        query.service, listed.usage
    );
    price.checked = today;
    if price.tiers == tiers {
        return News::Same;
    }
    price.tiers = tiers;
    News::Changed
}
