//! Players. Each joins, plays and reads its frames as the players' page does. Faults let it leave, repeat itself,
//! come too late, or lie.

mod rounds;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rps_game::{ConnectionId, ErrorCode, ServerMessage};

use crate::faults::Fault;
use crate::meter::{Report, Times};
use crate::operators::disconnect_player;
use crate::state::{Belief, Frame};
use crate::stream::Stream;
use crate::world::World;

const SECOND_US: u64 = 1_000_000;
/// A client repeats a message without an answer after this time.
const ANSWER_US: u64 = 10 * SECOND_US;
/// A client whose game does not start, or whose outcome is late by this time, joins again.
const LATE_US: u64 = 10 * SECOND_US;
/// A client that waits without an opponent reconnects after this time.
const IDLE_US: u64 = 9 * 60 * SECOND_US;
/// It stops after this time.
const WAIT_US: u64 = 2 * 3600 * SECOND_US;
/// After this time, or up to twice as long, it repeats a message that was answered with `try-again`. It doubles the time
/// after each failure.
const RESEND_US: u64 = SECOND_US / 2;
const MAX_DOUBLINGS: u32 = 4;

const JOIN: &str = r#"{"action":"join-game"}"#;
const JOIN_HOUSE: &str = r#"{"action":"join-game","opponent":"bot"}"#;
const ROOMS: [&str; 2] = [
    r#"{"action":"join-game","room":"a"}"#,
    r#"{"action":"join-game","room":"b"}"#,
];
const LIES: [&str; 8] = [
    "",
    r#"{"action":"resume-game","game":"u3","seat":"00000000000000000000000000000001"}"#,
    r#"{"action":"$disconnect"}"#,
    r#"{"action":"join-game","game":"u1"}"#,
    r#"{"action":"join-game","room":""}"#,
    r#"{"action":"join-game","room":"a","opponent":"bot"}"#,
    r#"{"action":"receive-play","play":"well"}"#,
    r#"{"action":"receive-play","play":"rock","round":4294967295}"#,
];

#[derive(Debug)]
enum Action {
    Send(String),
    /// Sends a frame that the player's client never sends.
    Lie(&'static str),
    /// Joins again, unless something has happened in the game since this round began.
    Rejoin(u32),
    /// Closes the connection if no opponent has come.
    Reconnect,
    Close,
    Vanish,
    /// Resumes on another connection. Before, this one breaks, or not.
    Resume {
        breaks: bool,
    },
}

/// One connection of a player.
pub(crate) struct Visit {
    world: Rc<World>,
    me: ConnectionId,
    stream: Stream,
    sent: Cell<u64>,
    /// The last message, until it is answered, and when to repeat it.
    unanswered: RefCell<Option<(u64, String)>>,
    failures: Cell<u32>,
    agenda: RefCell<Vec<(u64, Action)>>,
    belief: Cell<Belief>,
    joined_us: Cell<u64>,
    /// The end of the play window.
    closes_us: Cell<u64>,
    /// 0: no game has started.
    round: Cell<u32>,
    reconnects: Cell<bool>,
    never_rejoins: Cell<bool>,
    /// The frame that takes the player's seat again.
    resume: RefCell<Option<String>>,
}

/// Comes, perhaps repeatedly, and plays.
pub(crate) async fn player(world: Rc<World>, name: String, max_visits: u64, stream: Stream) {
    world.pause(stream, 1000, 5 * SECOND_US).await;
    for number in 1..=max_visits {
        let stream = stream.child(number);
        let visit = Visit::new(&world, &format!("{name}v{number}"), stream);
        if !visit.run().await && !world.strikes(stream, Fault::Returns) {
            return;
        }
        world.pause(stream.child(1), 1000, 10 * SECOND_US).await;
    }
}

impl Visit {
    pub(crate) fn new(world: &Rc<World>, id: &str, stream: Stream) -> Self {
        Self {
            world: Rc::clone(world),
            me: id.into(),
            stream,
            sent: Cell::new(0),
            unanswered: RefCell::new(None),
            failures: Cell::new(0),
            agenda: RefCell::default(),
            belief: Cell::new(Belief::Joining),
            joined_us: Cell::new(0),
            closes_us: Cell::new(0),
            round: Cell::new(0),
            reconnects: Cell::new(false),
            never_rejoins: Cell::new(false),
            resume: RefCell::new(None),
        }
    }

