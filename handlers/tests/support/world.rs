//! A world of players around the real service and the real table: a clock whose ticks are delivered
//! when a test says so, and connections that remember what they were told.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use aws_sdk_dynamodb::types::AttributeValue;
use rps_game::lobby::LEASE_MS;
use rps_game::{
    ConnectionId, ErrorCode, GameId, Gather, Message, Outcome, Play, Reason, Rules, ServerMessage,
    Tick,
};
use rps_handlers::ports::{Delivery, Disconnect, Failure, Notify, Schedule};
use rps_handlers::service::decide::{Handled, decide};
use rps_handlers::service::join::Joiner;
use rps_handlers::service::{connect, leave, play};
use rps_handlers::time::now_ms;

use super::Table;
use super::fate::{Blow, Fate, Under};

/// The queue, as two lists.
#[derive(Default)]
pub struct Ticks(pub RefCell<Vec<Tick>>, pub RefCell<Vec<Gather>>);

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
pub struct Sockets {
    pub open: RefCell<BTreeSet<String>>,
    pub told: RefCell<Vec<(ConnectionId, ServerMessage)>>,
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

pub struct World {
    pub table: Table,
    pub ticks: Ticks,
    pub sockets: Sockets,
    pub rules: Rules,
}

impl World {
    pub async fn new() -> Self {
        let rules = Rules::new(5, 3).expect("in range");
        let table = Table::create().await;
        Self {
            table,
            ticks: Ticks::default(),
            sockets: Sockets::default(),
            rules,
        }
    }

    pub async fn connect(&self, id: &str) {
        connect::connect(&self.table.store, id.into(), now_ms())
            .await
            .expect("stored");
        self.sockets.open.borrow_mut().insert(id.to_owned());
    }

    /// Joins in shard 0 under a fate. `None` if the function was killed. The answer goes to the player as
    /// the route's response.
    pub async fn join_under(&self, fate: &Fate, id: &str) -> Option<ServerMessage> {
        self.join_among(fate, 0..1, id).await
    }

    /// Joins in one of these shards under a fate.
    pub async fn join_among(
        &self,
        fate: &Fate,
        shards: Range<u8>,
        id: &str,
    ) -> Option<ServerMessage> {
        let me = id.into();
        let (store, ticks) = (Under(fate, &self.table.store), Under(fate, &self.ticks));
        let sockets = Under(fate, &self.sockets);
        let joiner = Joiner::new(&store, &ticks, &sockets, self.rules, &me);
        // On the heap: unoptimized, the futures of the SDK fill a test thread's stack.
        let joiner = joiner.among(shards);
        let answer = fate.run(Box::pin(joiner.join())).await?;
        let answer = answer.unwrap_or_else(|_| ErrorCode::TryAgain.into());
        self.sockets
            .told
            .borrow_mut()
            .push((me.clone(), answer.clone()));
        Some(answer)
    }

    pub async fn join(&self, id: &str) -> ServerMessage {
        self.join_under(&Fate::new(Blow::Spare), id)
            .await
            .expect("not killed")
    }

    /// Joins in that shard.
    pub async fn join_in(&self, shard: u8, id: &str) -> ServerMessage {
        self.join_among(&Fate::new(Blow::Spare), shard..shard + 1, id)
            .await
            .expect("not killed")
    }

    pub async fn play(&self, id: &str, play: Play) -> ServerMessage {
        self.play_under(&Fate::new(Blow::Spare), id, play).await
    }

    /// Plays under a fate that neither kills nor fails.
    pub async fn play_under(&self, fate: &Fate, id: &str, play: Play) -> ServerMessage {
        let (store, id) = (Under(fate, &self.table.store), id.into());
        let played = play::play(&store, &id, play, None, now_ms()).await;
        played.expect("no failure")
    }

    /// Delivers one tick under a fate, as old as its window. Whether it is done.
    pub async fn decide_under(&self, fate: &Fate, tick: &Tick) -> bool {
        let (store, ticks) = (Under(fate, &self.table.store), Under(fate, &self.ticks));
        let sockets = Under(fate, &self.sockets);
        let age_ms = self.rules.window_ms();
        let decided = fate
            .run(decide(&store, &ticks, &sockets, tick, age_ms))
            .await;
        matches!(decided, Some(Ok(Handled::Done)))
    }

    pub async fn decide(&self, tick: &Tick) {
        assert!(
            self.decide_under(&Fate::new(Blow::Spare), tick).await,
            "{tick:?} is not done"
        );
    }

