//! The common parts of `games list` and `connections list`.

use std::pin::pin;

use futures_util::{Stream, TryStreamExt};
use serde::Serialize;

use crate::aws::{Deployment, Entry};
use crate::cli::{Global, WatchInterval};
use crate::commands::{warn_if_paused, watch};
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};

/// A list of items in the table.
pub(super) trait List {
    type Item;

    /// Streams the items as they are read, unsorted. Dropping the stream ends the scan.
    async fn scan(&self) -> Result<impl Stream<Item = Result<Self::Item, Failure>>, Failure>;

    fn limit(&self) -> u32;

    /// An item as JSON.
    fn row(&self, item: &Self::Item) -> impl Serialize;

    fn sort(&self, items: &mut [Self::Item]);

    fn table(&self, items: &[Self::Item]) -> String;

    /// The line above the table with --watch.
    fn head(&self, items: &[Self::Item]) -> String;

    /// The note that replaces an empty table.
    fn empty_note(&self) -> &'static str;
}

/// Prints a list once, or repeatedly with `watch`.
pub(super) async fn run(
    list: &impl List,
    watch: Option<WatchInterval>,
    deployment: &Deployment,
    global: &Global,
) -> anyhow::Result<Exit> {
    if let Some(every) = watch {
        let render = async || {
            let (items, more) = read(list).await?;
            let at_least = if more { "at least " } else { "" };
            let head = format!("{at_least}{}", list.head(&items));
            Ok((head, list.table(&items).into()))
        };
        return watch::watch(
            every,
            deployment,
            global,
            async || print(list).await,
            render,
        )
        .await;
    }
    match global.output {
        Format::Json => print(list).await?,
        Format::Table => {
            let (items, more) = read(list).await?;
            if items.is_empty() {
                output::note(list.empty_note());
            } else {
                output::data(list.table(&items))?;
            }
            output::note_more(more, list.limit());
        }
    }
    warn_if_paused(deployment).await;
    Ok(Exit::Ok)
}

/// Returns a readable entry. Reports an unreadable entry and skips it.
pub(super) fn readable<T>(entry: Entry<T>) -> Option<T> {
    match entry {
        Entry::Readable(item) => Some(item),
        Entry::Unreadable(why) => {
            output::note(format_args!("skipped: {why}"));
            None
        }
    }
}

/// Prints each item as soon as it is read.
async fn print(list: &impl List) -> anyhow::Result<()> {
    let more = take(list, |item| output::row(list.row(&item)));
    output::note_more(more.await?, list.limit());
    Ok(())
}

/// Reads and sorts up to `limit` items. Also returns whether there are more.
async fn read<L: List>(list: &L) -> anyhow::Result<(Vec<L::Item>, bool)> {
    let mut items = Vec::new();
    let more = take(list, |item| {
        items.push(item);
        Ok(())
    })
    .await?;
    list.sort(&mut items);
    Ok((items, more))
}

/// Passes up to `limit` items to `each`, and returns whether there are more.
async fn take<L: List>(
    list: &L,
    mut each: impl FnMut(L::Item) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let mut items = pin!(list.scan().await?);
    let mut left = list.limit();
    while let Some(item) = items.try_next().await? {
        if left == 0 {
            return Ok(true);
        }
        left -= 1;
        each(item)?;
    }
    Ok(false)
}
