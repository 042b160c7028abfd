//! The common parts of `games list` and `connections list`.

use std::pin::pin;

use futures_util::{Stream, TryStreamExt};
use serde::Serialize;

use crate::aws::{Deployment, Entry};
use crate::cli::{Global, WatchInterval};
use crate::commands::{Outlook, watch};
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};

/// A list of items in the table.
pub(super) trait List {
    type Item;

    /// Streams the items as they are read, unsorted. Dropping the stream ends the scan.
    async fn scan(&self) -> Result<impl Stream<Item = Result<Self::Item, Failure>>, Failure>;

    fn limit(&self) -> u32;

    /// An item as JSON.
    fn row(&self, item: &Self::Item, outlook: &Outlook<'_>) -> impl Serialize;

    fn sort(&self, items: &mut [Self::Item]);

    fn table(&self, items: &[Self::Item], outlook: &Outlook<'_>) -> String;

    /// The line above the table with --watch.
    fn head(&self, items: &[Self::Item], outlook: &Outlook<'_>) -> String;

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
            let (items, end) = read(list, deployment).await?;
            let at_least = if end.more { "at least " } else { "" };
            let head = format!("{at_least}{}", list.head(&items, &end.outlook));
            Ok((head, list.table(&items, &end.outlook).into()))
        };
        return watch::watch(
            every,
            deployment,
            global,
            async || print(list, deployment).await.map(drop),
            render,
        )
        .await;
    }
    let outlook = match global.output {
        Format::Json => print(list, deployment).await?,
        Format::Table => {
            let (items, end) = read(list, deployment).await?;
            if items.is_empty() {
                output::note(list.empty_note());
            } else {
                output::data(list.table(&items, &end.outlook))?;
            }
            output::note_more(end.more, list.limit());
            end.outlook
        }
    };
    outlook.warn_if_paused();
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
async fn print<'a>(list: &impl List, deployment: &'a Deployment) -> anyhow::Result<Outlook<'a>> {
    let end = take(list, deployment, |item, outlook| {
        output::row(list.row(&item, outlook))
    })
    .await?;
    output::note_more(end.more, list.limit());
    Ok(end.outlook)
}

/// Reads and sorts up to `limit` items.
async fn read<'a, L: List>(
    list: &L,
    deployment: &'a Deployment,
) -> anyhow::Result<(Vec<L::Item>, End<'a>)> {
    let mut items = Vec::new();
    let end = take(list, deployment, |item, _| {
        items.push(item);
        Ok(())
    })
    .await?;
    list.sort(&mut items);
    Ok((items, end))
}

/// The end of a list.
struct End<'a> {
    /// Whether there are more items than the limit.
    more: bool,
    outlook: Outlook<'a>,
}

/// Passes up to `limit` items to `each`.
async fn take<'a, L: List>(
    list: &L,
    deployment: &'a Deployment,
    mut each: impl FnMut(L::Item, &Outlook<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<End<'a>> {
    let mut items = pin!(list.scan().await?);
    let mut next = items.try_next().await?;
    // Only after the scan's first response: if AWS does not answer, one call waits for the timeout.
    let outlook = Outlook::read(deployment).await;
    let mut left = list.limit();
    while left > 0
        && let Some(item) = next
    {
        left -= 1;
        each(item, &outlook)?;
        next = items.try_next().await?;
    }
    Ok(End {
        more: next.is_some(),
        outlook,
    })
}
