//! Receiving: waiting without polling, and setting dead letters aside.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Queue;
use crate::clock::Now;
use crate::sqs::message::{Message, Received};
use crate::sqs::messages::{Take, Taken};

impl Queue {
    /// Receives as the Lambda pollers do: with the queue's visibility timeout, waiting at most `wait`.
    ///
    /// Safe to drop while it waits. Waits in vain on a queue that was deleted.
    pub async fn receive(&self, max: usize, wait: Duration) -> Vec<Received> {
        self.receive_for(max, wait, None).await
    }

    /// The same with another visibility timeout than the queue's.
    pub(in crate::sqs) async fn receive_for(
        &self,
        max: usize,
        wait: Duration,
        visibility: Option<Duration>,
    ) -> Vec<Received> {
        let deadline = Instant::now() + wait;
        loop {
            // Made before looking: a message sent between the look and the wait then still wakes it.
            let changed = self.changed.notified();
            let now = Now::read();
            let (received, next) = self.look(max, visibility, now);
            if !received.is_empty() || now.instant >= deadline {
                self.count_receive(&received);
                return received;
            }
            tokio::select! {
                () = changed => {}
                () = sleep_until(next.map_or(deadline, |next| next.min(deadline))) => {}
            }
        }
    }

    /// One look: what is there, else when something will be.
    fn look(
        &self,
        max: usize,
        visibility: Option<Duration>,
        now: Now,
    ) -> (Vec<Received>, Option<Instant>) {
        let dead_letters = self.dead_letter_queue();
        let (Taken { received, dead }, next) = {
            let mut state = self.lock();
            state.advance(now.instant);
            let take = Take {
                queue: &self.name,
                max,
                visibility: visibility
                    .unwrap_or(Duration::from_secs(state.attributes.visibility_s)),
                max_receives: dead_letters.as_ref().map(|(_, max_receives)| *max_receives),
            };
            (
                state.messages.take(take, now),
                state.messages.next_visible_at(),
            )
        };
        if let Some((queue, _)) = dead_letters {
            for message in dead {
                queue.accept_dead(message, &self.arn, now);
            }
        }
        if !received.is_empty() {
            // The others have to wait for this receive's visibility timeout, which may be 0.
            self.changed.notify_waiters();
        }
        (received, next)
    }

    /// Where failing messages go, and after how many receives. None while the target does not exist.
    fn dead_letter_queue(&self) -> Option<(Arc<Queue>, u32)> {
        let policy = self.lock().attributes.redrive.clone()?;
        let queue = self
            .directory
            .upgrade()?
            .by_arn(&policy.dead_letter_target_arn)?;
        Some((queue, policy.max_receive_count))
    }

    fn accept_dead(&self, mut message: Message, source_arn: &str, now: Now) {
        message.dead_letter_source_arn = Some(source_arn.to_owned());
        self.put(message, Duration::ZERO, now);
    }
}
