//! Scan the whole table in parallel segments. Only operators do this; no function does.

use aws_sdk_dynamodb::types::{AttributeValue, TableDescription};
use futures_util::future;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, ROOM_KEY_PREFIX, attribute};
use rps_game::{Connection, Game, Lobby};
use rps_handlers::outbound::dynamo::{Item, StoredItem, Unreadable, parse_item};

use crate::aws::{CallTimer, Deployment};
use crate::exit::Failure;

/// The number of parallel segments.
const SEGMENTS: i32 = 4;

type Page = Result<Vec<Item>, Failure>;

pub(crate) enum Entry<T> {
    Readable(T),
    Unreadable(Unreadable),
}

impl Deployment {
    /// Describes the table. `timer` records the times of the call.
    pub(crate) async fn describe_table(
        &self,
        timer: &CallTimer,
    ) -> Result<TableDescription, Failure> {
        let request = self.dynamo().describe_table().table_name(self.table());
        match request.customize().interceptor(timer.clone()).send().await {
            Ok(output) => Ok(output
                .table
                .unwrap_or_else(|| TableDescription::builder().build())),
            Err(error) => {
                let action = "dynamodb:DescribeTable";
                Err(self.explain_table(action, &error).await)
            }
        }
    }

    /// Streams all games, unordered and eventually consistent. Dropping the stream stops the scan.
    pub(crate) fn games(&self) -> impl Stream<Item = Result<Entry<Game>, Failure>> + '_ {
        self.entries(GAME_KEY_PREFIX, StoredItem::try_as_game)
    }

    pub(crate) fn connections(
        &self,
    ) -> impl Stream<Item = Result<Entry<Connection>, Failure>> + '_ {
        self.entries(CONNECTION_KEY_PREFIX, StoredItem::try_as_connection)
    }

    pub(crate) fn rooms(&self) -> impl Stream<Item = Result<Entry<Lobby>, Failure>> + '_ {
        self.entries(ROOM_KEY_PREFIX, StoredItem::try_as_lobby)
    }

    /// Streams all items, like [`Deployment::games`].
    pub(crate) fn stored_items(
        &self,
    ) -> impl Stream<Item = Result<Entry<StoredItem>, Failure>> + '_ {
        self.entries("", Some)
    }

    fn entries<T: 'static>(
        &self,
        prefix: &str,
        kind: fn(StoredItem) -> Option<T>,
    ) -> impl Stream<Item = Result<Entry<T>, Failure>> + '_ {
        self.items(prefix).try_filter_map(move |item| {
            future::ok(match parse_item(item) {
                Ok(item) => kind(item).map(Entry::Readable),
                Err(why) => Some(Entry::Unreadable(why)),
            })
        })
    }

    /// Streams all items whose key begins with `prefix`, like [`Deployment::games`].
    pub(crate) fn items(&self, prefix: &str) -> impl Stream<Item = Result<Item, Failure>> + '_ {
        let mut segments: Vec<_> = (0..SEGMENTS)
            .map(|segment| self.segment(segment, prefix.to_owned()).boxed())
            .collect();
        // Send one call first, so that AWS refuses once and credentials load once.
        let first = async move {
            let page = segments[0].next().await;
            stream::iter(page).chain(stream::select_all(segments))
        };
        stream::once(first)
            .flatten()
            .map_ok(|items| stream::iter(items.into_iter().map(Ok)))
            .try_flatten()
    }

    fn segment(&self, segment: i32, prefix: String) -> impl Stream<Item = Page> + '_ {
        let scan = self.dynamo().scan().table_name(self.table());
        let mut scan = scan.segment(segment).total_segments(SEGMENTS);
        if !prefix.is_empty() {
            scan = scan
                .filter_expression("begins_with(#key, :prefix)")
                .expression_attribute_names("#key", attribute::KEY)
                .expression_attribute_values(":prefix", AttributeValue::S(prefix));
        }
        let mut pages = scan.into_paginator().send();
        stream::poll_fn(move |context| pages.poll_next(context)).then(async |page| match page {
            Ok(page) => Ok(page.items.unwrap_or_default()),
            Err(error) => Err(self.explain_table("dynamodb:Scan", &error).await),
        })
    }
}
