//! What may happen next in a run.

use super::clients::MAX_JOINS;
use super::run::{Choice, Run, Subject};
use crate::calls::{Fate, Target, Waiting};
use crate::state::State;

impl Run {
    pub(super) fn choices(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        let waiting = self.calls().waiting.borrow();
        let may_join = self.may_join();
        let private = waiting
            .iter()
            .filter(|(_, call)| self.is_private(call, may_join));
        if let Some((key, call)) = private.min_by_key(|(key, call)| (key.0, &call.text)) {
            if call.target == Target::Queue {
                self.fates(*key, call, &mut choices);
            } else {
                choices.push(Choice::Call(*key, Fate::Done));
            }
            if self.left.crashes > 0 {
                choices.extend(self.index_of(key.0).map(Choice::Crash));
            }
            return choices;
        }
        for (key, call) in &*waiting {
            if self.index_of(key.0).is_some_and(|it| self.may_begin(it)) {
                self.fates(*key, call, &mut choices);
            }
        }
        if self.left.crashes > 0 {
            let invocations = (0..self.invocations.len()).filter(|index| self.may_begin(*index));
            choices.extend(invocations.map(Choice::Crash));
        }
        choices.extend((0..self.calls().late.borrow().len()).map(Choice::Late));
        self.deliveries(&mut choices);
        self.departures(&mut choices);
        if self.left.interruptions == Some(0)
            && let Some(id) = self.running()
        {
            choices.retain(|choice| self.may_happen_during(id, choice));
        }
        choices
    }

    fn deliveries(&self, choices: &mut Vec<Choice>) {
        for (index, message) in self.world.queue().messages.iter().enumerate() {
            let (running, was_delivered) = self.deliveries.get(&index).copied().unwrap_or_default();
            let outlasts = message.outlasts.and_then(|sender| self.index_of(sender));
            if message.state == State::Queued && running == 0 && outlasts.is_none() {
                choices.push(Choice::Deliver(index));
            } else if was_delivered && self.left.duplicates > 0 {
                choices.push(Choice::DeliverAgain(index));
            }
        }
    }

    fn departures(&self, choices: &mut Vec<Choice>) {
        if self.left.leaves > 0 {
            let players = (0..self.players.len()).filter(|index| self.is_next(*index));
            choices.extend(players.filter(|it| self.is_open(*it)).map(Choice::Leave));
        }
        if self.may_cut() {
            choices.push(Choice::Cut);
        }
    }

    /// It does not interrupt this invocation. A message that is delivered meanwhile could as well be delivered later.
    fn may_happen_during(&self, id: u64, choice: &Choice) -> bool {
        match choice {
            Choice::Call(key, _) => key.0 == id,
            Choice::Crash(index) => self.invocations[*index].0 == id,
            Choice::Late(_) | Choice::Leave(_) | Choice::Cut => true,
            Choice::Deliver(_) | Choice::DeliverAgain(_) => false,
        }
    }

    /// Its order with other calls makes no difference: nobody sees a message before its delivery, and what is closed or
    /// removed never returns.
    pub(super) fn is_private(&self, call: &Waiting, may_join: bool) -> bool {
        let table = self.world.table.borrow();
        match &call.target {
            Target::Queue => true,
            Target::Socket(id) => !self.world.socket(id, |it| it.is_open()),
            Target::Connection(id) => !table.connections.contains_key(id),
            Target::Lobby(room) => !may_join && !table.lobbies.contains_key(room),
            Target::Game(id) => !may_join && !table.games.contains_key(id),
        }
    }

    /// A join may still store a game or enter the lobby: one runs, or a call that fails makes a player join again.
    pub(super) fn may_join(&self) -> bool {
        let mut subjects = self.invocations.iter().map(|(_, subject, _)| subject);
        let mut players = self.players.iter();
        !self.calls().late.borrow().is_empty()
            || subjects.any(|subject| matches!(subject, Subject::Join(_)))
            || ((self.left.crashes > 0 || self.left.late > 0)
                && players.any(|it| {
                    it.joins < MAX_JOINS && !it.has_disconnected && it.lost_seat.is_none()
                }))
    }

    fn fates(&self, key: (u64, u64), call: &Waiting, choices: &mut Vec<Choice>) {
        choices.push(Choice::Call(key, Fate::Done));
        if !call.is_read && self.left.duplicates > 0 {
            choices.push(Choice::Call(key, Fate::Repeated));
        }
        if !call.is_read && self.left.late > 0 {
            choices.push(Choice::Call(key, Fate::LateAndRepeated));
            choices.push(Choice::Call(key, Fate::LateAndFailed));
        }
    }

    pub(super) fn index_of(&self, invocation: u64) -> Option<usize> {
        self.invocations
            .iter()
            .position(|(id, ..)| *id == invocation)
    }

    fn may_begin(&self, invocation: usize) -> bool {
        match self.invocations[invocation].1 {
            Subject::Join(player)
            | Subject::Resume(player)
            | Subject::Play(player)
            | Subject::Disconnect(player) => self.is_next(player),
            Subject::Message(_) => true,
        }
    }

    fn is_next(&self, player: usize) -> bool {
        player == 0 || self.players[player].has_begun || self.players[player - 1].has_begun
    }
}
