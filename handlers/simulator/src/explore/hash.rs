//! The state of a run, as a hash.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::run::Run;
use crate::items::Items;

impl Run {
    /// A hash of everything that the rest of the run depends on.
    pub(super) fn state(&self) -> u64 {
        let (world, calls) = (&self.world, self.calls());
        let mut hasher = DefaultHasher::new();
        Items::hash(&world.table.borrow(), &mut hasher);
        world.truth.borrow().hash_into(&mut hasher);
        let queue = world.queue();
        let messages = queue.messages.iter().enumerate();
        let mut messages: Vec<_> = messages
            .map(|(index, it)| (&it.body, it.state as u8, self.deliveries.get(&index)))
            .collect();
        messages.sort_unstable();
        messages.hash(&mut hasher);
        for (index, player) in self.players.iter().enumerate() {
            (player, self.is_open(index), self.view(index)).hash(&mut hasher);
        }
        (self.left, self.running()).hash(&mut hasher);
        let late = calls.late.borrow();
        let mut late: Vec<_> = late.iter().map(|(id, text, _)| (id, text)).collect();
        late.sort_unstable();
        late.hash(&mut hasher);
        calls.answers.borrow().hash(&mut hasher);
        let waiting = calls.waiting.borrow();
        let mut waiting: Vec<_> = waiting.iter().map(|(key, it)| (key.0, &it.text)).collect();
        waiting.sort_unstable();
        waiting.hash(&mut hasher);
        let mut running: Vec<_> = self.invocations.iter().map(|(id, ..)| *id).collect();
        running.sort_unstable();
        running.hash(&mut hasher);
        hasher.finish()
    }
}