    /// The places of a connection: the shards of the lobby, and the games, that name it.
    pub async fn places(&self, id: &str) -> Vec<String> {
        let items = self.table.items().await;
        let mut places: Vec<String> = items
            .into_iter()
            .filter(|(_, item)| {
                ["waiting", "player_1", "player_2"]
                    .iter()
                    .any(|name| matches!(item.get(*name), Some(AttributeValue::S(s)) if s == id))
            })
            .map(|(key, _)| key)
            .collect();
        places.sort();
        places
    }

    /// The connection closes, and `$disconnect` arrives, under a fate.
    pub async fn leave_under(&self, fate: &Fate, id: &str) {
        self.sockets.open.borrow_mut().remove(id);
        let (store, sockets) = (Under(fate, &self.table.store), Under(fate, &self.sockets));
        let id = id.into();
        let _ = fate
            .run(Box::pin(leave::leave(&store, &sockets, &id)))
            .await;
    }

    pub async fn leave(&self, id: &str) {
        self.leave_under(&Fate::new(Blow::Spare), id).await;
    }

    /// The connection closes, and nobody is told.
    pub fn vanish(&self, id: &str) {
        self.sockets.open.borrow_mut().remove(id);
    }

    /// Delivers ticks, and whatever ticks they cause, until none is left.
    pub async fn run_out(&self) {
        loop {
            let Some(tick) = self.ticks.0.borrow_mut().pop() else {
                break;
            };
            self.decide(&tick).await;
        }
    }

    /// What that connection was told, in order.
    pub fn told(&self, id: &str) -> Vec<ServerMessage> {
        let told = self.sockets.told.borrow();
        told.iter()
            .filter(|(to, _)| to.as_str() == id)
            .map(|(_, m)| m.clone())
            .collect()
    }

    /// The ends of all games: who was told which, without repeats.
    pub fn ends(&self) -> HashMap<GameId, Vec<(ConnectionId, ServerMessage)>> {
        let mut ends: HashMap<GameId, Vec<(ConnectionId, ServerMessage)>> = HashMap::new();
        for told in self.sockets.told.borrow().iter() {
            if let ServerMessage::GameOver { game, .. } = &told.1 {
                let ends = ends.entry(game.clone()).or_default();
                if !ends.contains(told) {
                    ends.push(told.clone());
                }
            }
        }
        ends
    }

    /// Nobody was told two different truths, no two players contradicting ones, no player two games'.
    pub fn assert_one_truth(&self) {
        let mut players = BTreeSet::new();
        for (game, ends) in self.ends() {
            assert!(ends.len() <= 2, "{game}: {ends:?}");
            for (player, _) in &ends {
                assert!(
                    players.insert(player.clone()),
                    "{player} was told of two games: {ends:?}"
                );
            }
            if let [(_, first), (_, second)] = &ends[..] {
                assert_eq!(mirrored(first), truth(second), "{game}");
            }
        }
    }

    /// Lets the clock run out: one truth was told, and nothing is left.
    pub async fn end(&self) {
        self.run_out().await;
        self.assert_one_truth();
        self.assert_nothing_left().await;
    }

    /// After the end: everybody leaves, and nothing is in the table.
    pub async fn assert_nothing_left(&self) {
        assert_eq!(self.left().await, Vec::<String>::new());
    }
}

type Truth = (u32, Outcome, Reason, Option<Play>, Option<Play>);

fn truth(message: &ServerMessage) -> Truth {
    match message {
        // Each hears of its own play only.
        ServerMessage::GameOver {
            rounds,
            outcome,
            reason: reason @ Reason::EndedByOperator,
            opponent: None,
            ..
        } => (*rounds, *outcome, *reason, None, None),
        ServerMessage::GameOver {
            rounds,
            outcome,
            reason,
            you,
            opponent,
            ..
        } => (*rounds, *outcome, *reason, *you, *opponent),
        other => panic!("{other:?}"),
    }
}

fn mirrored(message: &ServerMessage) -> Truth {
    let (rounds, outcome, reason, you, opponent) = truth(message);
    let outcome = match outcome {
        Outcome::Won => Outcome::Lost,
        Outcome::Lost => Outcome::Won,
        same => same,
    };
    let reason = match reason {
        Reason::OpponentDidNotPlay => Reason::YouDidNotPlay,
        Reason::YouDidNotPlay => Reason::OpponentDidNotPlay,
        same => same,
    };
    (rounds, outcome, reason, opponent, you)
}
