//! One run along a path of choices.

use std::collections::BTreeMap;
use std::future::Future;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};

use rps_game::ConnectionId;

use super::Scenario;
use super::player::Player;
use crate::calls::{Calls, Fate, Waiting};
use crate::rest::{check_games, check_players};
use crate::state::{Frame, State};
use crate::stream::Stream;
use crate::world::World;

const LEASE_US: u64 = 10_000_000;

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
    /// The first player's connection breaks.
    Cut,
}

/// What an invocation serves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    Join(usize),
    Resume(usize),
    Play(usize),
    Disconnect(usize),
    Message(usize),
}

pub(super) type Invocation = Pin<Box<dyn Future<Output = ()>>>;

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
            Choice::Cut => self.cut(),
        }
        self.act();
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
        if let Subject::Join(player) | Subject::Resume(player) | Subject::Play(player) = subject {
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

    pub(super) fn start(&mut self, stream: Stream, subject: Subject, invocation: Invocation) {
        self.invocations.push((stream.0, subject, invocation));
        self.poll(self.invocations.len() - 1);
    }

    /// Without more faults, everything comes to rest. Checks the guarantees at rest.
    pub(super) fn rest(&mut self) {
        for _ in 0..4 {
            self.world.executor.advance(LEASE_US);
            for player in 0..self.players.len() {
                self.act_late(player);
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
