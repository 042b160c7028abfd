//! Runs tasks on a virtual clock, one at a time. When no task can continue, the clock jumps to the next due task.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

pub(crate) type TaskId = usize;
type Task = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Default)]
pub(crate) struct Executor {
    now_us: Cell<u64>,
    /// `None`: the task has ended, or is running now.
    tasks: RefCell<Vec<Option<Task>>>,
    ended: RefCell<Vec<TaskId>>,
    /// Time, order of the call, and task.
    due: RefCell<BinaryHeap<Reverse<(u64, u64, TaskId)>>>,
    wakes: Cell<u64>,
    running: Cell<TaskId>,
}

impl Executor {
    /// Microseconds since the start.
    pub(crate) fn now_us(&self) -> u64 {
        self.now_us.get()
    }

    pub(crate) fn running(&self) -> TaskId {
        self.running.get()
    }

    pub(crate) fn advance(&self, pause_us: u64) {
        self.now_us.set(self.now_us.get() + pause_us);
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let task: Option<Task> = Some(Box::pin(task));
        let mut tasks = self.tasks.borrow_mut();
        let id = self.ended.borrow_mut().pop().unwrap_or_else(|| {
            tasks.push(None);
            tasks.len() - 1
        });
        tasks[id] = task;
        self.wake_at(id, self.now_us.get());
    }

    /// Polls the task at this time. A task must tolerate a wake that it does not expect.
    pub(crate) fn wake_at(&self, task: TaskId, at_us: u64) {
        let order = self.wakes.replace(self.wakes.get() + 1);
        self.due.borrow_mut().push(Reverse((at_us, order, task)));
    }

    pub(crate) async fn sleep_until(&self, at_us: u64) {
        self.wake_at(self.running.get(), at_us);
        poll_fn(|_| {
            if self.now_us.get() < at_us {
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
    }

    pub(crate) async fn sleep(&self, pause_us: u64) {
        self.sleep_until(self.now_us.get() + pause_us).await;
    }

    /// The time of the next step.
    pub(crate) fn next_us(&self) -> Option<u64> {
        let due = self.due.borrow();
        due.peek().map(|Reverse((at_us, _, _))| *at_us)
    }

    /// Polls the next due task. Returns false if there is none.
    pub(crate) fn step(&self) -> bool {
        let Some(Reverse((at_us, _, id))) = self.due.borrow_mut().pop() else {
            return false;
        };
        self.now_us.set(at_us.max(self.now_us.get()));
        let Some(mut task) = self.tasks.borrow_mut()[id].take() else {
            return true;
        };
        self.running.set(id);
        match task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => self.tasks.borrow_mut()[id] = Some(task),
            Poll::Ready(()) => self.ended.borrow_mut().push(id),
        }
        true
    }

    /// Drops all tasks, because they refer to the world that owns this executor.
    pub(crate) fn clear(&self) {
        let tasks = self.tasks.take();
        drop(tasks);
    }
}
