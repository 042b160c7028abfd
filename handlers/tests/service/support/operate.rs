//! Simulated operators: they read a game or a connection, and later end or disconnect it.

use rps_game::{ConnectionId, Game, Lobby, Message};
use rps_handlers::ports::{ChangeResult, PortError, Random};
use rps_handlers::service::operate::{self, disconnect, end_game};
use rps_handlers::service::position::{self, ConnectionSnapshot};

use super::faults::{FaultInjector, Faulty};
use super::simulation::Simulation;

impl Simulation {
    /// The only game, if there is one.
    pub(crate) fn game(&self) -> Option<Game> {
        self.items().games.into_values().next()
    }

    /// Ends the game that was read as `snapshot`, with a fault. `None`: rpsctl died.
    pub(crate) async fn end_game_with_faults(
        &self,
        faults: &FaultInjector,
        snapshot: &Game,
    ) -> Option<Result<ChangeResult, PortError>> {
        let (store, players) = (Faulty(faults, &self.store), Faulty(faults, &self.players));
        let environment = self.environment();
        let operation = end_game(&store, &players, &environment, snapshot);
        faults.run(operation).await
    }

    pub(crate) async fn end_game(&self, snapshot: &Game) -> ChangeResult {
        let result = self
            .end_game_with_faults(&FaultInjector::none(), snapshot)
            .await;
        result.expect("no crash").expect("no failure")
    }

    /// Reads the connection and its position. `None`: it is closed.
    pub(crate) async fn find(&self, id: &str) -> Option<ConnectionSnapshot> {
        self.find_with_faults(&FaultInjector::none(), id).await
    }

    /// Reads the connection with a fault that neither crashes nor fails.
    pub(crate) async fn find_with_faults(
        &self,
        faults: &FaultInjector,
        id: &str,
    ) -> Option<ConnectionSnapshot> {
        let (store, id) = (Faulty(faults, &self.store), id.into());
        let snapshot = position::find(&store, &self.environment(), &id).await;
        snapshot.expect("no failure")
    }

    /// Disconnects the player that was read as `snapshot`, with a fault. Does not deliver `$disconnect`.
    /// `None`: rpsctl died.
    pub(crate) async fn disconnect_with_faults(
        &self,
        faults: &FaultInjector,
        snapshot: &ConnectionSnapshot,
    ) -> Option<Result<bool, PortError>> {
        let (store, players) = (Faulty(faults, &self.store), Faulty(faults, &self.players));
        let environment = self.environment();
        let by = environment.unique().into();
        let operation = disconnect(&store, &players, &environment, snapshot, &by);
        faults.run(operation).await
    }

    /// Disconnects the player. Returns false if its position differs from `snapshot`.
    pub(crate) async fn disconnect(&self, snapshot: &ConnectionSnapshot) -> bool {
        let closed = self
            .disconnect_with_faults(&FaultInjector::none(), snapshot)
            .await;
        closed.expect("no crash").expect("no failure")
    }

    pub(crate) fn is_open(&self, id: &str) -> bool {
        self.players.open.borrow().contains(id)
    }

    /// Deletes obsolete messages as an operator does.
    pub(crate) async fn delete_obsolete(&self) {
        let (round_timers, rebalances) =
            (self.queue.round_timers.take(), self.queue.rebalances.take());
        for round_timer in round_timers {
            if self.is_needed(&round_timer.clone().into()).await {
                self.queue.round_timers.borrow_mut().push(round_timer);
            }
        }
        for rebalance in rebalances {
            if self.is_needed(&rebalance.clone().into()).await {
                self.queue.rebalances.borrow_mut().push(rebalance);
            }
        }
    }

    pub(crate) async fn is_needed(&self, message: &Message) -> bool {
        let environment = self.environment();
        let needed = operate::is_needed(&self.store, &environment, message);
        needed.await.expect("no failure")
    }

    /// Disconnects all players and returns the keys of the remaining items.
    pub(crate) async fn keys_after_all_leave(&self) -> Vec<String> {
        let open: Vec<String> = self.players.open.borrow().iter().cloned().collect();
        for id in open {
            self.leave(&id).await;
        }
        // If a player left while its join ran, the next joiner removes it from the lobby.
        if self.items().lobbies.contains_key(&None) {
            self.connect("next").await;
            self.join("next").await;
            self.leave("next").await;
        }
        self.keys()
    }

    pub(crate) fn lobby(&self) -> Lobby {
        self.items().lobbies.remove(&None).unwrap_or_default()
    }

    /// The players who received a `game-over`, sorted.
    pub(crate) fn game_over_receivers(&self) -> Vec<ConnectionId> {
        let endings = self.endings().into_values().flatten();
        let mut players: Vec<ConnectionId> = endings.map(|(id, _)| id).collect();
        players.sort();
        players
    }
}
