//! One run along a path of choices.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};

use rps_game::ConnectionId;

use super::Scenario;
use super::view::View;
use crate::calls::{Calls, Fate, Waiting};
use crate::rest::{check_games, check_players};
use crate::state::{Frame, State};
use crate::stream::Stream;
use crate::world::World;

const JOIN: &str = r#"{"action":"join-game"}"#;
const JOIN_HOUSE: &str = r#"{"action":"join-game","opponent":"bot"}"#;
const JOIN_ROOM: &str = r#"{"action":"join-game","room":"r"}"#;
const PLAY: &str = r#"{"action":"receive-play","play":"rock","round":1}"#;
const LEASE_US: u64 = 10_000_000;
/// A refused player joins again, at most this often in all.
pub(super) const MAX_JOINS: u8 = 2;

#[derive(Debug, Clone, Copy)]
pub(super) enum Choice {
    /// The call of this invocation and number.
    Call((u64, u64), Fate),
    /// The invocation with this index.
    Crash(usize),
    /// The message with this index.
    Deliver(usize),
    DeliverAgain(usize),
    /// The late request with this index.
    Late(usize),
    Leave(usize),
}

/// What an invocation serves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    Join(usize),
    Play(usize),
    Disconnect(usize),
    Message(usize),
}

pub(super) type Invocation = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Debug)]
pub(super) struct Player {
    pub(super) id: ConnectionId,
    pub(super) joins: u8,
    awaits_answer: Rc<Cell<bool>>,
    has_played: bool,
    pub(super) has_disconnected: bool,
    /// Something has happened to this player. The players are alike, so the first event of each happens in their order.
    pub(super) has_begun: bool,
}

impl Player {
    fn new(id: ConnectionId) -> Self {
        Self {
            id,
            joins: 0,
            awaits_answer: Rc::default(),
            has_played: false,
            has_disconnected: false,
            has_begun: false,
        }
    }
}

impl Hash for Player {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let facts = [
            self.awaits_answer.get(),
            self.has_played,
            self.has_disconnected,
            self.has_begun,
        ];
        (self.joins, facts).hash(hasher);
    }
}

pub(super) struct Run {
    pub(super) world: Rc<World>,
    /// What may still happen.
    pub(super) left: Scenario,
    pub(super) players: Vec<Player>,
    /// By the invocation's stream.
    pub(super) invocations: Vec<(u64, Subject, Invocation)>,
    /// By message: the running deliveries, and whether there was one.
    pub(super) deliveries: BTreeMap<usize, (u8, bool)>,
    /// The invocation that made the last call, if the order of that call mattered.
    last: Option<u64>,
}

impl Run {
    pub(super) fn new(scenario: Scenario, tells_story: bool) -> Self {
        let world = World::explored(tells_story);
        let players = (0..scenario.players).map(|number| {
            let id = ConnectionId::from(format!("p{}", number + 1).as_str());
            world.join_socket(&id, Stream(u64::from(number)));
            Player::new(id)
        });
        let players = players.collect();
        let mut run = Self {
            world,
            left: scenario,
            players,
            invocations: Vec::new(),
            deliveries: BTreeMap::new(),
            last: None,
        };
        run.act();
        run
    }

    pub(super) fn violation(&self) -> Option<String> {
        let violation = self.world.violation.borrow();
        violation.as_ref().map(|(_, text)| text.clone())
    }

    pub(super) fn story(&self) -> Vec<String> {
        let story = self.world.story().map(|story| story.clone());
        story.unwrap_or_default()
    }

    /// No function runs.
    pub(super) fn is_idle(&self) -> bool {
        self.invocations.is_empty()
    }

