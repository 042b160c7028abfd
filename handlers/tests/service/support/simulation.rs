//! Simulates clock, table, queue and players around the real service. Time passes and messages
//! arrive only when the test says so.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::time::Duration;

use rps_contract::names::{Function, lobby_key};
use rps_game::{
    ConnectionId, ErrorCode, LEASE_MS, Message, Opponent, Play, Rebalance, Room, RoundTimer, Rules,
    ServerMessage,
};
use rps_handlers::ports::{Clock, Delivery, Disconnect, Notify, PortError, Random, Schedule};
use rps_handlers::service::decide::{MessageAction, decide};
use rps_handlers::service::join::Joiner;
use rps_handlers::service::leave::{self, Closed};
use rps_handlers::service::{connect, play};
use rps_simulator::table::{Items, Memory};

use super::faults::{FaultInjector, Faulty};

const START_MS: u64 = 1_700_000_000_000;

#[derive(Default)]
pub(crate) struct SimulatedQueue {
    pub(crate) round_timers: RefCell<Vec<RoundTimer>>,
    pub(crate) rebalances: RefCell<Vec<Rebalance>>,
    /// Rebalance messages whose delay is not over. Nobody can receive them.
    pub(crate) delayed: RefCell<Vec<Rebalance>>,
}

impl Schedule for SimulatedQueue {
    async fn schedule(&self, message: &Message, delay_s: u8) -> Result<(), PortError> {
        match message.clone() {
            Message::RoundTimer(round_timer) => self.round_timers.borrow_mut().push(round_timer),
            Message::Rebalance(rebalance) => {
                let outlasts_the_join = u64::from(delay_s) * 1000 >= LEASE_MS;
                assert!(
                    outlasts_the_join,
                    "{rebalance:?} has a delay of {delay_s} s"
                );
                self.delayed.borrow_mut().push(rebalance);
            }
        }
        Ok(())
    }
}

/// The open connections, and all delivered messages.
#[derive(Default)]
pub(crate) struct SimulatedPlayers {
    pub(crate) open: RefCell<BTreeSet<String>>,
    pub(crate) messages: RefCell<Vec<(ConnectionId, ServerMessage)>>,
}

impl Notify for SimulatedPlayers {
    async fn notify(
        &self,
        to: &ConnectionId,
        message: &ServerMessage,
    ) -> Result<Delivery, PortError> {
        if !self.open.borrow().contains(to.as_str()) {
            return Ok(Delivery::Closed);
        }
        self.messages
            .borrow_mut()
            .push((to.clone(), message.clone()));
        Ok(Delivery::Delivered)
    }
}

impl Disconnect for SimulatedPlayers {
    async fn disconnect(&self, id: &ConnectionId) -> Result<(), PortError> {
        self.open.borrow_mut().remove(id.as_str());
        Ok(())
    }
}

pub(crate) struct Simulation {
    pub(crate) store: Memory,
    pub(crate) queue: SimulatedQueue,
    pub(crate) players: SimulatedPlayers,
    pub(crate) rules: Rules,
    now_ms: Cell<u64>,
    numbers: Cell<u64>,
}

/// The clock and random numbers of one operation. Its pauses do not delay other operations: they are
/// shorter than the clocks' skew.
pub(crate) struct SimulatedEnvironment<'a> {
    sim: &'a Simulation,
    paused_ms: Cell<u64>,
}

impl Clock for SimulatedEnvironment<'_> {
    fn now_ms(&self) -> u64 {
        self.sim.now_ms.get() + self.paused_ms.get()
    }

    async fn sleep(&self, pause: Duration) {
        let pause_ms = u64::try_from(pause.as_millis()).expect("a short pause");
        self.paused_ms.update(|ms| ms + pause_ms);
        tokio::task::yield_now().await;
    }
}

impl Random for SimulatedEnvironment<'_> {
    fn number(&self) -> u64 {
        let numbers = &self.sim.numbers;
        numbers.update(|number| number + 1);
        BuildHasherDefault::<DefaultHasher>::default().hash_one(numbers.get())
    }

    fn unique(&self) -> String {
        format!("{:032x}", self.number())
    }
}

impl Simulation {
    pub(crate) fn new() -> Self {
        Self {
            store: Memory::default(),
            queue: SimulatedQueue::default(),
            players: SimulatedPlayers::default(),
            rules: Rules::new(5, 3).expect("in range"),
            now_ms: Cell::new(START_MS),
            numbers: Cell::new(0),
        }
    }

    /// Connects these players.
    pub(crate) async fn of(ids: &[&str]) -> Self {
        let sim = Self::new();
        for id in ids {
            sim.connect(id).await;
        }
        sim
    }

