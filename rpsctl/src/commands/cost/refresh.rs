//! `rpsctl cost prices --refresh`: a price file of AWS's price list.

use std::path::Path;
use std::{fs, io};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use strum::VariantArray;
use time::OffsetDateTime;

use crate::aws::Account;
use crate::billing::prices::{Item, News, Prices, Query, refreshed};
use crate::cli::Global;
use crate::commands::cost::prices::in_words;
use crate::exit::{Exit, Failure};
use crate::output;

/// The price list is asked here, whatever the region is that it is asked of.
const LIST_REGION: &str = "us-east-1";
/// Where an old price file comes from if there is none for the region.
const USUAL_REGION: &str = "us-east-1";
const AT_A_TIME: usize = 4;

pub(super) async fn run(
    account: Account,
    file: Option<&Path>,
    global: &Global,
) -> anyhow::Result<Exit> {
    if global.target.local {
        let message = "a `rpsctl local` has no price list: pass --region REGION instead of --local";
        return Err(Failure::usage(message).into());
    }
    let region = account.region().to_owned();
    let old = old(&region, file)?;
    let account = account.in_region(LIST_REGION);
    let ask = async |item: &Item| match Query::of(*item, &region) {
        Some(query) => account.products(query.service, &query.filters).await,
        None => Ok(Vec::new()),
    };
    let answers: Vec<_> = stream::iter(Item::VARIANTS)
        .map(ask)
        .buffered(AT_A_TIME)
        .try_collect()
        .await?;
    let today = OffsetDateTime::now_utc().date();
    let (new, news) = refreshed(&old, &region, today, &answers).map_err(|why| {
        let message = format!("AWS's price list makes no price file: {why}");
        Failure::new(Exit::Unexpected, message)
    })?;
    let text = serde_json::to_string_pretty(&new)?;
    match file {
        None => output::data(text)?,
        Some(file) => replace(file, &(text + "\n"))
            .with_context(|| format!("cannot write {}", file.display()))?,
    }
    tell(&old, &new, &news);
    Ok(Exit::Ok)
}

/// The prices that are made anew: those of the file if it is there, else those that are built in.
fn old(region: &str, file: Option<&Path>) -> Result<Prices, Failure> {
    let Some(file) = file.filter(|file| file.exists()) else {
        return Prices::of_region(region).or_else(|_| Prices::of_region(USUAL_REGION));
    };
    let prices = Prices::read(file)?;
    if prices.region != region {
        let (file, theirs) = (file.display(), &prices.region);
        return Err(Failure::usage(format!(
            "the price file {file} is of {theirs}, not of {region}: pass --region {theirs}, or another file"
        )));
    }
    Ok(prices)
}

fn tell(old: &Prices, new: &Prices, news: &[News]) {
    let mut same = 0;
    for (price, news) in new.items.iter().zip(news) {
        let name = price.item.name();
        match news {
            News::SamePrice => same += 1,
            News::OtherPrice => {
                let (was, is) = (in_words(old.of_item(price.item)), in_words(price));
                output::note(format_args!("{name}: {was} -> {is}"));
            }
            News::Kept(why) => {
                let from = &old.region;
                output::note(format_args!(
                    "{name}: kept as it was for {from}, because {why}"
                ));
            }
        }
    }
    let all = news.len();
    output::note(format_args!("{same} of {all} prices are as they were"));
}

/// Writes a file at once or not at all.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = file.with_file_name(name);
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, file));
    if written.is_err() {
        // There may be nothing to remove, and the first error says more.
        let _ = fs::remove_file(&new);
    }
    written
}
