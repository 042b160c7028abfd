//! Simulates a player who waits alone, and the message that moves it to shard 0.

use futures_util::future::join_all;
use rps_contract::names::{Function, MAX_RECEIVE_COUNT};
use rps_game::{Rebalance, ServerMessage};
use rps_handlers::service::decide::MessageAction;
use rps_handlers::service::rebalance::rebalance;

use super::faults::{FaultInjector, Faulty};
use super::simulation::Simulation;

impl Simulation {
    /// Connects x and `others`. x waits alone in shard 3, and its rebalance message is due.
    pub(crate) async fn with_lone_player(others: &[&str]) -> (Self, Rebalance) {
        let sim = Self::of(others).await;
        sim.connect("x").await;
        assert_eq!(sim.join_in(3, "x").await, ServerMessage::Waiting {});
        let wait = sim.queue.rebalances.borrow_mut().pop();
        sim.expire_leases();
        (sim, wait.expect("scheduled before x waits"))
    }

    /// Delivers a rebalance message with a fault. Returns true if the message is done.
    pub(crate) async fn rebalance_with_faults(
        &self,
        faults: &FaultInjector,
        wait: &Rebalance,
    ) -> bool {
        let (store, queue) = (Faulty(faults, &self.store), Faulty(faults, &self.queue));
        let (players, environment) = (Faulty(faults, &self.players), self.environment());
        let rebalanced = rebalance(&store, &queue, &players, &environment, self.rules, wait);
        let rebalanced = faults.run(rebalanced).await;
        faults.assert_allowed(Function::Decide);
        matches!(rebalanced, Some(Ok(MessageAction::Delete)))
    }

    /// Delivers a rebalance message with a fault, and puts it back unless it is done.
    pub(crate) async fn rebalance_or_put_back(&self, faults: &FaultInjector, wait: Rebalance) {
        if !self.rebalance_with_faults(faults, &wait).await {
            self.queue.rebalances.borrow_mut().push(wait);
        }
    }

    /// Expires all leases and delivers all rebalance messages concurrently. Repeats this for messages that
    /// go back to the queue. Asserts that none becomes a dead letter.
    pub(crate) async fn rebalance_all(&self) {
        let mut waits = self.queue.rebalances.take();
        for _ in 0..MAX_RECEIVE_COUNT {
            self.expire_leases();
            let no_faults = FaultInjector::none();
            let done = join_all(
                waits
                    .iter()
                    .map(|wait| self.rebalance_with_faults(&no_faults, wait)),
            )
            .await;
            let mut done = done.into_iter();
            waits.retain(|_| !done.next().unwrap_or_default());
            if waits.is_empty() {
                break;
            }
        }
        assert!(waits.is_empty(), "dead letters: {waits:?}");
        assert_eq!(
            *self.queue.rebalances.borrow(),
            [],
            "a rebalance schedules no further rebalance"
        );
    }
}
