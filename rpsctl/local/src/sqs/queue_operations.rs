//! The operations on queues: creating, finding, describing, moving back.

use std::ops::RangeInclusive;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::directory::{Directory, check_name};
use super::error::{Code, SqsError};
use super::move_task::{self, MoveTasks};
use super::protocol::{
    CancelMessageMoveTask, CreateQueue, GetQueueAttributes, GetQueueUrl, List,
    ListMessageMoveTasks, OneQueue, SetQueueAttributes, StartMessageMoveTask, TagQueue, UntagQueue,
};
use super::queue::Queue;

type Answer = Result<Value, SqsError>;

/// `ListQueues`: "up to 1,000 entries".
const MAX_LISTED: usize = 1000;

pub(super) fn create(directory: &Arc<Directory>, request: CreateQueue) -> Answer {
    let CreateQueue {
        queue_name,
        attributes,
        tags,
    } = request;
    let queue = directory.create(&queue_name, &attributes, tags)?;
    Ok(json!({"QueueUrl": queue.url()}))
}

pub(super) fn delete(directory: &Directory, request: &OneQueue) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    directory.delete(&queue);
    Ok(Value::Null)
}

pub(super) fn url(directory: &Directory, request: &GetQueueUrl) -> Answer {
    check_name(&request.queue_name)?;
    let queue = directory
        .by_name(&request.queue_name)
        .ok_or_else(SqsError::no_queue)?;
    Ok(json!({"QueueUrl": queue.url()}))
}

pub(super) fn list(directory: &Directory, request: &List) -> Answer {
    let mut queues = directory.all();
    queues.retain(|queue| queue.name().starts_with(&request.queue_name_prefix));
    let (urls, next) = page(queues, request)?;
    let urls = (!urls.is_empty()).then(|| json!(urls));
    Ok(move_task::with(
        json!({}),
        [("QueueUrls", urls), ("NextToken", next)],
    ))
}

/// The one answer of the API with a member in small letters.
pub(super) fn list_sources(directory: &Directory, request: &List) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    let (urls, next) = page(directory.sources_of(queue.arn()), request)?;
    Ok(move_task::with(
        json!({"queueUrls": urls}),
        [("NextToken", next)],
    ))
}

/// One page of queues sorted by name; the token is the last name of the page before.
fn page(
    mut queues: Vec<Arc<Queue>>,
    request: &List,
) -> Result<(Vec<String>, Option<Value>), SqsError> {
    let max = ranged(
        "MaxResults",
        request.max_results,
        1..=1000,
        "MaxResults must be an integer between 1 and 1000.",
    )?;
    if let Some(last) = &request.next_token {
        queues.retain(|queue| queue.name() > last.as_str());
    }
    let more = queues.len() > max.unwrap_or(MAX_LISTED);
    queues.truncate(max.unwrap_or(MAX_LISTED));
    let last = queues.last().filter(|_| more && max.is_some());
    let next = last.map(|queue| json!(queue.name()));
    Ok((
        queues.iter().map(|queue| queue.url().to_owned()).collect(),
        next,
    ))
}

/// A number that may be left out; outside its range it is refused with `reason`.
pub(super) fn ranged<T: TryFrom<u64>>(
    name: &str,
    value: Option<i64>,
    range: RangeInclusive<u64>,
    reason: &str,
) -> Result<Option<T>, SqsError> {
    let Some(value) = value else { return Ok(None) };
    let number = u64::try_from(value)
        .ok()
        .filter(|number| range.contains(number));
    let fits = number.and_then(|number| T::try_from(number).ok());
    fits.map(Some)
        .ok_or_else(|| SqsError::parameter(name, value, reason))
}

pub(super) fn attributes(directory: &Directory, request: &GetQueueAttributes) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    let names = &request.attribute_names;
    if let Some(name) = names.iter().find(|name| !READABLE.contains(&name.as_str())) {
        return Err(SqsError::new(
            Code::InvalidAttributeName,
            format!("Unknown Attribute {name}."),
        ));
    }
    let all = names.iter().any(|name| name == "All");
    let asked = |name: &str| all || names.iter().any(|asked| asked == name);
    let listed = queue.describe().into_iter().filter(|(name, _)| asked(name));
    let attributes: Map<String, Value> = listed
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let attributes = (!attributes.is_empty()).then_some(Value::Object(attributes));
    Ok(move_task::with(json!({}), [("Attributes", attributes)]))
}

