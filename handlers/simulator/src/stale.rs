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
    /// What an eventually consistent read returns.
    pub(crate) fn read(
        &self,
        key: &K,
        current: Option<V>,
        is_stale: bool,
        now_us: u64,
    ) -> Option<V> {
        match self.0.borrow().get(key) {
            Some((state, changed_us)) if is_stale && now_us - changed_us < STALE_US => {
                state.clone()
            }
            _ => current,
        }
    }
}
