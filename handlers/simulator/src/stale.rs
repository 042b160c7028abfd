//! Earlier states of items, for eventually consistent reads.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// An eventually consistent read is usually consistent after a second.
const STALE_US: u64 = 2_000_000;

/// The previous state of each item of one kind, and when it changed.
pub(crate) struct Previous<K, V>(RefCell<BTreeMap<K, (Option<V>, u64)>>);

impl<K, V> Default for Previous<K, V> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Ord + Clone, V: PartialEq> Previous<K, V> {
    pub(crate) fn keep(&self, key: &K, before: Option<V>, after: Option<&V>, now_us: u64) {
        if before.as_ref() != after {
            self.0.borrow_mut().insert(key.clone(), (before, now_us));
        }
    }
}

impl<K: Ord, V: Clone> Previous<K, V> {
    /// What a stale read returns. `None`: all reads are consistent again.
    pub(crate) fn read(&self, key: &K, now_us: u64) -> Option<Option<V>> {
        let previous = self.0.borrow();
        let (state, changed_us) = previous.get(key)?;
        (now_us - changed_us < STALE_US).then(|| state.clone())
    }
}
