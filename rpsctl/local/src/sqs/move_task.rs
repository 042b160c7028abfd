//! Message move tasks: bringing the messages of a dead-letter queue back.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::directory::Directory;
use super::error::{Code, SqsError};
use super::queue::Queue;
use crate::clock::Now;
use crate::lock;

/// As many tasks of one queue as `ListMessageMoveTasks` can show.
const KEPT: usize = 10;

/// The tasks of all queues, oldest first.
#[derive(Debug, Default)]
pub(super) struct MoveTasks(Mutex<Vec<Arc<MoveTask>>>);

/// One task: what it was asked, and how far it is.
#[derive(Debug)]
pub(super) struct MoveTask {
    id: String,
    source: Arc<Queue>,
    /// None: every message goes back to the queue it came from.
    destination_arn: Option<String>,
    max_per_s: Option<u32>,
    started_ms: u64,
    to_move: usize,
    /// Messages that come later are not this task's, or a failing queue would keep it busy for ever.
    end: u64,
    progress: Mutex<Progress>,
    cancelled: Notify,
}

#[derive(Debug)]
struct Progress {
    moved: u64,
    status: Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Running,
    Completed,
    Cancelled,
    /// With the words AWS gives as `FailureReason`.
    Failed(&'static str),
}

/// What a task handle says when decoded, at AWS too.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskHandle {
    task_id: String,
    source_arn: String,
}

impl MoveTasks {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<MoveTask>>> {
        lock(&self.0)
    }

    /// Starts a task that runs by itself until it is done, cancelled, or the queues are gone.
    pub(super) fn start(
        directory: &Arc<Directory>,
        source: Arc<Queue>,
        destination_arn: Option<String>,
        max_per_s: Option<u32>,
    ) -> Result<Arc<MoveTask>, SqsError> {
        let mut tasks = directory.move_tasks.lock();
        let of_source = |task: &&Arc<MoveTask>| task.source.arn() == source.arn();
        if tasks
            .iter()
            .filter(of_source)
            .any(|task| task.status() == Status::Running)
        {
            let message = "There is already a task running. Only one active task is allowed for a source queue arn at a given time.";
            return Err(SqsError::new(Code::InvalidParameterValueException, message));
        }
        if tasks.iter().filter(of_source).count() >= KEPT
            && let Some(oldest) = tasks.iter().position(|task| of_source(&task))
        {
            tasks.remove(oldest);
        }
        let task = Arc::new(MoveTask::new(source, destination_arn, max_per_s));
        tasks.push(Arc::clone(&task));
        tokio::spawn(Arc::clone(&task).run(Arc::downgrade(directory)));
        Ok(task)
    }

    /// The latest tasks of one queue, the newest first.
    pub(super) fn latest(&self, source_arn: &str, max: usize) -> Vec<Arc<MoveTask>> {
        let tasks = self.lock();
        let of_source = tasks
            .iter()
            .rev()
            .filter(|task| task.source.arn() == source_arn);
        of_source.take(max).cloned().collect()
    }

    /// Cancels a running task; the answer is how many messages it has moved.
    pub(super) fn cancel(directory: &Directory, handle: &str) -> Result<u64, SqsError> {
        let bad = || {
            SqsError::new(
                Code::InvalidParameterValueException,
                "Value for parameter TaskHandle is invalid.",
            )
        };
        let decoded = STANDARD.decode(handle).map_err(|_| bad())?;
        let TaskHandle {
            task_id,
            source_arn,
        } = serde_json::from_slice(&decoded).map_err(|_| bad())?;
        let not_found = |message: &str| SqsError::new(Code::ResourceNotFoundException, message);
        if directory.by_arn(&source_arn).is_none() {
            return Err(not_found(
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            ));
        }
        let tasks = directory.move_tasks.latest(&source_arn, KEPT);
        let task = tasks.iter().find(|task| task.id == task_id);
        task.ok_or_else(|| not_found("Task does not exist."))?
            .cancel()
    }
}