/// The attribute names a client may ask for; those a queue does not have are left out of the answer.
const READABLE: [&str; 22] = [
    "All",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "ContentBasedDeduplication",
    "CreatedTimestamp",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "LastModifiedTimestamp",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "QueueArn",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

pub(super) fn set_attributes(directory: &Directory, request: &SetQueueAttributes) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    if request.attributes.is_empty() {
        return Err(SqsError::missing("Attributes"));
    }
    let given = request.attributes.iter();
    let changed = queue
        .attributes()
        .with(given.map(|(name, value)| (name.as_str(), value.as_str())))?;
    if request.attributes.contains_key("RedrivePolicy") {
        directory.check_redrive(queue.arn(), &changed)?;
    }
    queue.set_attributes(changed);
    Ok(Value::Null)
}

pub(super) fn purge(directory: &Directory, request: &OneQueue) -> Answer {
    directory.by_url(&request.queue_url)?.purge()?;
    Ok(Value::Null)
}

pub(super) fn tag(directory: &Directory, request: TagQueue) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    queue.with_tags(|tags| tags.extend(request.tags));
    Ok(Value::Null)
}

pub(super) fn untag(directory: &Directory, request: &UntagQueue) -> Answer {
    let queue = directory.by_url(&request.queue_url)?;
    queue.with_tags(|tags| tags.retain(|key, _| !request.tag_keys.contains(key)));
    Ok(Value::Null)
}

pub(super) fn tags(directory: &Directory, request: &OneQueue) -> Answer {
    let tags = directory
        .by_url(&request.queue_url)?
        .with_tags(|tags| tags.clone());
    let tags = (!tags.is_empty()).then(|| json!(tags));
    Ok(move_task::with(json!({}), [("Tags", tags)]))
}

fn named(directory: &Directory, parameter: &str, arn: &str) -> Result<Arc<Queue>, SqsError> {
    if arn.is_empty() {
        return Err(SqsError::missing(parameter));
    }
    if arn.split(':').count() != 6 || !arn.starts_with("arn:") {
        let message = format!(
            "You must use this format to specify the {parameter}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>"
        );
        return Err(SqsError::new(Code::InvalidParameterValueException, message));
    }
    directory.by_arn(arn).ok_or_else(|| {
        let message =
            format!("The resource that you specified for the {parameter} parameter doesn't exist.");
        SqsError::new(Code::ResourceNotFoundException, message)
    })
}

pub(super) fn start_move(directory: &Arc<Directory>, request: StartMessageMoveTask) -> Answer {
    let refused = |message: &str| SqsError::new(Code::InvalidParameterValueException, message);
    let source = named(directory, "SourceArn", &request.source_arn)?;
    if let Some(arn) = &request.destination_arn
        && named(directory, "DestinationArn", arn)?.arn() == source.arn()
    {
        return Err(refused(
            "Source queue arn and destination queue arn cannot be the same.",
        ));
    }
    if directory.sources_of(source.arn()).is_empty() {
        return Err(refused(
            "Source queue must be configured as a Dead Letter Queue.",
        ));
    }
    let max_per_s = ranged(
        "MaxNumberOfMessagesPerSecond",
        request.max_number_of_messages_per_second,
        1..=500,
        "MaxNumberOfMessagesPerSecond must be an integer between 1 and 500.",
    )?;
    let task = MoveTasks::start(directory, source, request.destination_arn, max_per_s)?;
    Ok(json!({"TaskHandle": task.handle()}))
}

pub(super) fn list_moves(directory: &Directory, request: &ListMessageMoveTasks) -> Answer {
    let source = named(directory, "SourceArn", &request.source_arn)?;
    let reason = "MaxResults must be an integer between 1 and 10.";
    let max = ranged("MaxResults", request.max_results, 1..=10, reason)?.unwrap_or(1);
    let tasks = directory.move_tasks.latest(source.arn(), max);
    let entries: Vec<Value> = tasks.iter().map(|task| task.entry()).collect();
    Ok(json!({"Results": entries}))
}

pub(super) fn cancel_move(directory: &Directory, request: &CancelMessageMoveTask) -> Answer {
    let moved = MoveTasks::cancel(directory, &request.task_handle)?;
    Ok(json!({"ApproximateNumberOfMessagesMoved": moved}))
}
