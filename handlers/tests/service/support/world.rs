//! A world of players around the real service and the real table: a clock and ticks that wait for the test,
//! and connections that remember what they were told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::ops::Range;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use rps_contract::names::Function;
use rps_game::{
    ConnectionId, ErrorCode, Gather, LEASE_MS, Message, Play, Rules, ServerMessage, Tick,
};
use rps_handlers::ports::{Clock, Delivery, Disconnect, Failure, Notify, Random, Schedule};
use rps_handlers::service::decide::{Handled, decide};
use rps_handlers::service::join::Joiner;
use rps_handlers::service::{connect, leave, play};
use rps_testkit::table::Table;

use super::fate::{Blow, Fate, Under};

/// The queue, as two lists.
#[derive(Default)]
pub(crate) struct Ticks(
    pub(crate) RefCell<Vec<Tick>>,
    pub(crate) RefCell<Vec<Gather>>,
);

impl Schedule for Ticks {
    async fn schedule(&self, message: &Message, delay_s: u8) -> Result<(), Failure> {
        match message.clone() {
            Message::Tick(tick) => self.0.borrow_mut().push(tick),
            Message::Gather(gather) => {
                let outlasts_the_join = u64::from(delay_s) * 1000 >= LEASE_MS;
                assert!(outlasts_the_join, "{gather:?} comes after {delay_s} s");
                self.1.borrow_mut().push(gather);
            }
        }
        Ok(())
    }
}

/// The connections: which are open, and what each was told.
#[derive(Default)]
pub(crate) struct Sockets {
    pub(crate) open: RefCell<BTreeSet<String>>,
    pub(crate) told: RefCell<Vec<(ConnectionId, ServerMessage)>>,
}

impl Notify for Sockets {
    async fn tell(&self, to: &ConnectionId, message: &ServerMessage) -> Result<Delivery, Failure> {
        if !self.open.borrow().contains(to.as_str()) {
            return Ok(Delivery::Gone);
        }
        self.told.borrow_mut().push((to.clone(), message.clone()));
        Ok(Delivery::Told)
    }
}

impl Disconnect for Sockets {
    async fn disconnect(&self, id: &ConnectionId) -> Result<(), Failure> {
        self.open.borrow_mut().remove(id.as_str());
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) table: Table,
    pub(crate) ticks: Ticks,
    pub(crate) sockets: Sockets,
    pub(crate) rules: Rules,
    now_ms: Cell<u64>,
    numbers: Cell<u64>,
}

/// The time and chance of one operation, whose pauses take no time of the others. They are shorter than what
/// clocks may disagree by.
pub(crate) struct Moment<'a> {
    world: &'a World,
    paused_ms: Cell<u64>,
}

impl Clock for Moment<'_> {
    fn now_ms(&self) -> u64 {
        self.world.now_ms.get() + self.paused_ms.get()
    }

    async fn sleep(&self, pause: Duration) {
        let pause_ms = u64::try_from(pause.as_millis()).expect("a short pause");
        self.paused_ms.update(|ms| ms + pause_ms);
        tokio::task::yield_now().await;
    }
}

