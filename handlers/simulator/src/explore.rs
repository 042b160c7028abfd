//! Explores every order of the calls of a few players: model checking of the real functions. The clock stands still.
//!
//! A run follows a path of choices: which call happens next, which message is delivered, what a player does, and where one
//! of a few faults strikes. Futures cannot be copied, so each path starts a new run. States that were seen before end a
//! path. A state is the table, the queue, the sockets, what the players were told, and the answers that each running
//! invocation has received.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use rps_game::{ConnectionId, ServerMessage};

use crate::rest::{check_games, check_players};
use crate::state::{Belief, Frame, SocketState, State};
use crate::stream::Stream;
use crate::world::World;

const JOIN: &str = r#"{"action":"join-game"}"#;
const PLAY: &str = r#"{"action":"receive-play","play":"rock","round":1}"#;
const LEASE_US: u64 = 10_000_000;
/// A client repeats a join this often.
const MAX_JOINS: u8 = 2;

/// How many faults of each kind may strike in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Budget {
    /// An invocation dies between two calls, or before it answers.
    pub crashes: u8,
    /// A call takes effect twice, or a message is delivered twice.
    pub duplicates: u8,
    /// A write takes effect at any later time. Its invocation repeats the call, or gives up.
    pub late: u8,
}

#[derive(Debug, Default)]
pub struct Exploration {
    pub states: u64,
    pub runs: u64,
    /// The text of the first violation, and its story.
    pub violation: Option<(String, Vec<String>)>,
}

/// Explores all schedules of this many players, who join, play and leave.
pub fn explore(players: u8, budget: Budget) -> Exploration {
    let (mut seen, mut paths) = (HashSet::new(), vec![Vec::new()]);
    let mut exploration = Exploration::default();
    while let Some(path) = paths.pop() {
        exploration.runs += 1;
        let violation = follow(players, budget, path, &mut seen, &mut paths);
        if let Some((path, text)) = violation {
            exploration.violation = Some((text, story(players, budget, &path)));
            break;
        }
    }
    exploration.states = seen.len() as u64;
    exploration
}

type Path = Vec<u16>;

/// Follows the path, then always the first choice, until a state was seen before. Adds the other choices to `paths`.
/// Returns the path to a violation.
fn follow(
    players: u8,
    budget: Budget,
    mut path: Path,
    seen: &mut HashSet<u64>,
    paths: &mut Vec<Path>,
) -> Option<(Path, String)> {
    let mut run = Run::new(players, budget, false);
    let violation = |run: &Run| {
        run.world
            .violation
            .borrow()
            .as_ref()
            .map(|(_, text)| text.clone())
    };
    for choice in &path {
        run.take(usize::from(*choice));
    }
    loop {
        if let Some(text) = violation(&run) {
            return Some((path, text));
        }
        if !seen.insert(run.state()) {
            return None;
        }
        let choices = run.choices().len();
        let is_idle = run.invocations.is_empty();
        for choice in u16::from(!is_idle)..u16::try_from(choices).unwrap_or(u16::MAX) {
            paths.push([&path[..], &[choice]].concat());
        }
        if is_idle {
            run.rest();
            return violation(&run).map(|text| (path, text));
        }
        path.push(0);
        run.take(0);
    }
}

/// Follows the path again, and tells it.
fn story(players: u8, budget: Budget, path: &Path) -> Vec<String> {
    let mut run = Run::new(players, budget, true);
    for choice in path {
        run.take(usize::from(*choice));
    }
    if run.world.violation.borrow().is_none() {
        run.rest();
    }
    let story = run.world.story().map(|story| story.clone());
    story.unwrap_or_default()
}

/// What may happen to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Done,
    /// It takes effect, but its answer is lost: the SDK repeats it.
    Repeated,
    /// It takes effect later. The SDK repeats it.
    LateAndRepeated,
    /// It takes effect later. The SDK gives it up.
    LateAndFailed,
}

type Effect = Box<dyn FnOnce(&Rc<World>)>;

/// The calls that wait for their fate.
#[derive(Default)]
pub(crate) struct Calls {
    /// By invocation and number. `None`: undecided.
    waiting: RefCell<BTreeMap<(u64, u64), (bool, Option<Fate>)>>,
    late: RefCell<Vec<(String, Effect)>>,
    /// The answers of each invocation.
    answers: RefCell<BTreeMap<u64, u64>>,
}

