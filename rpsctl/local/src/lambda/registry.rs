//! The running processes, by the names in their addresses.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use super::{InvokeError, instance::Instance};
use crate::lock;

/// The running processes.
#[derive(Default)]
pub(crate) struct Instances(Mutex<Registry>);

#[derive(Default)]
struct Registry {
    stopping: bool,
    running: HashMap<String, Arc<Instance>>,
}

impl Instances {
    pub(super) fn named(&self, id: &str) -> Option<Arc<Instance>> {
        lock(&self.0).running.get(id).cloned()
    }

    /// Enters a process that is about to start; from now on a stop ends it.
    pub(super) fn enter(&self, instance: &Arc<Instance>) -> Result<(), InvokeError> {
        let mut registry = lock(&self.0);
        if registry.stopping {
            return Err(InvokeError::Stopping);
        }
        let id = instance.id().to_owned();
        registry.running.insert(id, Arc::clone(instance));
        Ok(())
    }

    /// Takes out a process that has ended.
    pub(super) fn remove(&self, id: &str) {
        lock(&self.0).running.remove(id);
    }

    /// Kills all, and takes in none any more.
    pub(super) fn kill(&self) {
        let mut registry = lock(&self.0);
        registry.stopping = true;
        for instance in registry.running.values() {
            instance.kill();
        }
    }

    /// Waits for the ends of all.
    pub(super) async fn ended(&self) {
        let running: Vec<_> = lock(&self.0).running.values().cloned().collect();
        for instance in running {
            instance.ended().await;
        }
    }
}