    pub(super) fn take(&mut self, choice: Choice) {
        match choice {
            Choice::Call(key, fate) => {
                self.interrupt(key);
                match fate {
                    Fate::Done => {}
                    Fate::Repeated => self.left.duplicates -= 1,
                    Fate::LateAndRepeated | Fate::LateAndFailed => self.left.late -= 1,
                }
                self.decide(key, fate);
            }
            Choice::Crash(index) => {
                self.left.crashes -= 1;
                self.crash(index);
            }
            Choice::Late(index) => {
                let (_, text, effect) = self.calls().late.borrow_mut().remove(index);
                self.world.tell(|| format!("{text} takes effect (late)"));
                effect(&self.world);
            }
            Choice::Deliver(message) => self.deliver(message),
            Choice::DeliverAgain(message) => {
                self.left.duplicates -= 1;
                self.world
                    .tell(|| "SQS delivers a message again".to_owned());
                self.deliver(message);
            }
            Choice::Leave(player) => {
                self.left.leaves -= 1;
                self.players[player].has_begun = true;
                let id = &self.players[player].id;
                self.world.tell_of(id, "leaves");
                self.world.close(id);
            }
        }
        self.act();
    }

    /// Every player does what its client does: it joins, plays, and joins again if it is refused. API Gateway reports
    /// closed connections. The calls of these invocations may still happen at any later time.
    fn act(&mut self) {
        for player in 0..self.players.len() {
            let (view, is_open) = (self.view(player), self.is_open(player));
            let state = &mut self.players[player];
            if !is_open {
                if !state.has_disconnected {
                    state.has_disconnected = true;
                    self.send(Subject::Disconnect(player));
                }
            } else if view.may_play && !state.has_played {
                state.has_played = true;
                self.send(Subject::Play(player));
            } else if state.joins == 0
                || (view.is_refused && !state.awaits_answer.get() && state.joins < MAX_JOINS)
            {
                state.joins += 1;
                self.send(Subject::Join(player));
            }
        }
    }

    /// The invocation that an interruption would interrupt.
    pub(super) fn running(&self) -> Option<u64> {
        self.last.filter(|id| self.index_of(*id).is_some())
    }

    /// The invocation makes this call. Counts the interruption if another invocation runs.
    fn interrupt(&mut self, key: (u64, u64)) {
        let is_private = |call: &Waiting| self.is_private(call, self.may_join());
        let is_private = self
            .calls()
            .waiting
            .borrow()
            .get(&key)
            .is_some_and(is_private);
        if is_private || self.left.interruptions.is_none() {
            return;
        }
        if self.running().is_some_and(|last| last != key.0) {
            let left = self.left.interruptions.map(|left| left.saturating_sub(1));
            self.left.interruptions = left;
        }
        self.last = Some(key.0);
    }

    /// Lets a call happen, and its invocation continue to its next calls.
    fn decide(&mut self, key: (u64, u64), fate: Fate) {
        if let Some(call) = self.calls().waiting.borrow_mut().get_mut(&key) {
            call.fate = Some(fate);
        }
        let index = self.index_of(key.0).expect("a running invocation");
        self.begin(index);
        self.poll(index);
    }

    fn begin(&mut self, index: usize) {
        if let Subject::Join(player) = self.invocations[index].1 {
            self.players[player].has_begun = true;
        }
    }

    fn poll(&mut self, index: usize) {
        let mut context = Context::from_waker(Waker::noop());
        let (_, _, invocation) = &mut self.invocations[index];
        if invocation.as_mut().poll(&mut context).is_ready() {
            self.remove(index);
        }
    }

    fn crash(&mut self, index: usize) {
        self.begin(index);
        let subject = self.remove(index);
        self.world
            .tell(|| format!("the function of {subject:?} dies"));
        if let Subject::Join(player) | Subject::Play(player) = subject {
            self.players[player].awaits_answer.set(false);
            if self.is_open(player) {
                let id = &self.players[player].id;
                self.world.deliver_frame(id, Frame::Failure);
            }
        }
    }

    fn remove(&mut self, index: usize) -> Subject {
        let (id, subject, _) = self.invocations.remove(index);
        let calls = self.calls();
        calls.waiting.borrow_mut().retain(|key, _| key.0 != id);
        calls.answers.borrow_mut().remove(&id);
        if let Subject::Message(message) = subject {
            let (running, _) = self.deliveries.entry(message).or_default();
            *running -= 1;
        }
        subject
    }

