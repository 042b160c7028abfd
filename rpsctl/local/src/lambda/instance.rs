//! The running processes. The pools invoke them, and the Runtime API serves their requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use rps_contract::names::Function;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::timeout;
use uuid::Uuid;

use crate::lambda::InvokeError;
use crate::{clock, lock};

/// How long a process may take to request its first event (Lambda: INIT has 10 s).
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

type InvokeResult = Result<Bytes, InvokeError>;

/// An invocation that the process has not received yet.
struct PendingInvocation {
    request_id: String,
    deadline_ms: u64,
    event: Bytes,
    result: oneshot::Sender<InvokeResult>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ProcessState {
    /// Before the process requests its first event.
    Init,
    Ready,
    /// The process has exited, and its last log lines are still being read.
    Exited,
    /// The process has ended, with the exit status or error.
    Ended(String),
}

impl ProcessState {
    fn is_ready_or_ended(&self) -> bool {
        matches!(self, Self::Ready | Self::Ended(_))
    }
}

pub(super) enum InvokeOutcome {
    /// The invocation has a result, and the process is free.
    Done(InvokeResult),
    /// The process ended during the invocation.
    Interrupted(InvokeError),
    /// The process ended before it received the invocation.
    NotDelivered(String),
}

pub(super) struct Instance {
    pub(super) id: String,
    pub(super) function: Function,
    state: watch::Sender<ProcessState>,
    kill_signal: Notify,
    invocations: mpsc::Sender<PendingInvocation>,
    inbox: tokio::sync::Mutex<mpsc::Receiver<PendingInvocation>>,
    /// The invocation in progress: its request id, and the sender of its result.
    current: Mutex<Option<(String, oneshot::Sender<InvokeResult>)>>,
    init_error: Mutex<Option<String>>,
}

impl Instance {
    pub(super) fn new(function: Function) -> Self {
        let (invocations, inbox) = mpsc::channel(1);
        Self {
            id: Uuid::new_v4().simple().to_string(),
            function,
            state: watch::Sender::new(ProcessState::Init),
            kill_signal: Notify::new(),
            invocations,
            inbox: tokio::sync::Mutex::new(inbox),
            current: Mutex::default(),
            init_error: Mutex::default(),
        }
    }

    /// Waits until the process requests its first event. Kills it after [`INIT_TIMEOUT`].
    pub(super) async fn init(&self) -> Result<(), InvokeError> {
        let mut state = self.state.subscribe();
        let settled = state.wait_for(ProcessState::is_ready_or_ended);
        let Ok(settled) = timeout(INIT_TIMEOUT, settled).await else {
            self.kill();
            self.wait_for_end().await;
            let seconds = INIT_TIMEOUT.as_secs();
            return Err(InvokeError::Init(format!("timed out after {seconds} s")));
        };
        match settled.as_deref() {
            Ok(ProcessState::Ended(status)) => {
                let error = lock(&self.init_error).take();
                Err(InvokeError::Init(error.unwrap_or_else(|| status.clone())))
            }
            _ => Ok(()),
        }
    }

    /// Sends one event to the process and waits for the result. Kills the process after `limit`.
    pub(super) async fn invoke(
        &self,
        request_id: &str,
        event: Bytes,
        limit: Duration,
    ) -> InvokeOutcome {
        let (sender, mut receiver) = oneshot::channel();
        let invocation = PendingInvocation {
            request_id: request_id.to_owned(),
            deadline_ms: clock::now_ms()
                .saturating_add(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)),
            event,
            result: sender,
        };
        if self.invocations.try_send(invocation).is_err() {
            return InvokeOutcome::NotDelivered("the process is busy".to_owned());
        }
        let result = timeout(limit, async {
            tokio::select! {
                biased;
                result = &mut receiver => result.ok(),
                _ = self.wait_for_end() => None,
            }
        });
        match result.await {
            Ok(Some(result)) => InvokeOutcome::Done(result),
            Ok(None) => self.outcome_without_result(&mut receiver).await,
            Err(_) => {
                self.kill();
                self.wait_for_end().await;
                InvokeOutcome::Interrupted(InvokeError::TimedOut(limit))
            }
        }
    }