impl Calls {
    pub(crate) async fn fate(&self, invocation: u64, number: u64, is_write: bool) -> Fate {
        let key = (invocation, number);
        self.waiting.borrow_mut().insert(key, (is_write, None));
        std::future::poll_fn(|_| {
            let mut waiting = self.waiting.borrow_mut();
            match waiting.get(&key) {
                Some((_, Some(fate))) => {
                    let fate = *fate;
                    waiting.remove(&key);
                    Poll::Ready(fate)
                }
                _ => Poll::Pending,
            }
        })
        .await
    }

    pub(crate) fn delay(&self, text: String, effect: Effect) {
        self.late.borrow_mut().push((text, effect));
    }

    pub(crate) fn remember(&self, invocation: u64, answer: &impl Debug) {
        let mut answers = self.answers.borrow_mut();
        let known = answers.entry(invocation).or_default();
        let mut hasher = DefaultHasher::new();
        (*known, format!("{answer:?}")).hash(&mut hasher);
        *known = hasher.finish();
    }
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Call((u64, u64), Fate),
    Crash(usize),
    Deliver(usize),
    DeliverAgain(usize),
    Late(usize),
    Join(usize),
    Play(usize),
    Leave(usize),
    Disconnect(usize),
}

/// What an invocation is for.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A frame or event of this player, and whether the player gets an answer.
    Route(usize, bool),
    /// The message with this index.
    Decide(usize),
}

type Invocation = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Debug, Default)]
struct Player {
    joins: u8,
    awaits_answer: Rc<Cell<bool>>,
    has_played: bool,
    disconnects: bool,
}

impl Hash for Player {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let awaits_answer = self.awaits_answer.get();
        (self.joins, awaits_answer, self.has_played, self.disconnects).hash(hasher);
    }
}

struct Run {
    world: Rc<World>,
    budget: Budget,
    players: Vec<Player>,
    /// By the invocation's stream.
    invocations: Vec<(u64, Kind, Invocation)>,
    /// By message: the running deliveries, and whether there was one.
    deliveries: BTreeMap<usize, (u8, bool)>,
}

impl Run {
    fn new(players: u8, budget: Budget, tells_story: bool) -> Self {
        let world = World::explored(tells_story);
        for number in 0..players {
            let id = name(usize::from(number));
            world.join_socket(&id, Stream(u64::from(number)));
        }
        Self {
            world,
            budget,
            players: (0..players).map(|_| Player::default()).collect(),
            invocations: Vec::new(),
            deliveries: BTreeMap::new(),
        }
    }

    fn choices(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        for (key, (is_write, _)) in &*self.calls().waiting.borrow() {
            choices.push(Choice::Call(*key, Fate::Done));
            if *is_write && self.budget.duplicates > 0 {
                choices.push(Choice::Call(*key, Fate::Repeated));
            }
            if *is_write && self.budget.late > 0 {
                choices.push(Choice::Call(*key, Fate::LateAndRepeated));
                choices.push(Choice::Call(*key, Fate::LateAndFailed));
            }
        }
        if self.budget.crashes > 0 {
            choices.extend((0..self.invocations.len()).map(Choice::Crash));
        }
        choices.extend((0..self.calls().late.borrow().len()).map(Choice::Late));
        for (index, message) in self.world.queue().messages.iter().enumerate() {
            let (running, was_delivered) = self.deliveries.get(&index).copied().unwrap_or_default();
            if message.state == State::Queued && running == 0 {
                choices.push(Choice::Deliver(index));
            } else if was_delivered && self.budget.duplicates > 0 {
                choices.push(Choice::DeliverAgain(index));
            }
        }
        for (index, player) in self.players.iter().enumerate() {
            self.choices_of(index, player, &mut choices);
        }
        choices
    }

    fn choices_of(&self, index: usize, player: &Player, choices: &mut Vec<Choice>) {
        let frames = self.frames(index);
        let is_open = self.world.socket(&name(index), |it| it.is_open());
        if !is_open {
            if !player.disconnects {
                choices.push(Choice::Disconnect(index));
            }
            return;
        }
        let is_refused = !player.awaits_answer.get() && frames.last().is_some_and(is_try_again);
        if player.joins == 0 || (is_refused && player.joins < MAX_JOINS) {
            choices.push(Choice::Join(index));
        }
        let is_started =
            |frame: &Frame| matches!(frame, Frame::Message(ServerMessage::GameStarted { .. }));
        if !player.has_played && frames.iter().any(is_started) {
            choices.push(Choice::Play(index));
        }
        if player.joins > 0 {
            choices.push(Choice::Leave(index));
        }
    }