impl Random for Moment<'_> {
    fn number(&self) -> u64 {
        let numbers = &self.world.numbers;
        numbers.update(|number| number + 1);
        BuildHasherDefault::<DefaultHasher>::default().hash_one(numbers.get())
    }

    fn unique(&self) -> String {
        format!("{:032x}", self.number())
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self {
            table: Table::embedded().await,
            ticks: Ticks::default(),
            sockets: Sockets::default(),
            rules: Rules::new(5, 3).expect("in range"),
            now_ms: Cell::new(1_700_000_000_000),
            numbers: Cell::new(0),
        }
    }

    /// With these players connected.
    pub(crate) async fn of(ids: &[&str]) -> Self {
        let world = Self::new().await;
        for id in ids {
            world.connect(id).await;
        }
        world
    }

    /// x, who waited, plays y, and they have played this.
    pub(crate) async fn playing(x: Option<Play>, y: Option<Play>) -> Self {
        let world = Self::of(&["x", "y"]).await;
        world.join("x").await;
        world.join("y").await;
        for (id, play) in [("x", x), ("y", y)] {
            if let Some(play) = play {
                world.play(id, play).await;
            }
        }
        world
    }

    pub(crate) fn moment(&self) -> Moment<'_> {
        Moment {
            world: self,
            paused_ms: Cell::new(0),
        }
    }

    /// So much time passes that whoever began something is certainly dead, though it paused before that.
    pub(crate) fn outlive_leases(&self) {
        self.now_ms.update(|now_ms| now_ms + 2 * LEASE_MS);
    }

    pub(crate) async fn connect(&self, id: &str) {
        self.connect_under(&Fate::new(Blow::Spare), id).await;
    }

    /// Connects under a fate that neither kills nor fails.
    pub(crate) async fn connect_under(&self, fate: &Fate, id: &str) {
        let store = Under(fate, &self.table.store);
        let connected = connect::connect(&store, id.into(), self.now_ms.get());
        connected.await.expect("stored");
        self.sockets.open.borrow_mut().insert(id.to_owned());
    }

    /// Joins in shard 0 under a fate. `None` if the function was killed. The answer goes to the player as
    /// the route's response.
    pub(crate) async fn join_under(&self, fate: &Fate, id: &str) -> Option<ServerMessage> {
        self.join_among(fate, 0..1, id).await
    }

    /// Joins in one of these shards under a fate.
    pub(crate) async fn join_among(
        &self,
        fate: &Fate,
        shards: Range<u8>,
        id: &str,
    ) -> Option<ServerMessage> {
        let (me, moment) = (id.into(), self.moment());
        let (store, ticks) = (Under(fate, &self.table.store), Under(fate, &self.ticks));
        let sockets = Under(fate, &self.sockets);
        let joiner = Joiner::new(&store, &ticks, &sockets, &moment, self.rules, &me);
        // On the heap: unoptimized, the futures of the SDK fill a test thread's stack.
        let joiner = joiner.among(shards);
        let answer = fate.run(Box::pin(joiner.join())).await;
        fate.assert_allowed(Function::JoinGame);
        let answer = answer?;
        let answer = answer.unwrap_or_else(|_| ErrorCode::TryAgain.into());
        let told = (me.clone(), answer.clone());
        self.sockets.told.borrow_mut().push(told);
        Some(answer)
    }

    pub(crate) async fn join(&self, id: &str) -> ServerMessage {
        self.join_in(0, id).await
    }

    pub(crate) async fn join_in(&self, shard: u8, id: &str) -> ServerMessage {
        let spared = Fate::new(Blow::Spare);
        let joined = self.join_among(&spared, shard..shard + 1, id).await;
        joined.expect("not killed")
    }

    pub(crate) async fn play(&self, id: &str, play: Play) -> ServerMessage {
        let played = self.play_under(&Fate::new(Blow::Spare), id, play).await;
        played.expect("not killed").expect("no failure")
    }

    pub(crate) async fn play_under(
        &self,
        fate: &Fate,
        id: &str,
        play: Play,
    ) -> Option<Result<ServerMessage, Failure>> {
        let (store, id) = (Under(fate, &self.table.store), id.into());
        let played = play::play(&store, &id, play, None, self.now_ms.get());
        let played = fate.run(played).await;
        fate.assert_allowed(Function::ReceivePlay);
        played
    }

    /// Delivers one tick under a fate, as old as its window. Whether it is done.
    pub(crate) async fn decide_under(&self, fate: &Fate, tick: &Tick) -> bool {
        let (store, ticks) = (Under(fate, &self.table.store), Under(fate, &self.ticks));
        let (sockets, moment) = (Under(fate, &self.sockets), self.moment());
        let age_ms = self.rules.window_ms();
        let decided = decide(&store, &ticks, &sockets, &moment, tick, age_ms);
        let decided = fate.run(decided).await;
        fate.assert_allowed(Function::Decide);
        matches!(decided, Some(Ok(Handled::Done)))
    }

    pub(crate) async fn decide(&self, tick: &Tick) {
        let is_done = self.decide_under(&Fate::new(Blow::Spare), tick).await;
        assert!(is_done, "{tick:?} is not done");
    }

    /// The places of a connection: the shards of the lobby, and the games, that name it.
    pub(crate) async fn places(&self, id: &str) -> Vec<String> {
        let mut items = self.table.items().await;
        items.retain(|_, item| {
            ["waiting", "player_1", "player_2"]
                .iter()
                .any(|name| matches!(item.get(*name), Some(AttributeValue::S(s)) if s == id))
        });
        let mut places: Vec<String> = items.into_keys().collect();
        places.sort();
        places
    }

    /// The connection closes, and `$disconnect` arrives, under a fate.
    pub(crate) async fn leave_under(&self, fate: &Fate, id: &str) {
        self.vanish(id);
        let (store, sockets) = (Under(fate, &self.table.store), Under(fate, &self.sockets));
        let (id, moment) = (id.into(), self.moment());
        let left = leave::leave(&store, &sockets, &moment, &id);
        let _ = fate.run(Box::pin(left)).await;
        fate.assert_allowed(Function::Connection);
    }

    pub(crate) async fn leave(&self, id: &str) {
        self.leave_under(&Fate::new(Blow::Spare), id).await;
    }

    /// The connection closes, and nobody is told.
    pub(crate) fn vanish(&self, id: &str) {
        self.sockets.open.borrow_mut().remove(id);
    }

    /// Delivers ticks, and whatever ticks they cause, until none is left.
    pub(crate) async fn run_out(&self) {
        loop {
            let Some(tick) = self.ticks.0.borrow_mut().pop() else {
                break;
            };
            self.decide(&tick).await;
        }
    }

    /// Lets the clock run out: one truth was told, and nothing is left.
    pub(crate) async fn end(&self) {
        self.run_out().await;
        self.assert_one_truth();
        self.assert_nothing_left().await;
    }

    /// After the end: everybody leaves, and nothing is in the table.
    pub(crate) async fn assert_nothing_left(&self) {
        assert_eq!(self.left().await, Vec::<String>::new());
    }
}
