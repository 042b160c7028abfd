//! `rpsctl cost prices --refresh`: makes a price file from AWS's price list.

use std::path::Path;
use std::{fs, io};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use strum::VariantArray;
use time::OffsetDateTime;

use crate::aws::Account;
use crate::billing::prices::{BilledItem, Prices, ProductQuery, RefreshResult, refreshed};
use crate::cli::Global;
use crate::commands::cost::prices::in_words;
use crate::exit::{Exit, Failure};
use crate::output;

/// The price list of every region is served from this region.
const LIST_REGION: &str = "us-east-1";
/// The region whose built-in prices are updated if the requested region has none.
const FALLBACK_REGION: &str = "us-east-1";
const AT_A_TIME: usize = 4;

pub(super) async fn run(
    account: Account,
    file: Option<&Path>,
    global: &Global,
) -> anyhow::Result<Exit> {
    if global.target.local {
        let message = "`rpsctl local` has no price list: pass --region REGION instead of --local";
        return Err(Failure::usage(message).into());
    }
    let region = account.region().to_owned();
    let old = old(&region, file)?;
    let account = account.in_region(LIST_REGION);
    let ask = async |item: &BilledItem| match ProductQuery::of(*item, &region) {
        Some(query) => account.products(query.service, &query.filters).await,
        None => Ok(Vec::new()),
    };
    let answers: Vec<_> = stream::iter(BilledItem::VARIANTS)
        .map(ask)
        .buffered(AT_A_TIME)
        .try_collect()
        .await?;
    let today = OffsetDateTime::now_utc().date();
    let (new, news) = refreshed(&old, &region, today, &answers).map_err(|why| {
        let message = format!("cannot make a price file from AWS's price list: {why}");
        Failure::new(Exit::Unexpected, message)
    })?;
    let text = serde_json::to_string_pretty(&new)?;
    match file {
        None => output::data(text)?,
        Some(file) => replace(file, &(text + "\n"))
            .with_context(|| format!("cannot write {}", file.display()))?,
    }
    note_changes(&old, &new, &news);
    Ok(Exit::Ok)
}

/// The prices to update: those in the file if it exists, else the built-in prices.
fn old(region: &str, file: Option<&Path>) -> Result<Prices, Failure> {
    let Some(file) = file.filter(|file| file.exists()) else {
        return Prices::of_region(region).or_else(|_| Prices::of_region(FALLBACK_REGION));
    };
    let prices = Prices::read(file)?;
    if prices.region != region {
        let (file, file_region) = (file.display(), &prices.region);
        return Err(Failure::usage(format!(
            "the price file {file} is for {file_region}, not for {region}: pass --region {file_region}, or another file"
        )));
    }
    Ok(prices)
}

fn note_changes(old: &Prices, new: &Prices, news: &[RefreshResult]) {
    let mut unchanged = 0;
    for (price, news) in new.items.iter().zip(news) {
        let name = price.item.name();
        match news {
            RefreshResult::Unchanged => unchanged += 1,
            RefreshResult::Changed => {
                let (before, after) = (in_words(old.of_item(price.item)), in_words(price));
                output::note(format_args!("{name}: {before} -> {after}"));
            }
            RefreshResult::Kept(why) => {
                let region = &old.region;
                output::note(format_args!(
                    "{name}: kept the price of {region}, because {why}"
                ));
            }
        }
    }
    let all = news.len();
    output::note(format_args!("{unchanged} of {all} prices are unchanged"));
}

/// Replaces a file atomically.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = file.with_file_name(name);
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, file));
    if written.is_err() {
        // The first error is more useful than an error of the cleanup.
        let _ = fs::remove_file(&new);
    }
    written
}