    fn take(&mut self, index: usize) {
        let choice = self.choices()[index];
        match choice {
            Choice::Call(key, fate) => {
                match fate {
                    Fate::Done => {}
                    Fate::Repeated => self.budget.duplicates -= 1,
                    Fate::LateAndRepeated | Fate::LateAndFailed => self.budget.late -= 1,
                }
                self.decide(key, fate);
            }
            Choice::Crash(index) => {
                self.budget.crashes -= 1;
                self.crash(index);
            }
            Choice::Late(index) => {
                let (text, effect) = self.calls().late.borrow_mut().remove(index);
                self.world.tell(|| format!("{text} takes effect (late)"));
                effect(&self.world);
            }
            Choice::Deliver(message) => self.deliver(message),
            Choice::DeliverAgain(message) => {
                self.budget.duplicates -= 1;
                self.world
                    .tell(|| "SQS delivers a message again".to_owned());
                self.deliver(message);
            }
            Choice::Join(player) => {
                self.players[player].joins += 1;
                self.send(player, "join-game", JOIN);
            }
            Choice::Play(player) => {
                self.players[player].has_played = true;
                self.send(player, "receive-play", PLAY);
            }
            Choice::Leave(player) => {
                self.world.tell_of(&name(player), "leaves");
                self.world.close(&name(player));
            }
            Choice::Disconnect(player) => {
                self.players[player].disconnects = true;
                self.send(player, "$disconnect", "");
            }
        }
    }

    /// Lets a call happen, and its invocation continue to its next calls.
    fn decide(&mut self, key: (u64, u64), fate: Fate) {
        self.calls()
            .waiting
            .borrow_mut()
            .insert(key, (true, Some(fate)));
        let index = self.invocations.iter().position(|(id, ..)| *id == key.0);
        self.poll(index.expect("a running invocation"));
    }

    fn poll(&mut self, index: usize) {
        let mut context = Context::from_waker(Waker::noop());
        let (_, kind, invocation) = &mut self.invocations[index];
        if let Poll::Ready(()) = invocation.as_mut().poll(&mut context) {
            let kind = *kind;
            self.remove(index, kind);
        }
    }

    fn crash(&mut self, index: usize) {
        let (_, kind, _) = self.invocations[index];
        self.world.tell(|| format!("the function of {kind:?} dies"));
        self.remove(index, kind);
        if let Kind::Route(player, is_answered) = kind {
            self.players[player].awaits_answer.set(false);
            if is_answered && self.world.socket(&name(player), |it| it.is_open()) {
                self.world.deliver_frame(&name(player), Frame::Failure);
            }
        }
    }

    fn remove(&mut self, index: usize, kind: Kind) {
        let (id, _, _) = self.invocations.remove(index);
        self.calls()
            .waiting
            .borrow_mut()
            .retain(|key, _| key.0 != id);
        self.calls().answers.borrow_mut().remove(&id);
        if let Kind::Decide(message) = kind {
            let delivery = self.deliveries.entry(message).or_default();
            delivery.0 -= 1;
        }
    }

    fn send(&mut self, player: usize, route: &'static str, body: &'static str) {
        let state = &self.players[player];
        let number = u64::from(state.joins) * 4
            + u64::from(state.has_played) * 2
            + u64::from(state.disconnects);
        let stream = Stream(100 + player as u64).child(number);
        let (world, id, awaits) = (
            Rc::clone(&self.world),
            name(player),
            Rc::clone(&state.awaits_answer),
        );
        let is_answered = route != "$disconnect";
        awaits.set(is_answered);
        self.world.tell_of(
            &id,
            if is_answered {
                body
            } else {
                "is reported closed"
            },
        );
        let invocation = async move {
            let response = world.invoke_route(route, &id, body, stream).await;
            awaits.set(false);
            let body = response
                .and_then(|response| response.body)
                .unwrap_or_default();
            if let (true, Ok(message)) = (is_answered, serde_json::from_str(&body))
                && world.socket(&id, |socket| socket.is_open())
            {
                world.tell_of(&id, &format!("is answered {body}"));
                world.deliver_frame(&id, Frame::Message(message));
            }
        };
        self.start(
            stream,
            Kind::Route(player, is_answered),
            Box::pin(invocation),
        );
    }

    fn deliver(&mut self, index: usize) {
        let delivery = self.deliveries.entry(index).or_default();
        *delivery = (delivery.0 + 1, true);
        let message = self.world.queue().messages[index].clone();
        let id_of = |slot: u8| {
            let mut hasher = DefaultHasher::new();
            (&message.body, slot).hash(&mut hasher);
            hasher.finish()
        };
        let is_free = |id: &u64| self.invocations.iter().all(|(other, ..)| other != id);
        let id = (0..).map(id_of).find(is_free).unwrap_or_default();
        let (world, stream) = (Rc::clone(&self.world), Stream(id));
        let invocation = async move {
            let failures = world.decide(&[(index, message)], stream).await;
            if failures.is_some_and(|failures| failures.is_empty()) {
                world.queue().messages[index].state = State::Deleted;
            }
        };
        self.start(stream, Kind::Decide(index), Box::pin(invocation));
    }

