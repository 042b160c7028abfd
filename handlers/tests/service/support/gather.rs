//! Gathering in the world: a player who waits alone, and the message that brings it to the others.

use futures_util::future::join_all;
use rps_contract::names::{Function, MAX_RECEIVE_COUNT};
use rps_game::{Gather, ServerMessage};
use rps_handlers::service::decide::Handled;
use rps_handlers::service::gather::gather;

use super::fate::{Blow, Fate, Under};
use super::world::World;

impl World {
    /// These players, of whom x waits alone in shard 3, and the message that gathers x, now due.
    pub(crate) async fn alone(others: &[&str]) -> (Self, Gather) {
        let world = Self::of(others).await;
        world.connect("x").await;
        assert_eq!(world.join_in(3, "x").await, ServerMessage::Waiting {});
        let wait = world.ticks.1.borrow_mut().pop();
        world.outlive_leases();
        (world, wait.expect("sent before x waits"))
    }

    /// Delivers the message that gathers a player, under a fate. Whether it is done.
    pub(crate) async fn gather_under(&self, fate: &Fate, wait: &Gather) -> bool {
        let (store, ticks) = (Under(fate, &self.table.store), Under(fate, &self.ticks));
        let (sockets, moment) = (Under(fate, &self.sockets), self.moment());
        let gathered = gather(&store, &ticks, &sockets, &moment, self.rules, wait);
        let gathered = fate.run(Box::pin(gathered)).await;
        fate.assert_allowed(Function::Decide);
        matches!(gathered, Some(Ok(Handled::Done)))
    }

    /// Delivers it under a fate, and puts it back unless it is done.
    pub(crate) async fn gather_or_put_back(&self, fate: &Fate, wait: Gather) {
        if !self.gather_under(fate, &wait).await {
            self.ticks.1.borrow_mut().push(wait);
        }
    }

    /// Lets the lease of all that joins hold run out, delivers the messages that gather, all at once, and
    /// those that are put back again when the next lease is over. None goes to the dead-letter queue.
    pub(crate) async fn gather_all(&self) {
        let mut waits = self.ticks.1.take();
        for _ in 0..MAX_RECEIVE_COUNT {
            self.outlive_leases();
            let spared = Fate::new(Blow::Spare);
            let done = join_all(waits.iter().map(|wait| self.gather_under(&spared, wait))).await;
            let mut done = done.into_iter();
            waits.retain(|_| !done.next().unwrap_or_default());
            if waits.is_empty() {
                break;
            }
        }
        assert!(waits.is_empty(), "delivered too often: {waits:?}");
        assert_eq!(
            *self.ticks.1.borrow(),
            [],
            "gathered players are gathered again"
        );
    }
}
