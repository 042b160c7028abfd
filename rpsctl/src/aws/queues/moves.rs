//! Move dead letters back to their queue. SQS runs the move as a task.

use aws_sdk_sqs::types::ListMessageMoveTasksResultEntry;

use crate::aws::queues::Queue;
use crate::confirmed::Confirmed;
use crate::exit::Failure;

/// A message move task, as SQS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MoveTask {
    /// `RUNNING`, `COMPLETED`, `CANCELLED` or `FAILED`.
    pub(crate) status: String,
    pub(crate) moved: u64,
    /// The number of messages at the start, if SQS reports it.
    pub(crate) of: Option<u64>,
    /// The start time, in milliseconds since 1970.
    pub(crate) started_ms: u64,
    /// The handle that cancels the task; only while it runs.
    pub(crate) handle: Option<String>,
    pub(crate) why: Option<String>,
}

impl MoveTask {
    pub(crate) fn is_running(&self) -> bool {
        // An older API reports `CANCELLING`.
        matches!(self.status.as_str(), "RUNNING" | "CANCELLING")
    }

    pub(crate) fn progress(&self) -> String {
        match self.of {
            Some(of) => format!("{} of {of}", self.moved),
            None => self.moved.to_string(),
        }
    }
}

impl From<ListMessageMoveTasksResultEntry> for MoveTask {
    fn from(entry: ListMessageMoveTasksResultEntry) -> Self {
        let count = |count: i64| u64::try_from(count).unwrap_or_default();
        Self {
            status: entry.status.unwrap_or_default(),
            moved: count(entry.approximate_number_of_messages_moved),
            of: entry.approximate_number_of_messages_to_move.map(count),
            started_ms: count(entry.started_timestamp),
            handle: entry.task_handle,
            why: entry.failure_reason,
        }
    }
}

impl Queue<'_> {
    /// The latest move task of this queue.
    pub(crate) async fn latest_move(&self) -> Result<Option<MoveTask>, Failure> {
        let request = self.client.list_message_move_tasks();
        let request = request.source_arn(self.arn().await?).max_results(1);
        let response = request.send().await;
        let tasks = response.map_err(|error| self.explain("sqs:ListMessageMoveTasks", &error))?;
        Ok(tasks.results.unwrap_or_default().pop().map(MoveTask::from))
    }

    /// Starts to move this dead-letter queue's messages to `to`. The destination is explicit, because messages that
    /// were sent directly to the dead-letter queue have no source queue.
    pub(crate) async fn start_move(&self, to: &Queue<'_>, _: &Confirmed) -> Result<(), Failure> {
        let start = self
            .client
            .start_message_move_task()
            .source_arn(self.arn().await?)
            .destination_arn(to.arn().await?);
        let started = start.send().await;
        started.map_err(|error| self.explain("sqs:StartMessageMoveTask", &error))?;
        Ok(())
    }
}
