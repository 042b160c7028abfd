//! The messages that players received. Both players of a game must get the same result.

use std::collections::{BTreeSet, HashMap};

use rps_game::{ConnectionId, GameId, Reason, ServerMessage};
use rps_simulator::agree;

use super::simulation::Simulation;

/// The started game, if this message starts one.
pub(crate) fn started_game(message: &ServerMessage) -> Option<&GameId> {
    match message {
        ServerMessage::GameStarted { game, .. } => Some(game),
        _ => None,
    }
}

/// The reason, if this message ends a game.
pub(crate) fn end_reason(message: &ServerMessage) -> Option<Reason> {
    match message {
        ServerMessage::GameOver { reason, .. } => Some(*reason),
        _ => None,
    }
}

impl Simulation {
    /// The connection's messages, in order.
    pub(crate) fn messages_to(&self, id: &str) -> Vec<ServerMessage> {
        let messages = self.players.messages.borrow();
        messages
            .iter()
            .filter(|(to, _)| to.as_str() == id)
            .map(|(_, m)| m.clone())
            .collect()
    }

    /// The first game that started for this connection.
    pub(crate) fn game_of(&self, id: &str) -> Option<GameId> {
        self.messages_to(id).iter().find_map(started_game).cloned()
    }

    /// The reasons of the connection's `game-over` messages, without repeats.
    pub(crate) fn reasons(&self, id: &str) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = self.messages_to(id).iter().filter_map(end_reason).collect();
        reasons.dedup();
        reasons
    }

    /// The reason of the connection's first `game-over` message.
    pub(crate) fn reason(&self, id: &str) -> Reason {
        let reasons = self.reasons(id);
        let first = reasons.first().copied();
        first.unwrap_or_else(|| panic!("{id} got no game-over: {:?}", self.messages_to(id)))
    }

    /// The `game-over` messages of all games and their receivers, without repeats.
    pub(crate) fn endings(&self) -> HashMap<GameId, Vec<(ConnectionId, ServerMessage)>> {
        let mut endings: HashMap<GameId, Vec<(ConnectionId, ServerMessage)>> = HashMap::new();
        for message in self.players.messages.borrow().iter() {
            if let ServerMessage::GameOver { game, .. } = &message.1 {
                let of_game = endings.entry(game.clone()).or_default();
                if !of_game.contains(message) {
                    of_game.push(message.clone());
                }
            }
        }
        endings
    }

    /// Asserts that each player got one result of one game, and that opponents' results match.
    pub(crate) fn assert_players_agree(&self) {
        let mut players = BTreeSet::new();
        for (game, endings) in self.endings() {
            assert!(endings.len() <= 2, "{game}: {endings:?}");
            for (player, _) in &endings {
                let is_first = players.insert(player.clone());
                assert!(is_first, "{player} got two results: {endings:?}");
            }
            if let [(_, first), (_, second)] = &endings[..] {
                assert!(agree(first, second), "{game}: {first:?} {second:?}");
            }
        }
    }
}
