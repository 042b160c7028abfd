//! Simulates a player who waits beside others, and the message that pairs it.

use futures_util::future::join_all;
use rps_contract::names::{Function, MAX_RECEIVE_COUNT};
use rps_game::{Rebalance, ServerMessage, Waiting};
use rps_handlers::ports::{ChangeLobby, Clock, LobbyResult};
use rps_handlers::service::decide::MessageAction;
use rps_handlers::service::rebalance::rebalance;

use super::faults::{FaultInjector, Faulty};
use super::simulation::Simulation;

impl Simulation {
    /// Connects x and `others`. x waits, and its rebalance message is due: another player waited beside it.
    pub(crate) async fn with_rebalance(others: &[&str]) -> (Self, Rebalance) {
        let sim = Self::of(others).await;
        sim.connect("x").await;
        assert_eq!(sim.join("x").await, ServerMessage::Waiting {});
        let waiting = Waiting::find(&sim.lobby(), &"x".into()).expect("x waits");
        (sim, Rebalance::new(waiting))
    }

    /// The player waits beside others, and its rebalance message is due.
    pub(crate) async fn wait_beside(&self, id: &str) -> Rebalance {
        let waiting = Waiting {
            connection: id.into(),
            game: format!("game-of-{id}").into(),
            room: None,
        };
        let now_ms = self.environment().now_ms();
        let opened = self.store.open_place(&waiting, 28, now_ms).await;
        assert!(matches!(opened, Ok(LobbyResult::Yes(_))), "{opened:?}");
        let message = (waiting.connection.clone(), ServerMessage::Waiting {});
        self.players.messages.borrow_mut().push(message);
        Rebalance::new(waiting)
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
        self.expire_leases();
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
            *self.queue.delayed.borrow(),
            [],
            "a rebalance schedules no further rebalance"
        );
    }
}
