//! The whole table, read in several parts side by side. No function does that; operators may.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use rps_contract::names::attribute;
use rps_handlers::outbound::dynamo::{Item, Stored, Unreadable, stored};

use super::Deployment;
use crate::exit::Failure;

/// Parts of the table that are read at a time.
const SEGMENTS: i32 = 4;

/// What was found in one answer of DynamoDB.
type Page = Result<Vec<Item>, Failure>;

impl Deployment {
    /// All items whose key begins with `prefix`, in no order, as they are found; eventually consistent. What
    /// is dropped before its end stops reading.
    pub(crate) fn scan(
        &self,
        prefix: &str,
    ) -> impl Stream<Item = Result<Result<Stored, Unreadable>, Failure>> + '_ {
        self.items(prefix).map_ok(stored)
    }

    /// The same as DynamoDB has them.
    pub(crate) fn items(&self, prefix: &str) -> impl Stream<Item = Result<Item, Failure>> + '_ {
        let mut segments: Vec<_> = (0..SEGMENTS)
            .map(|segment| self.segment(segment, prefix.to_owned()).boxed())
            .collect();
        // One call goes first: what is refused is refused once, and credentials are asked for once.
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
        let mut pages = scan
            .segment(segment)
            .total_segments(SEGMENTS)
            .filter_expression("begins_with(#key, :prefix)")
            .expression_attribute_names("#key", attribute::KEY)
            .expression_attribute_values(":prefix", AttributeValue::S(prefix))
            .into_paginator()
            .send();
        stream::poll_fn(move |context| pages.poll_next(context)).then(async |page| match page {
            Ok(page) => Ok(page.items.unwrap_or_default()),
            Err(error) => Err(self.explain_table("dynamodb:Scan", &error).await),
        })
    }
}