    /// The outcome if the process ended, or requested the next event instead of sending a result.
    async fn outcome_without_result(
        &self,
        receiver: &mut oneshot::Receiver<InvokeResult>,
    ) -> InvokeOutcome {
        // The process may have sent its result just before it ended.
        if let Ok(result) = receiver.try_recv() {
            return InvokeOutcome::Done(result);
        }
        let was_delivered = lock(&self.current).take().is_some();
        self.kill();
        let status = self.wait_for_end().await;
        if was_delivered {
            InvokeOutcome::Interrupted(InvokeError::Exited(status))
        } else {
            InvokeOutcome::NotDelivered(status)
        }
    }

    pub(super) fn kill(&self) {
        self.kill_signal.notify_one();
    }

    pub(super) async fn wait_for_kill(&self) {
        self.kill_signal.notified().await;
    }

    /// Waits until the process has ended, and returns its exit status or error.
    pub(super) async fn wait_for_end(&self) -> String {
        let mut state = self.state.subscribe();
        let is_ended = |state: &ProcessState| matches!(state, ProcessState::Ended(_));
        match state.wait_for(is_ended).await.as_deref() {
            Ok(ProcessState::Ended(status)) => status.clone(),
            _ => String::new(),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        matches!(
            *self.state.borrow(),
            ProcessState::Init | ProcessState::Ready
        )
    }

    pub(super) fn exit(&self) {
        self.state.send_replace(ProcessState::Exited);
    }

    /// Marks the process as ended, after its last log line.
    pub(super) fn end(&self, status: String) {
        self.state.send_replace(ProcessState::Ended(status));
    }

    /// Serves the process's request for its next event: waits for an invocation.
    pub(super) async fn next(&self) -> Option<(String, u64, Bytes)> {
        self.state.send_if_modified(|state| {
            let is_first = *state == ProcessState::Init;
            if is_first {
                *state = ProcessState::Ready;
            }
            is_first
        });
        let invocation = self.inbox.lock().await.recv().await?;
        *lock(&self.current) = Some((invocation.request_id.clone(), invocation.result));
        Some((
            invocation.request_id,
            invocation.deadline_ms,
            invocation.event,
        ))
    }

    /// Delivers the process's result. Returns false if the result belongs to another invocation.
    pub(super) fn deliver(&self, request_id: &str, result: InvokeResult) -> bool {
        let mut current = lock(&self.current);
        if current.as_ref().is_none_or(|(id, _)| id != request_id) {
            return false;
        }
        if let Some((_, invoker)) = current.take() {
            // After a timeout, nothing waits for the result any more.
            drop(invoker.send(result));
        }
        true
    }

    /// Stores the process's reason for not starting. The process then ends by itself.
    pub(super) fn init_failed(&self, reason: String) {
        *lock(&self.init_error) = Some(reason);
    }
}

/// The running processes by the instance ids in their Runtime API addresses.
#[derive(Default)]
pub(crate) struct Instances(Mutex<Registry>);

#[derive(Default)]
struct Registry {
    stopping: bool,
    running: HashMap<String, Arc<Instance>>,
}

impl Instances {
    pub(super) fn get(&self, id: &str) -> Option<Arc<Instance>> {
        lock(&self.0).running.get(id).cloned()
    }

    /// Inserts a process before its start, so that a stop ends it.
    pub(super) fn insert(&self, instance: &Arc<Instance>) -> Result<(), InvokeError> {
        let mut registry = lock(&self.0);
        if registry.stopping {
            return Err(InvokeError::Stopping);
        }
        let id = instance.id.clone();
        registry.running.insert(id, Arc::clone(instance));
        Ok(())
    }

    pub(super) fn remove(&self, id: &str) {
        lock(&self.0).running.remove(id);
    }

    /// Kills all processes and accepts no more.
    pub(super) fn kill(&self) {
        let mut registry = lock(&self.0);
        registry.stopping = true;
        for instance in registry.running.values() {
            instance.kill();
        }
    }

    pub(super) async fn wait_for_end(&self) {
        let running: Vec<_> = lock(&self.0).running.values().cloned().collect();
        for instance in running {
            instance.wait_for_end().await;
        }
    }
}
