//! What a player does in its game: it plays, and perhaps resumes on another connection.

use std::rc::Rc;

use rps_game::{Play, ServerMessage};
use serde_json::json;

use super::{Action, LATE_US, SECOND_US, Visit};
use crate::faults::Fault;
use crate::state::Belief;

impl Visit {
    /// A visit that begins with this frame instead of a join.
    fn resuming(&self, frame: String, breaks: bool) -> Self {
        let suffix = if breaks { "r" } else { "c" };
        let stream = self.stream.child(30 + u64::from(breaks));
        let visit = Self::new(&self.world, &format!("{}{suffix}", self.me), stream);
        visit.resume.replace(Some(frame));
        visit
    }

    /// Returns false if this connection is over.
    pub(super) fn resume_elsewhere(&self, breaks: bool) -> bool {
        let Some(frame) = self.resume.borrow().clone() else {
            return true;
        };
        let (visit, world) = (self.resuming(frame, breaks), Rc::clone(&self.world));
        let pause_us = self
            .stream
            .child(34 + u64::from(breaks))
            .duration(1000, 20 * SECOND_US);
        self.world.executor.spawn(async move {
            world.executor.sleep(pause_us).await;
            visit.run().await;
        });
        if breaks {
            self.world.cut(&self.me);
        }
        !breaks
    }

    /// Perhaps resumes within this time, or a little later.
    pub(super) fn plan_resume(&self, within_us: u64) {
        for (fault, breaks) in [(Fault::Cut, true), (Fault::CopiesSeat, false)] {
            if self.strikes(fault) {
                let stream = self.stream.child(32 + u64::from(breaks));
                // While the round is decided, most may go wrong.
                let is_late = stream.child(1).pick(&[true, false]);
                let from_us = if is_late { within_us } else { 1000 };
                let pause_us = stream.between(from_us, within_us + SECOND_US);
                self.later(pause_us, Action::Resume { breaks });
            }
        }
    }

    pub(super) fn start_round(&self, round: u32, play_within_ms: u64, has_played: bool) {
        if self.belief.get() == Belief::Over || round < self.round.get() {
            return;
        }
        self.measure_start(round);
        self.belief.set(Belief::Playing);
        self.round.set(round);
        let closes_us = self.world.now_us() + play_within_ms * 1000;
        self.closes_us.set(closes_us);
        self.later(play_within_ms * 1000 + LATE_US, Action::Rejoin(round));
        let stream = self.stream.child(1000 + u64::from(round));
        let strikes = |fault| self.world.strikes(stream, fault);
        if has_played || strikes(Fault::DoesNotPlay) {
            return;
        }
        let within_us = (play_within_ms * 1000).max(4000);
        let at_us = if strikes(Fault::PlaysAtDeadline) {
            stream
                .child(1)
                .between(within_us - within_us / 20, within_us + 1_100_000)
        } else {
            stream.child(1).between(1000, within_us * 3 / 4)
        };
        let play = stream.child(2).pick(&Play::ALL);
        let frame = |play: Play| {
            if strikes(Fault::NamesNoRound) {
                format!(r#"{{"action":"receive-play","play":"{play}"}}"#)
            } else {
                format!(r#"{{"action":"receive-play","play":"{play}","round":{round}}}"#)
            }
        };
        self.later(at_us, Action::Send(frame(play)));
        if strikes(Fault::RepeatsPlay) {
            let again_us = at_us + stream.child(3).duration(0, SECOND_US);
            self.later(again_us, Action::Send(frame(play)));
        }
        if strikes(Fault::ChangesPlay) {
            let other = stream.child(4).pick(&Play::ALL);
            let again_us = at_us + stream.child(5).duration(0, SECOND_US);
            self.later(again_us, Action::Send(frame(other)));
        }
    }

    pub(super) fn read_message(&self, message: &ServerMessage) {
        match message {
            ServerMessage::Waiting {} => self.wait(),
            ServerMessage::GameStarted {
                game,
                round,
                play_within_ms,
                seat,
                ..
            } => {
                let frame = json!({"action": "resume-game", "game": game, "seat": seat});
                self.resume.replace(Some(frame.to_string()));
                if self.round.get() == 0 {
                    self.plan_resume(play_within_ms * 1000);
                }
                self.start_round(*round, *play_within_ms, false);
            }
            ServerMessage::GameResumed {
                round,
                play_within_ms,
                you,
                ..
            } => self.start_round(*round, *play_within_ms, you.is_some()),
            ServerMessage::RoundDrawn {
                next_round,
                play_within_ms,
                ..
            } => self.start_round(*next_round, *play_within_ms, false),
            ServerMessage::GameOver { .. } => self.end(),
            ServerMessage::PlayReceived { .. } | ServerMessage::Error { .. } => {}
        }
    }

    fn end(&self) {
        self.measure(|report| &mut report.outcomes, self.closes_us.get());
        if self.belief.get() == Belief::Joining {
            // The answer to a resume: nothing else closes the connection.
            self.later(5 * SECOND_US, Action::Close);
        }
        self.belief.set(Belief::Over);
    }
}
