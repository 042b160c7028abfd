//! All queues, by name and by ARN.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::attributes::Attributes;
use super::error::{Code, SqsError};
use super::move_task::MoveTasks;
use super::queue::Queue;
use crate::{ACCOUNT, REGION, lock, metrics::Metrics};

/// A deleted queue's name is free again after this time, says `CreateQueue`.
const DELETED_PAUSE: Duration = Duration::from_mins(1);

/// All queues.
#[derive(Debug)]
pub(super) struct Directory {
    endpoint: String,
    names: Mutex<Names>,
    pub(super) move_tasks: MoveTasks,
    pub(super) metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct Names {
    queues: BTreeMap<String, Arc<Queue>>,
    deleted: BTreeMap<String, Instant>,
}

impl Directory {
    pub(super) fn new(endpoint: &str, metrics: Arc<Metrics>) -> Self {
        Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            names: Mutex::default(),
            move_tasks: MoveTasks::default(),
            metrics,
        }
    }

    pub(super) fn url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.endpoint)
    }

    pub(super) fn arn(name: &str) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
    }

    fn lock(&self) -> MutexGuard<'_, Names> {
        lock(&self.names)
    }

    pub(super) fn by_name(&self, name: &str) -> Option<Arc<Queue>> {
        self.lock().queues.get(name).cloned()
    }

    pub(super) fn by_arn(&self, arn: &str) -> Option<Arc<Queue>> {
        let name = arn.rsplit(':').next()?;
        self.by_name(name).filter(|queue| queue.arn() == arn)
    }

    /// The queue of a `QueueUrl`. Only its last part counts: host and port may be an alias of ours.
    pub(super) fn by_url(&self, url: &str) -> Result<Arc<Queue>, SqsError> {
        if url.is_empty() {
            return Err(SqsError::missing("QueueUrl"));
        }
        let name = url.rsplit('/').next().unwrap_or_default();
        if name.is_empty() {
            let message = format!("The address {url} is not valid for this endpoint.");
            return Err(SqsError::new(Code::InvalidAddress, message));
        }
        self.by_name(name).ok_or_else(SqsError::no_queue)
    }

    /// All queues, sorted by name.
    pub(super) fn all(&self) -> Vec<Arc<Queue>> {
        self.lock().queues.values().cloned().collect()
    }

    /// The queues whose redrive policy names `arn`, sorted by name.
    pub(super) fn sources_of(&self, arn: &str) -> Vec<Arc<Queue>> {
        let names = |queue: &Arc<Queue>| {
            let redrive = queue.attributes().redrive;
            redrive.is_some_and(|policy| policy.dead_letter_target_arn == arn)
        };
        self.all().into_iter().filter(names).collect()
    }

    /// Creates a queue, or finds the one of that name if it has the given attributes.
    pub(super) fn create(
        self: &Arc<Self>,
        name: &str,
        given: &BTreeMap<String, String>,
        tags: BTreeMap<String, String>,
    ) -> Result<Arc<Queue>, SqsError> {
        check_name(name)?;
        let given = given
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        if let Some(queue) = self.by_name(name) {
            return same_attributes(&queue, given).map(|()| queue);
        }
        let attributes = Attributes::default().with(given)?;
        self.check_redrive(&Self::arn(name), &attributes)?;
        let mut names = self.lock();
        let deleted = names.deleted.get(name);
        if deleted.is_some_and(|deleted| Instant::now() < *deleted + DELETED_PAUSE) {
            let message = "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
            return Err(SqsError::new(Code::QueueDeletedRecently, message));
        }
        let created = || Arc::new(Queue::new(self, name, attributes, tags));
        Ok(Arc::clone(
            names.queues.entry(name.to_owned()).or_insert_with(created),
        ))
    }

    /// Refuses a redrive policy whose target is missing or does not want this queue's messages.
    pub(super) fn check_redrive(
        &self,
        source_arn: &str,
        attributes: &Attributes,
    ) -> Result<(), SqsError> {
        let Some(policy) = &attributes.redrive else {
            return Ok(());
        };
        let target = self.by_arn(&policy.dead_letter_target_arn);
        let target = target.ok_or_else(|| policy.refused("Dead letter target does not exist."))?;
        let allowed = target.attributes().redrive_allow;
        if allowed.is_some_and(|allowed| !allowed.allows(source_arn)) {
            return Err(policy.refused("Dead letter target does not allow this source queue."));
        }
        Ok(())
    }

    /// Deletes a queue and its messages.
    pub(super) fn delete(&self, queue: &Queue) {
        let mut names = self.lock();
        names.queues.remove(queue.name());
        names
            .deleted
            .insert(queue.name().to_owned(), Instant::now());
        drop(names);
        queue.clear();
    }
}

/// "Amazon SQS standard queue quotas": up to 80 of these characters. A FIFO queue's name has a dot.
pub(super) fn check_name(name: &str) -> Result<(), SqsError> {
    if name.is_empty() {
        return Err(SqsError::missing("QueueName"));
    }
    if name.strip_suffix(".fifo").is_some() {
        let message = "The local AWS has standard queues only, no FIFO queues.";
        return Err(SqsError::new(Code::UnsupportedOperation, message));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.len() > 80 || !name.bytes().all(allowed) {
        let message =
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        return Err(SqsError::new(Code::InvalidParameterValueException, message));
    }
    Ok(())
}

/// `CreateQueue` of a queue that exists compares the attributes it is given, and no others.
fn same_attributes<'a>(
    queue: &Queue,
    given: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), SqsError> {
    let has = queue.attributes();
    let Some(name) = has.with(given)?.difference(&has) else {
        return Ok(());
    };
    let message = format!(
        "A queue already exists with the same name and a different value for attribute {name}"
    );
    Err(SqsError::new(Code::QueueNameExists, message))
}
