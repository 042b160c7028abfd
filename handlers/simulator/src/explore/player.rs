//! A connection of a player, and what has happened to it.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rps_game::ConnectionId;

/// A connection of a player.
#[derive(Debug)]
pub(super) struct Player {
    pub(super) id: ConnectionId,
    /// Joins, or resumes of a player who resumes.
    pub(super) joins: u8,
    pub(super) awaits_answer: Rc<Cell<bool>>,
    pub(super) has_played: bool,
    pub(super) has_disconnected: bool,
    /// Something has happened to this player. The players are alike, so the first event of each happens in their order.
    pub(super) has_begun: bool,
    /// The seat that the player takes again, instead of a join.
    pub(super) lost_seat: Option<LostSeat>,
}

/// The seat of a broken connection.
#[derive(Debug, Hash)]
pub(super) struct LostSeat {
    pub(super) broken: ConnectionId,
    /// The message that asks for the seat.
    pub(super) frame: String,
}

impl Player {
    pub(super) fn new(id: ConnectionId) -> Self {
        Self {
            id,
            joins: 0,
            awaits_answer: Rc::default(),
            has_played: false,
            has_disconnected: false,
            has_begun: false,
            lost_seat: None,
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
        (self.joins, facts, &self.lost_seat).hash(hasher);
    }
}
