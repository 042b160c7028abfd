//! What `games list` and `connections list` have in common.

use std::pin::pin;

use futures_util::{Stream, TryStreamExt};
use serde::Serialize;

use crate::aws::{Deployment, Entry};
use crate::cli::{Every, Global};
use crate::commands::{warn_if_paused, watch};
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};

/// A list of what is in the table.
pub(super) trait List {
    type Item;

    /// The items as they are found, in no order. Reading stops when the stream is dropped.
    async fn find(&self) -> Result<impl Stream<Item = Result<Self::Item, Failure>>, Failure>;

    fn limit(&self) -> u32;

    /// An item as programs read it.
    fn row(&self, item: &Self::Item) -> impl Serialize;

    fn sort(&self, items: &mut [Self::Item]);

    fn table(&self, items: &[Self::Item]) -> String;

    /// The line above the table when it is redrawn.
    fn head(&self, items: &[Self::Item]) -> String;

    /// The note in the place of an empty table.
    fn nothing(&self) -> &'static str;
}

/// Shows a list, once or again and again.
pub(super) async fn run(
    list: &impl List,
    watch: Option<Every>,
    deployment: &Deployment,
    global: &Global,
) -> anyhow::Result<Exit> {
    if let Some(every) = watch {
        let look = async || {
            let (items, more) = read(list).await?;
            let at_least = if more { "at least " } else { "" };
            let head = format!("{at_least}{}", list.head(&items));
            Ok((head, list.table(&items)))
        };
        return watch::watch(every, deployment, global, async || print(list).await, look).await;
    }
    match global.output {
        Format::Json => print(list).await?,
        Format::Table => {
            let (items, more) = read(list).await?;
            if items.is_empty() {
                output::note(list.nothing());
            } else {
                output::data(list.table(&items))?;
            }
            output::note_more(more, list.limit());
        }
    }
    warn_if_paused(deployment).await;
    Ok(Exit::Ok)
}

/// Returns a readable entry. Notes an unreadable one and leaves it out.
pub(super) fn readable<T>(entry: Entry<T>) -> Option<T> {
    match entry {
        Entry::Readable(item) => Some(item),
        Entry::Unreadable(why) => {
            output::note(format_args!("left out: {why}"));
            None
        }
    }
}

/// Prints each item when it is found.
async fn print(list: &impl List) -> anyhow::Result<()> {
    let more = take(list, |item| output::row(list.row(&item)));
    output::note_more(more.await?, list.limit());
    Ok(())
}

/// Up to so many items in order, and whether there are more.
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

/// Hands over up to so many items as they are found, and returns whether there are more.
async fn take<L: List>(
    list: &L,
    mut each: impl FnMut(L::Item) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let mut items = pin!(list.find().await?);
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