    /// Returns true if the player reconnects.
    pub(crate) async fn run(self) -> bool {
        if self.strikes(Fault::EarlyOperator) {
            let (world, me, stream) = (Rc::clone(&self.world), self.me.clone(), self.stream);
            self.world.executor.spawn(async move {
                world.pause(stream.child(2), 1000, 50_000).await;
                disconnect_player(&world, &me, stream.child(3)).await;
            });
        }
        if !self.world.connect(&self.me, self.stream.child(1)).await {
            return false;
        }
        self.plan();
        loop {
            self.world.believe(&self.me, self.belief.get());
            match self.world.next_frame(&self.me, self.due_us()).await {
                Some(Frame::Closed) => break,
                Some(frame) => self.read(&frame),
                None => {
                    if !self.act() {
                        break;
                    }
                }
            }
        }
        self.world.believe(&self.me, Belief::Gone);
        self.reconnects.get()
    }

    /// Plans the visit: a join, and perhaps mischief.
    fn plan(&self) {
        let (now_us, stream) = (self.world.now_us(), self.stream);
        if let Some(frame) = self.resume.borrow().clone() {
            self.joined_us.set(now_us);
            return self.later(0, Action::Send(frame));
        }
        let mut agenda = self.agenda.borrow_mut();
        let later = |child: u64| now_us + stream.child(child).duration(1000, 20 * SECOND_US);
        let joins_house = self.strikes(Fault::JoinsHouse);
        let waits_first = stream.child(15).pick(&[true, false]);
        if joins_house {
            let at_us = if waits_first { later(16) } else { now_us };
            agenda.push((at_us, Action::Send(JOIN_HOUSE.to_owned())));
        }
        if !joins_house || waits_first {
            agenda.push((now_us, Action::Send(self.join_in(0))));
        }
        self.joined_us.set(now_us);
        self.never_rejoins.set(self.strikes(Fault::NeverRejoins));
        if self.strikes(Fault::JoinsTwice) {
            agenda.push((now_us, Action::Send(self.join_in(1))));
        }
        if self.strikes(Fault::JoinsAgain) {
            agenda.push((later(10), Action::Send(self.join_in(2))));
        }
        if self.strikes(Fault::Lies) {
            let lie = stream.child(11).pick(&LIES);
            agenda.push((later(12), Action::Lie(lie)));
        }
        if self.strikes(Fault::Leaves) {
            agenda.push((later(13), Action::Close));
        }
        if self.strikes(Fault::Vanishes) {
            agenda.push((later(14), Action::Vanish));
        }
    }

    /// The player's join, or one in another lobby.
    fn join_in(&self, number: u64) -> String {
        let stream = self.stream.child(20 + number);
        let is_elsewhere = number > 0 && self.world.strikes(stream, Fault::JoinsElsewhere);
        let in_room = self.strikes(Fault::JoinsRoom) != is_elsewhere;
        let room = self.stream.child(20).pick(&ROOMS);
        (if in_room { room } else { JOIN }).to_owned()
    }

    fn due_us(&self) -> u64 {
        let (agenda, unanswered) = (self.agenda.borrow(), self.unanswered.borrow());
        let due = agenda.iter().map(|(at_us, _)| *at_us);
        let repeat = unanswered.iter().map(|(at_us, _)| *at_us);
        due.chain(repeat).min().unwrap_or(u64::MAX)
    }

    /// Does what is due. Returns false if the visit is over.
    fn act(&self) -> bool {
        let now_us = self.world.now_us();
        let mut agenda = self.agenda.borrow_mut();
        let Some(due) = agenda.iter().position(|(at_us, _)| *at_us <= now_us) else {
            let mut unanswered = self.unanswered.borrow_mut();
            if let Some((repeat_us, frame)) = unanswered.as_mut().filter(|it| it.0 <= now_us) {
                *repeat_us = now_us + ANSWER_US;
                self.send(frame.clone());
            }
            return true;
        };
        let (_, action) = agenda.swap_remove(due);
        drop(agenda);
        self.perform(action, now_us)
    }

    fn perform(&self, action: Action, now_us: u64) -> bool {
        match action {
            Action::Send(frame) => {
                let repeat_us = now_us + ANSWER_US;
                *self.unanswered.borrow_mut() = Some((repeat_us, frame.clone()));
                self.send(frame);
            }
            Action::Rejoin(round) => {
                let is_in_game = matches!(self.belief.get(), Belief::InSomeGame | Belief::Playing);
                let may_rejoin = now_us < WAIT_US && !self.never_rejoins.get();
                if may_rejoin && is_in_game && self.round.get() == round {
                    self.later(0, Action::Send(self.join_in(0)));
                    self.later(LATE_US, Action::Rejoin(round));
                }
            }
            Action::Lie(frame) => self.send(frame.to_owned()),
            Action::Reconnect => return self.reconnect(now_us),
            Action::Close => {
                self.world.tell_of(&self.me, "leaves");
                self.world.close(&self.me);
                return false;
            }
            Action::Vanish => {
                self.world.vanish(&self.me);
                return false;
            }
            Action::Resume { breaks } => return self.resume_elsewhere(breaks),
        }
        true
    }

