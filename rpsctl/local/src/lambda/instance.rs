//! The running processes, each as seen from both sides: its invokers, and the Runtime API.

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

/// How long a process may take to ask for its first work (Lambda: INIT has 10 s).
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

type Answer = Result<Bytes, InvokeError>;

/// An invocation on its way to the process.
struct Work {
    request_id: String,
    deadline_ms: u64,
    event: Bytes,
    result: oneshot::Sender<Answer>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Life {
    /// Between its start and its first request for work.
    Init,
    Ready,
    /// The process is gone; its last lines are still being read.
    Exited,
    Ended(String),
}

impl Life {
    fn is_settled(&self) -> bool {
        matches!(self, Self::Ready | Self::Ended(_))
    }
}

pub(super) enum Invoked {
    /// It has a result, and the process can have the next.
    Done(Answer),
    /// It ended together with the process.
    Lost(InvokeError),
    /// The process ended before it took the invocation.
    NotTaken(String),
}

pub(super) struct Instance {
    pub(super) id: String,
    pub(super) function: Function,
    life: watch::Sender<Life>,
    killed: Notify,
    work: mpsc::Sender<Work>,
    inbox: tokio::sync::Mutex<mpsc::Receiver<Work>>,
    /// What the process works on: the request's id, and the sender of the result.
    current: Mutex<Option<(String, oneshot::Sender<Answer>)>>,
    init_error: Mutex<Option<String>>,
}

impl Instance {
    pub(super) fn new(function: Function) -> Self {
        let (work, inbox) = mpsc::channel(1);
        Self {
            id: Uuid::new_v4().simple().to_string(),
            function,
            life: watch::Sender::new(Life::Init),
            killed: Notify::new(),
            work,
            inbox: tokio::sync::Mutex::new(inbox),
            current: Mutex::default(),
            init_error: Mutex::default(),
        }
    }

    /// Waits until the process asks for its first work; one that does not in time is killed.
    pub(super) async fn init(&self) -> Result<(), InvokeError> {
        let mut life = self.life.subscribe();
        let Ok(started) = timeout(INIT_TIMEOUT, life.wait_for(Life::is_settled)).await else {
            self.kill();
            self.ended().await;
            let seconds = INIT_TIMEOUT.as_secs();
            return Err(InvokeError::Init(format!("timed out after {seconds} s")));
        };
        match started.as_deref() {
            Ok(Life::Ended(how)) => {
                let error = lock(&self.init_error).take();
                Err(InvokeError::Init(error.unwrap_or_else(|| how.clone())))
            }
            _ => Ok(()),
        }
    }

    /// Gives the process one event and waits for the result, at most `limit`; then it is killed.
    pub(super) async fn invoke(&self, request_id: &str, event: Bytes, limit: Duration) -> Invoked {
        let (result, mut answer) = oneshot::channel();
        let work = Work {
            request_id: request_id.to_owned(),
            deadline_ms: clock::now_ms()
                .saturating_add(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)),
            event,
            result,
        };
        if self.work.try_send(work).is_err() {
            return Invoked::NotTaken("it is busy".to_owned());
        }
        let in_time = timeout(limit, async {
            tokio::select! {
                biased;
                answered = &mut answer => answered.ok(),
                _ = self.ended() => None,
            }
        });
        match in_time.await {
            Ok(Some(result)) => Invoked::Done(result),
            Ok(None) => self.lost(&mut answer).await,
            Err(_) => {
                self.kill();
                self.ended().await;
                Invoked::Lost(InvokeError::TimedOut(limit))
            }
        }
    }

    /// Without a result, because the process ended, or asked for the next work instead.
    async fn lost(&self, answer: &mut oneshot::Receiver<Answer>) -> Invoked {
        // It may have answered and ended in one breath.
        if let Ok(result) = answer.try_recv() {
            return Invoked::Done(result);
        }
        let taken = lock(&self.current).take().is_some();
        self.kill();
        let how = self.ended().await;
        if taken {
            Invoked::Lost(InvokeError::Exited(how))
        } else {
            Invoked::NotTaken(how)
        }
    }

    pub(super) fn kill(&self) {
        self.killed.notify_one();
    }

    pub(super) async fn killed(&self) {
        self.killed.notified().await;
    }

    /// Waits for the end of the process; says how it ended.
    pub(super) async fn ended(&self) -> String {
        let mut life = self.life.subscribe();
        let ended = life.wait_for(|life| matches!(life, Life::Ended(_))).await;
        match ended.as_deref() {
            Ok(Life::Ended(how)) => how.clone(),
            _ => String::new(),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        matches!(*self.life.borrow(), Life::Init | Life::Ready)
    }

    pub(super) fn exit(&self) {
        self.life.send_replace(Life::Exited);
    }

    /// The process is gone, and all it had to say has been heard.
    pub(super) fn end(&self, how: String) {
        self.life.send_replace(Life::Ended(how));
    }

    /// The process asks for work: the next invocation, whenever it comes.
    pub(super) async fn next(&self) -> Option<(String, u64, Bytes)> {
        self.life.send_if_modified(|life| {
            let first = *life == Life::Init;
            if first {
                *life = Life::Ready;
            }
            first
        });
        let work = self.inbox.lock().await.recv().await?;
        *lock(&self.current) = Some((work.request_id.clone(), work.result));
        Some((work.request_id, work.deadline_ms, work.event))
    }

    /// The process has a result. False when it is not one of the invocation it works on.
    pub(super) fn answer(&self, request_id: &str, result: Answer) -> bool {
        let mut current = lock(&self.current);
        if current.as_ref().is_none_or(|(id, _)| id != request_id) {
            return false;
        }
        if let Some((_, invoker)) = current.take() {
            // Nobody waits any more for an invocation that timed out.
            drop(invoker.send(result));
        }
        true
    }

    /// The process says why it cannot start; it ends by itself after that.
    pub(super) fn init_failed(&self, why: String) {
        *lock(&self.init_error) = Some(why);
    }
}

/// The running processes, by the ids in their addresses.
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

    /// Inserts a process that is about to start; from now on a stop ends it.
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

    /// Kills all, and accepts no more.
    pub(super) fn kill(&self) {
        let mut registry = lock(&self.0);
        registry.stopping = true;
        for instance in registry.running.values() {
            instance.kill();
        }
    }

    pub(super) async fn ended(&self) {
        let running: Vec<_> = lock(&self.0).running.values().cloned().collect();
        for instance in running {
            instance.ended().await;
        }
    }
}