    fn start(&mut self, stream: Stream, kind: Kind, invocation: Invocation) {
        self.invocations.push((stream.0, kind, invocation));
        self.poll(self.invocations.len() - 1);
    }

    /// Without more faults or choices, everything comes to rest. Checks the guarantees at rest.
    fn rest(&mut self) {
        for _ in 0..4 {
            self.world.executor.advance(LEASE_US);
            for player in 0..self.players.len() {
                let frames = self.frames(player);
                let is_open = self.world.socket(&name(player), |it| it.is_open());
                if !is_open && !self.players[player].disconnects {
                    self.players[player].disconnects = true;
                    self.send(player, "$disconnect", "");
                } else if is_open && self.players[player].joins > 0 && !is_settled(&frames) {
                    self.players[player].joins += 1;
                    self.send(player, "join-game", JOIN);
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
            let belief = belief(&self.frames(player));
            let joined = self.players[player].joins > 0;
            let belief = if joined { belief } else { Belief::Gone };
            self.world.believe(&name(player), belief);
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
        }
    }

    fn frames(&self, player: usize) -> Vec<Frame> {
        self.world.socket(&name(player), |socket| {
            let frames = socket.inbox.iter();
            frames.map(|(_, frame)| frame.clone()).collect()
        })
    }

    fn calls(&self) -> &Calls {
        self.world.calls.as_ref().expect("an explored world")
    }

    fn state(&self) -> u64 {
        let (world, calls) = (&self.world, self.calls());
        let mut hasher = DefaultHasher::new();
        format!("{:?}", world.table.borrow()).hash(&mut hasher);
        let queue = world.queue();
        let messages = queue.messages.iter().enumerate();
        let mut messages: Vec<_> = messages
            .map(|(index, it)| (&it.body, it.state as u8, self.deliveries.get(&index)))
            .collect();
        messages.sort();
        messages.hash(&mut hasher);
        for player in 0..self.players.len() {
            let state = world.socket(&name(player), |it| it.state == SocketState::Open);
            (state, format!("{:?}", self.frames(player))).hash(&mut hasher);
        }
        world.truth.borrow().state().hash(&mut hasher);
        self.players.hash(&mut hasher);
        self.budget.hash(&mut hasher);
        let late = calls.late.borrow();
        let late: Vec<_> = late.iter().map(|(text, _)| text).collect();
        late.hash(&mut hasher);
        calls.answers.borrow().hash(&mut hasher);
        calls
            .waiting
            .borrow()
            .keys()
            .collect::<Vec<_>>()
            .hash(&mut hasher);
        let mut running: Vec<_> = self.invocations.iter().map(|(id, ..)| *id).collect();
        running.sort_unstable();
        running.hash(&mut hasher);
        hasher.finish()
    }
}

fn name(player: usize) -> ConnectionId {
    format!("p{}", player + 1).as_str().into()
}

fn is_try_again(frame: &Frame) -> bool {
    let code = match frame {
        Frame::Message(ServerMessage::Error { code, .. }) => *code,
        Frame::Failure => return true,
        _ => return false,
    };
    code == rps_game::ErrorCode::TryAgain
}

/// What the player believes after these frames.
fn belief(frames: &[Frame]) -> Belief {
    frames
        .iter()
        .fold(Belief::Joining, |belief, frame| match frame {
            Frame::Message(ServerMessage::GameOver { .. }) => Belief::Over,
            _ if belief == Belief::Over => belief,
            Frame::Message(
                ServerMessage::GameStarted { .. } | ServerMessage::RoundDrawn { .. },
            ) => Belief::Playing,
            _ if belief == Belief::Playing => belief,
            Frame::Message(ServerMessage::Waiting {}) => Belief::Waiting,
            Frame::Message(ServerMessage::Error { code, .. }) => match code {
                rps_game::ErrorCode::AlreadyWaiting => Belief::Waiting,
                rps_game::ErrorCode::AlreadyInAGame => Belief::InSomeGame,
                _ => belief,
            },
            _ => belief,
        })
}

fn is_settled(frames: &[Frame]) -> bool {
    matches!(belief(frames), Belief::Waiting | Belief::Over)
}
