//! The SQS event source mapping of `decide`, with `ReportBatchItemFailures` (source: "Using Lambda with
//! Amazon SQS", Lambda developer guide).

use std::{collections::HashSet, sync::Arc, time::Duration};

use axum::body::Bytes;
use base64::{Engine, prelude::BASE64_STANDARD};
use rps_core::names::Function;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::{JoinHandle, JoinSet},
};

use crate::{
    REGION,
    lambda::Lambda,
    sqs::{AttributeValue, MessageAttribute, Queue, Received},
};

/// Messages in one invocation (Lambda's default batch size).
const BATCH: usize = 10;

/// How long one poll waits (SQS's longest).
const POLL: Duration = Duration::from_secs(20);

/// The running mapping. Dropped, it ends at once, and what it was handing over with it.
pub(crate) struct Mapping {
    stopping: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Mapping {
    /// Polls the queue and invokes `decide`, at most `places` invocations at a time.
    pub(crate) fn start(queue: Arc<Queue>, lambda: Arc<Lambda>, places: usize) -> Self {
        let stopping = watch::Sender::new(false);
        let task = tokio::spawn(run(queue, lambda, places, stopping.subscribe()));
        Self { stopping, task }
    }

    /// Takes nothing from the queue any more, and waits until what was taken is done.
    pub(crate) async fn stop(&mut self) {
        self.stopping.send_replace(true);
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the mapping of the queue ended");
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(
    queue: Arc<Queue>,
    lambda: Arc<Lambda>,
    places: usize,
    mut stopping: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(places));
    let mut handed_over = JoinSet::new();
    loop {
        let (place, batch) = tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => break,
            // Dropped while it waits, it has taken nothing.
            next = next(&places, &queue) => match next {
                Some(next) => next,
                None => break,
            },
        };
        let (queue, lambda) = (Arc::clone(&queue), Arc::clone(&lambda));
        handed_over.spawn(async move {
            hand_over(&queue, &lambda, batch).await;
            drop(place);
        });
        // The set keeps what is done until it is asked.
        while handed_over.try_join_next().is_some() {}
    }
    while handed_over.join_next().await.is_some() {}
}

/// The next batch, and a place for it. The place comes first: a message received and then kept waiting
/// would use up its visibility timeout.
async fn next(
    places: &Arc<Semaphore>,
    queue: &Queue,
) -> Option<(OwnedSemaphorePermit, Vec<Received>)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    loop {
        let batch = queue.receive(BATCH, POLL).await;
        if !batch.is_empty() {
            return Some((place, batch));
        }
    }
}

/// One batch. What is not deleted at the end becomes visible again after the queue's visibility timeout.
async fn hand_over(queue: &Queue, lambda: &Lambda, batch: Vec<Received>) {
    let event = event(&batch, queue.arn());
    let result = lambda.invoke(Function::Decide, event).await;
    let failed = match result {
        Ok(response) => failures(&response, &batch),
        // The reason is in the function's log.
        Err(_) => Failures::All,
    };
    for message in batch.iter().filter(|message| !failed.has(message)) {
        if let Err(error) = queue.delete(&message.receipt_handle) {
            tracing::warn!(%error, message = message.message_id, "cannot delete");
        }
    }
}

/// The event, as Lambda makes it of a batch.
fn event(batch: &[Received], arn: &str) -> Bytes {
    let records: Vec<Value> = batch.iter().map(|message| record(message, arn)).collect();
    json!({ "Records": records }).to_string().into()
}

fn record(message: &Received, arn: &str) -> Value {
    let attributes = message.message_attributes.iter();
    let attributes =
        attributes.map(|(name, attribute)| (name.clone(), message_attribute(attribute)));
    let attributes: serde_json::Map<String, Value> = attributes.collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.attributes,
        "messageAttributes": attributes,
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    })
}

fn message_attribute(attribute: &MessageAttribute) -> Value {
    let (key, value) = match &attribute.value {
        AttributeValue::Text(text) => ("stringValue", text.clone()),
        AttributeValue::Binary(bytes) => ("binaryValue", BASE64_STANDARD.encode(bytes)),
    };
    json!({
        key: value,
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": attribute.data_type,
    })
}

/// Which messages of a batch stay in the queue.
#[derive(Debug, PartialEq, Eq)]
enum Failures {
    All,
    Only(HashSet<String>),
}

impl Failures {
    fn has(&self, message: &Received) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&message.message_id),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchResponse {
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// What a response means: none, null and an empty list are success; what is not JSON, has a bad key, or
/// names a message that was not in the batch fails the whole batch.
fn failures(response: &[u8], batch: &[Received]) -> Failures {
    let response = match serde_json::from_slice::<Option<BatchResponse>>(response) {
        Ok(response) => response,
        Err(_) if response.is_empty() => None,
        Err(_) => return Failures::All,
    };
    let failed = response.and_then(|response| response.batch_item_failures);
    let ids: HashSet<String> = failed
        .unwrap_or_default()
        .into_iter()
        .map(|failure| failure.item_identifier)
        .collect();
    let known = |id: &String| batch.iter().any(|message| message.message_id == *id);
    if ids.iter().all(known) {
        Failures::Only(ids)
    } else {
        Failures::All
    }
}

#[cfg(test)]
mod tests;