    /// Starts a game of x, the first player, and y, with these plays.
    pub(crate) async fn playing(x: Option<Play>, y: Option<Play>) -> Self {
        let sim = Self::of(&["x", "y"]).await;
        sim.join("x").await;
        sim.join("y").await;
        for (id, play) in [("x", x), ("y", y)] {
            if let Some(play) = play {
                sim.play(id, play).await;
            }
        }
        sim
    }

    pub(crate) fn environment(&self) -> SimulatedEnvironment<'_> {
        SimulatedEnvironment {
            sim: self,
            paused_ms: Cell::new(0),
        }
    }

    /// Advances the clock until every unfinished operation is certainly dead, including its pauses. Rebalance messages
    /// are due then.
    pub(crate) fn expire_leases(&self) {
        self.now_ms.update(|now_ms| now_ms + 2 * LEASE_MS);
        let due = &mut self.queue.delayed.borrow_mut();
        self.queue.rebalances.borrow_mut().append(due);
    }

    pub(crate) async fn connect(&self, id: &str) {
        self.connect_with_faults(&FaultInjector::none(), id).await;
    }

    /// Connects with a fault that neither crashes nor fails.
    pub(crate) async fn connect_with_faults(&self, faults: &FaultInjector, id: &str) {
        let store = Faulty(faults, &self.store);
        let connected = connect::connect(&store, id.into(), self.now_ms.get());
        connected.await.expect("stored");
        self.players.open.borrow_mut().insert(id.to_owned());
    }

    /// Joins with a fault. The player receives the answer as the route's response. `None`: the
    /// function crashed.
    pub(crate) async fn join_with_faults(
        &self,
        faults: &FaultInjector,
        id: &str,
    ) -> Option<ServerMessage> {
        self.join_room_with_faults(faults, id, None).await
    }

    pub(crate) async fn join_room_with_faults(
        &self,
        faults: &FaultInjector,
        id: &str,
        room: Option<Room>,
    ) -> Option<ServerMessage> {
        let (me, environment) = (id.into(), self.environment());
        let (store, queue) = (Faulty(faults, &self.store), Faulty(faults, &self.queue));
        let players = Faulty(faults, &self.players);
        let joiner = Joiner::new(&store, &queue, &players, &environment, self.rules, &me);
        let answer = faults.run(joiner.in_room(room).join()).await;
        faults.assert_allowed(Function::JoinGame);
        let answer = answer?;
        let answer = answer.unwrap_or_else(|_| ErrorCode::TryAgain.into());
        let message = (me.clone(), answer.clone());
        self.players.messages.borrow_mut().push(message);
        Some(answer)
    }

    pub(crate) async fn join(&self, id: &str) -> ServerMessage {
        let joined = self.join_with_faults(&FaultInjector::none(), id).await;
        joined.expect("no crash")
    }

    pub(crate) async fn join_house_with_faults(
        &self,
        faults: &FaultInjector,
        id: &str,
    ) -> Option<ServerMessage> {
        let (me, environment) = (id.into(), self.environment());
        let (store, queue) = (Faulty(faults, &self.store), Faulty(faults, &self.queue));
        let players = Faulty(faults, &self.players);
        let joiner = Joiner::new(&store, &queue, &players, &environment, self.rules, &me);
        let answer = faults.run(joiner.against(Opponent::Bot).join()).await?;
        faults.assert_allowed(Function::JoinGame);
        let answer = answer.unwrap_or_else(|_| ErrorCode::TryAgain.into());
        let message = (me.clone(), answer.clone());
        self.players.messages.borrow_mut().push(message);
        Some(answer)
    }

    pub(crate) async fn join_house(&self, id: &str) -> ServerMessage {
        let faults = FaultInjector::none();
        let joined = self.join_house_with_faults(&faults, id).await;
        joined.expect("no crash")
    }

    pub(crate) async fn join_room(&self, id: &str, code: &str) -> ServerMessage {
        let room = Some(code.parse().expect("a code"));
        let faults = FaultInjector::none();
        let joined = self.join_room_with_faults(&faults, id, room).await;
        joined.expect("no crash")
    }

    pub(crate) async fn play(&self, id: &str, play: Play) -> ServerMessage {
        let answer = self
            .play_with_faults(&FaultInjector::none(), id, play)
            .await;
        answer.expect("no crash").expect("no failure")
    }

    pub(crate) async fn play_with_faults(
        &self,
        faults: &FaultInjector,
        id: &str,
        play: Play,
    ) -> Option<Result<ServerMessage, PortError>> {
        let (store, queue) = (Faulty(faults, &self.store), Faulty(faults, &self.queue));
        let (id, environment) = (id.into(), self.environment());
        let now_ms = self.now_ms.get();
        let operation = play::play(&store, &queue, &environment, &id, play, None, now_ms);
        let answer = faults.run(operation).await;
        faults.assert_allowed(Function::ReceivePlay);
        answer
    }

    /// Delivers a round timer at the end of its window, with a fault. Returns true if the message is done.
    pub(crate) async fn decide_with_faults(
        &self,
        faults: &FaultInjector,
        round_timer: &RoundTimer,
    ) -> bool {
        let (store, queue) = (Faulty(faults, &self.store), Faulty(faults, &self.queue));
        let (players, environment) = (Faulty(faults, &self.players), self.environment());
        let operation = decide(&store, &queue, &players, &environment, round_timer);
        let action = faults.run(operation).await;
        faults.assert_allowed(Function::Decide);
        matches!(action, Some(Ok(MessageAction::Delete)))
    }

    pub(crate) async fn decide(&self, round_timer: &RoundTimer) {
        let is_done = self
            .decide_with_faults(&FaultInjector::none(), round_timer)
            .await;
        assert!(is_done, "{round_timer:?} is not done");
    }

    pub(crate) fn items(&self) -> Items {
        Items::clone(&self.store.0.borrow())
    }

    /// The keys of all items.
    pub(crate) fn keys(&self) -> Vec<String> {
        let items = self.items();
        let connections = items.connections.keys().map(|id| format!("C#{id}"));
        let games = items.games.keys().map(|id| format!("G#{id}"));
        let lobbies = items.lobbies.keys().map(|room| lobby_key(room.as_ref()));
        connections.chain(games).chain(lobbies).collect()
    }

    /// The keys of the connection's games, and of the lobby if it waits.
    pub(crate) fn places(&self, id: &str) -> Vec<String> {
        let (items, id) = (self.items(), ConnectionId::from(id));
        let games = items.games.values();
        let games = games.filter(|game| game.players.contains(&id));
        let games = games.map(|game| format!("G#{}", game.id));
        let lobbies = items
            .lobbies
            .values()
            .filter(|it| it.places.contains_key(&id));
        let lobbies = lobbies.map(|lobby| lobby_key(lobby.room.as_ref()));
        games.chain(lobbies).collect()
    }

    /// Closes the connection and delivers `$disconnect`, with a fault.
    pub(crate) async fn leave_with_faults(&self, faults: &FaultInjector, id: &str) {
        self.close_with_faults(faults, id, true).await;
    }

    /// Breaks the connection, and delivers `$disconnect`.
    pub(crate) async fn lose(&self, id: &str) {
        self.close_with_faults(&FaultInjector::none(), id, false)
            .await;
    }

    async fn close_with_faults(&self, faults: &FaultInjector, id: &str, is_on_purpose: bool) {
        self.close_silently(id);
        let (store, players) = (Faulty(faults, &self.store), Faulty(faults, &self.players));
        let (id, environment) = (id.into(), self.environment());
        let closed = Closed {
            id: &id,
            connected_at_ms: START_MS,
            is_on_purpose,
        };
        let operation = leave::leave(&store, &players, &environment, closed);
        let _ = faults.run(operation).await;
        faults.assert_allowed(Function::Connection);
    }

    pub(crate) async fn leave(&self, id: &str) {
        self.leave_with_faults(&FaultInjector::none(), id).await;
    }

    /// Closes the connection without a `$disconnect`.
    pub(crate) fn close_silently(&self, id: &str) {
        self.players.open.borrow_mut().remove(id);
    }

    /// Delivers round timers until none is left.
    pub(crate) async fn run_timers(&self) {
        let mut kept = Vec::new();
        loop {
            let Some(round_timer) = self.queue.round_timers.borrow_mut().pop() else {
                break;
            };
            let faults = FaultInjector::none();
            if !self.decide_with_faults(&faults, &round_timer).await {
                assert!(self.is_needed(&round_timer.clone().into()).await);
                kept.push(round_timer);
            }
        }
        self.queue.round_timers.borrow_mut().append(&mut kept);
    }

    /// Delivers all round timers. Asserts that the players agree on the results and that nothing is left.
    pub(crate) async fn finish(&self) {
        self.run_timers().await;
        self.assert_players_agree();
        self.assert_nothing_left().await;
    }

    /// Disconnects all players and asserts that the table is empty.
    pub(crate) async fn assert_nothing_left(&self) {
        assert_eq!(self.keys_after_all_leave().await, Vec::<String>::new());
    }
}