    fn measure_start(&self, round: u32) {
        if self.belief.get() == Belief::Joining {
            self.measure(|report| &mut report.answers, self.joined_us.get());
        }
        if round == 1 {
            self.measure(|report| &mut report.starts, self.joined_us.get());
        }
    }

    /// Adds the time since then.
    fn measure(&self, times: impl FnOnce(&mut Report) -> &mut Times, since_us: u64) {
        if let Some(meter) = &self.world.load {
            let time_us = self.world.now_us().saturating_sub(since_us);
            times(&mut meter.report.borrow_mut()).add(time_us);
        }
    }

    fn send(&self, frame: String) {
        if let Some(meter) = self
            .world
            .load
            .as_ref()
            .filter(|_| frame.contains("join-game"))
        {
            meter.report.borrow_mut().joins += 1;
        }
        let number = self.sent.replace(self.sent.get() + 1);
        let stream = self.stream.child(100 + number);
        self.world.send_frame(&self.me, frame, stream);
    }

    fn read(&self, frame: &Frame) {
        let is_answer = match frame {
            Frame::Failure => {
                self.repeat_soon();
                false
            }
            Frame::Message(ServerMessage::Error { code, .. }) => self.read_error(*code),
            Frame::Message(message) => {
                self.read_message(message);
                true
            }
            Frame::Closed => true,
        };
        if is_answer {
            self.unanswered.take();
            self.failures.set(0);
        }
    }

    /// Returns false if the player reconnects, because no opponent has come.
    fn reconnect(&self, now_us: u64) -> bool {
        // After a long outage, or joins in two lobbies, nothing else may end the wait. Otherwise the run shows that the
        // wait ends anyway.
        let faults = &self.world.faults;
        let has_reason = faults.has_struck(Fault::LongOutage)
            || Fault::JOINS_APART
                .iter()
                .any(|fault| faults.has_struck(*fault));
        let is_waiting = self.belief.get() == Belief::Waiting;
        let reconnects = is_waiting && has_reason && now_us < WAIT_US;
        if reconnects {
            self.reconnects.set(true);
            self.world.close(&self.me);
        }
        !reconnects
    }

    /// Returns false if the last message is not answered yet.
    fn read_error(&self, code: ErrorCode) -> bool {
        let belief = self.belief.get();
        match code {
            ErrorCode::TryAgain => {
                self.repeat_soon();
                return false;
            }
            ErrorCode::AlreadyWaiting => self.wait(),
            ErrorCode::AlreadyInAGame if matches!(belief, Belief::Joining | Belief::Waiting) => {
                self.belief.set(Belief::InSomeGame);
                self.later(LATE_US, Action::Rejoin(0));
            }
            ErrorCode::NotInAGame
                if belief == Belief::Joining && self.resume.borrow().is_some() =>
            {
                self.later(0, Action::Close);
            }
            // The answer to a lie. The join is not answered yet.
            _ if belief == Belief::Joining => return false,
            _ => {}
        }
        true
    }

    /// Repeats the last message. It waits longer after each failure.
    fn repeat_soon(&self) {
        if self.belief.get() == Belief::Over {
            self.unanswered.take();
        }
        let failures = self.failures.replace(self.failures.get() + 1);
        let pause_us = RESEND_US << failures.min(MAX_DOUBLINGS);
        let stream = self.stream.child(10_000 + u64::from(failures));
        let at_us = self.world.now_us() + stream.between(pause_us, 2 * pause_us);
        if let Some((repeat_us, _)) = &mut *self.unanswered.borrow_mut() {
            *repeat_us = at_us;
        }
    }

    /// A `waiting` that arrives after `game-started` is ignored.
    fn wait(&self) {
        if matches!(self.belief.get(), Belief::Joining | Belief::InSomeGame) {
            self.measure(|report| &mut report.answers, self.joined_us.get());
            self.belief.set(Belief::Waiting);
            self.later(IDLE_US, Action::Reconnect);
        }
    }

    fn later(&self, pause_us: u64, action: Action) {
        let at_us = self.world.now_us() + pause_us;
        self.agenda.borrow_mut().push((at_us, action));
    }

    fn strikes(&self, fault: Fault) -> bool {
        self.world.strikes(self.stream, fault)
    }
}