    fn send(&mut self, subject: Subject) {
        let join = match (self.left.in_room, self.left.house) {
            (true, _) => JOIN_ROOM,
            (_, true) => JOIN_HOUSE,
            (false, false) => JOIN,
        };
        let (player, route, body, number) = match subject {
            Subject::Join(player) => (player, "join-game", join, self.players[player].joins),
            Subject::Play(player) => (player, "receive-play", PLAY, 100),
            Subject::Disconnect(player) => (player, "$disconnect", "", 200),
            Subject::Message(_) => return,
        };
        let stream = Stream(100 + player as u64).child(u64::from(number));
        let (world, id) = (Rc::clone(&self.world), self.players[player].id.clone());
        let awaits_answer = Rc::clone(&self.players[player].awaits_answer);
        awaits_answer.set(route != "$disconnect");
        self.world
            .tell_of(&id, if body.is_empty() { route } else { body });
        let invocation = async move {
            let response = world.invoke_route(route, &id, body, stream).await;
            awaits_answer.set(false);
            let answer = response.and_then(|it| it.body).unwrap_or_default();
            if let Ok(message) = serde_json::from_str(&answer)
                && world.socket(&id, |socket| socket.is_open())
            {
                world.tell_of(&id, &format!("is answered {answer}"));
                world.deliver_frame(&id, Frame::Message(message));
            }
        };
        self.start(stream, subject, Box::pin(invocation));
    }

    fn deliver(&mut self, index: usize) {
        let delivery = self.deliveries.entry(index).or_default();
        *delivery = (delivery.0 + 1, true);
        let message = self.world.queue().messages[index].clone();
        // Two deliveries at the same time are different invocations.
        let id_of = |slot: u8| {
            let mut hasher = DefaultHasher::new();
            (&message.body, slot).hash(&mut hasher);
            hasher.finish()
        };
        let is_free = |id: &u64| self.index_of(*id).is_none();
        let id = (0..=u8::MAX).map(id_of).find(is_free).unwrap_or_default();
        let (world, stream) = (Rc::clone(&self.world), Stream(id));
        let invocation = async move {
            let failures = world.decide(&[(index, message)], stream).await;
            if failures.is_some_and(|failures| failures.is_empty()) {
                world.queue().messages[index].state = State::Deleted;
            }
        };
        self.start(stream, Subject::Message(index), Box::pin(invocation));
    }

    fn start(&mut self, stream: Stream, subject: Subject, invocation: Invocation) {
        self.invocations.push((stream.0, subject, invocation));
        self.poll(self.invocations.len() - 1);
    }

    /// Without more faults, everything comes to rest. Checks the guarantees at rest.
    pub(super) fn rest(&mut self) {
        for _ in 0..4 {
            self.world.executor.advance(LEASE_US);
            for player in 0..self.players.len() {
                if self.is_open(player) && !self.view(player).is_settled() {
                    self.players[player].joins += 1;
                    self.send(Subject::Join(player));
                }
                self.finish();
            }
            let messages = self.world.queue().messages.len();
            for index in 0..messages {
                if self.world.queue().messages[index].state == State::Queued {
                    self.deliver(index);
                    self.finish();
                }
            }
        }
        for player in 0..self.players.len() {
            let id = &self.players[player].id;
            self.world.believe(id, self.view(player).belief);
        }
        check_players(&self.world);
        check_games(&self.world);
    }

    /// Lets all invocations return, without faults.
    fn finish(&mut self) {
        loop {
            let first = self.calls().waiting.borrow().keys().next().copied();
            let Some(key) = first else { return };
            self.decide(key, Fate::Done);
            self.act();
        }
    }

    pub(super) fn is_open(&self, player: usize) -> bool {
        self.world
            .socket(&self.players[player].id, |it| it.is_open())
    }

    pub(super) fn view(&self, player: usize) -> View {
        let id = &self.players[player].id;
        self.world.socket(id, |socket| View::new(&socket.inbox))
    }

    pub(super) fn calls(&self) -> &Calls<World> {
        self.world.calls.as_ref().expect("an explored world")
    }
}

impl Drop for Run {
    /// The world owns tasks that refer to it.
    fn drop(&mut self) {
        self.world.executor.clear();
    }
}