impl MoveTask {
    fn new(source: Arc<Queue>, destination_arn: Option<String>, max_per_s: Option<u32>) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            destination_arn,
            max_per_s,
            started_ms: Now::read().epoch_ms,
            to_move: source.counts().visible,
            end: source.end(),
            source,
            progress: Mutex::new(Progress {
                moved: 0,
                status: Status::Running,
            }),
            cancelled: Notify::new(),
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.progress)
    }

    fn status(&self) -> Status {
        self.progress().status
    }

    pub(super) fn handle(&self) -> String {
        let handle = TaskHandle {
            task_id: self.id.clone(),
            source_arn: self.source.arn().to_owned(),
        };
        STANDARD.encode(serde_json::to_vec(&handle).unwrap_or_default())
    }

    fn cancel(&self) -> Result<u64, SqsError> {
        let mut progress = self.progress();
        if progress.status != Status::Running {
            let message = "Only active tasks can be cancelled.";
            return Err(SqsError::new(Code::InvalidParameterValueException, message));
        }
        progress.status = Status::Cancelled;
        self.cancelled.notify_one();
        Ok(progress.moved)
    }

    /// The entry of `ListMessageMoveTasks`: the handle only while it runs, a reason only when it failed.
    pub(super) fn entry(&self) -> Value {
        let progress = self.progress();
        let (status, failure_reason) = match progress.status {
            Status::Running => ("RUNNING", None),
            Status::Completed => ("COMPLETED", None),
            Status::Cancelled => ("CANCELLED", None),
            Status::Failed(reason) => ("FAILED", Some(reason)),
        };
        let entry = json!({
            "Status": status,
            "SourceArn": self.source.arn(),
            "ApproximateNumberOfMessagesMoved": progress.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "StartedTimestamp": self.started_ms,
        });
        let optional = [
            (
                "TaskHandle",
                (status == "RUNNING").then(|| json!(self.handle())),
            ),
            (
                "DestinationArn",
                self.destination_arn.as_ref().map(|arn| json!(arn)),
            ),
            (
                "MaxNumberOfMessagesPerSecond",
                self.max_per_s.map(|max| json!(max)),
            ),
            ("FailureReason", failure_reason.map(|reason| json!(reason))),
        ];
        with(entry, optional)
    }

    async fn run(self: Arc<Self>, directory: Weak<Directory>) {
        let mut due = Instant::now();
        while self.status() == Status::Running {
            if !self.step(&directory) {
                return;
            }
            let Some(max_per_s) = self.max_per_s else {
                tokio::task::yield_now().await;
                continue;
            };
            due += Duration::from_secs(1) / max_per_s;
            tokio::select! {
                () = self.cancelled.notified() => {}
                () = sleep_until(due) => {}
            }
        }
    }

    /// Moves one message. False: there is nothing more to do.
    fn step(&self, directory: &Weak<Directory>) -> bool {
        let Some(directory) = directory.upgrade() else {
            return false;
        };
        let Some((key, came_from)) = self.source.next_to_move(self.end) else {
            return self.finish(Status::Completed);
        };
        let Some(destination_arn) = self.destination_arn.as_ref().or(came_from.as_ref()) else {
            return self.finish(Status::Failed("CouldNotDetermineMessageSource"));
        };
        let Some(destination) = directory.by_arn(destination_arn) else {
            return self.finish(Status::Failed("AWS.SimpleQueueService.NonExistentQueue"));
        };
        if let Some(message) = self.source.take_to_move(key) {
            destination.accept_redriven(message);
            self.progress().moved += 1;
        }
        true
    }

    fn finish(&self, status: Status) -> bool {
        let mut progress = self.progress();
        if progress.status == Status::Running {
            progress.status = status;
        }
        false
    }
}

/// Adds the members that have a value; AWS leaves the others out instead of sending null.
pub(super) fn with<const N: usize>(
    mut object: Value,
    optional: [(&str, Option<Value>); N],
) -> Value {
    if let Some(members) = object.as_object_mut() {
        let present = optional
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        members.extend(present);
    }
    object
}
