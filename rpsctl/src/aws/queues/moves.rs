//! Sending dead letters back, which SQS does by itself once it is started.

use aws_sdk_sqs::types::ListMessageMoveTasksResultEntry;

use crate::aws::queues::Queue;
use crate::confirmed::Confirmed;
use crate::exit::Failure;

/// A move of messages, as SQS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MoveTask {
    /// SQS's word for how far it is: `RUNNING`, `COMPLETED`, `CANCELLED`, `FAILED`.
    pub(crate) status: String,
    pub(crate) moved: u64,
    /// Messages that were there at the start, if it says so.
    pub(crate) of: Option<u64>,
    /// When it was started, milliseconds since 1970.
    pub(crate) started_ms: u64,
    /// What it is cancelled by; only while it runs.
    pub(crate) handle: Option<String>,
    pub(crate) why: Option<String>,
}

impl MoveTask {
    pub(crate) fn is_running(&self) -> bool {
        // An older API says that one is being cancelled.
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
    /// The latest move of this queue's messages.
    pub(crate) async fn latest_move(&self) -> Result<Option<MoveTask>, Failure> {
        let asked = self.client.list_message_move_tasks();
        let asked = asked.source_arn(self.arn().await?).max_results(1);
        let found = asked.send().await;
        let found = found.map_err(|error| self.explain("sqs:ListMessageMoveTasks", &error))?;
        Ok(found.results.unwrap_or_default().pop().map(MoveTask::from))
    }

    /// Starts moving the messages of this dead-letter queue into `to`. Messages that somebody else put there have no
    /// queue that they came from, so it is named.
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
