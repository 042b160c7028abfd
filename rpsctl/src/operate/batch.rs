use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use crate::aws::{Deployment, Queue, ReceiveResult, ReceivedMessage};
use crate::exit::Failure;
use crate::interrupt::Interrupt;
use crate::operate::{ClassifiedMessage, Step};
use crate::output;
use crate::words::count;

/// How long a command hides messages from other consumers: long enough for a person to read the plan.
pub(crate) const HOLD: Duration = Duration::from_mins(5);

const AT_A_TIME: usize = 32;

/// Messages that this process has received, so that no other consumer can. The owner must give back every message
/// that it does not delete.
pub(crate) struct Batch<'a> {
    pub(crate) queue: &'a Queue<'a>,
    messages: Vec<ReceivedMessage>,
    /// Whether the queue may have more messages, because a limit was reached.
    pub(crate) more: bool,
}

impl<'a> Batch<'a> {
    pub(crate) fn empty(queue: &'a Queue<'a>) -> Self {
        Self {
            queue,
            messages: Vec::new(),
            more: false,
        }
    }

    /// Receives up to `limit` messages. An interruption ends this early.
    pub(crate) async fn receive(
        queue: &'a Queue<'a>,
        limit: u32,
        hold: Duration,
        interrupt: &mut Interrupt,
    ) -> Result<Self, Failure> {
        let ReceiveResult {
            messages,
            more,
            failure,
        } = queue.receive(limit, hold, interrupt).await;
        let batch = Self {
            queue,
            messages,
            more,
        };
        match failure {
            None => Ok(batch),
            Some(failure) => {
                batch.give_back().await;
                Err(failure)
            }
        }
    }

    /// Classifies the messages, in order. Returns none after an interruption.
    pub(crate) async fn classify(
        &self,
        deployment: &Deployment,
        interrupt: &mut Interrupt,
    ) -> Option<Vec<ClassifiedMessage<'_>>> {
        if interrupt.heard() {
            return None;
        }
        let messages = stream::iter(&self.messages);
        let messages = messages.map(|message| ClassifiedMessage::new(deployment, message));
        tokio::select! {
            classified = messages.buffered(AT_A_TIME).collect() => Some(classified),
            () = interrupt.wait() => None,
        }
    }

    /// Classifies the messages and gives back those to keep. Returns the steps that delete the others, and the kept
    /// messages. Returns none after an interruption, and an error if AWS refused to read the table.
    pub(crate) async fn sort_out(
        &self,
        deployment: &Deployment,
        interrupt: &mut Interrupt,
        is_to_delete: impl Fn(&ClassifiedMessage<'_>) -> bool,
    ) -> Result<Option<(Vec<Step<'_>>, Vec<ClassifiedMessage<'_>>)>, Failure> {
        let Some(messages) = self.classify(deployment, interrupt).await else {
            return Ok(None);
        };
        if let Some(refusal) = messages.iter().find_map(ClassifiedMessage::refusal) {
            return Err(refusal.clone());
        }
        let (to_delete, kept): (Vec<_>, Vec<_>) = messages.into_iter().partition(is_to_delete);
        let kept_messages = kept.iter().map(|kept| kept.message);
        self.give_back_these(kept_messages).await;
        let queue = self.queue;
        let deletions = to_delete
            .into_iter()
            .map(|message| Step::DeleteMessage { queue, message });
        Ok(Some((deletions.collect(), kept)))
    }

    /// Makes all messages visible to other consumers again.
    pub(crate) async fn give_back(&self) {
        self.give_back_these(&self.messages).await;
    }

    async fn give_back_these<'m>(&self, messages: impl IntoIterator<Item = &'m ReceivedMessage>) {
        let failed = self.queue.give_back(messages).await;
        if failed > 0 {
            output::note(format_args!(
                "could not return {} to the queue; SQS returns them by itself within minutes",
                count(failed, "message")
            ));
        }
    }
}
