//! What players were told, which must be one truth.

use std::collections::{BTreeSet, HashMap};

use rps_game::{ConnectionId, GameId, Outcome, Play, Reason, ServerMessage};

use super::world::World;

/// The game that starts by this message.
pub(crate) fn started(message: &ServerMessage) -> Option<&GameId> {
    match message {
        ServerMessage::GameStarted { game, .. } => Some(game),
        _ => None,
    }
}

/// Why a game ended by this message.
pub(crate) fn why(message: &ServerMessage) -> Option<Reason> {
    match message {
        ServerMessage::GameOver { reason, .. } => Some(*reason),
        _ => None,
    }
}

impl World {
    /// What that connection was told, in order.
    pub(crate) fn told(&self, id: &str) -> Vec<ServerMessage> {
        let told = self.sockets.told.borrow();
        told.iter()
            .filter(|(to, _)| to.as_str() == id)
            .map(|(_, m)| m.clone())
            .collect()
    }

    /// The first game whose start that connection was told.
    pub(crate) fn game_of(&self, id: &str) -> Option<GameId> {
        self.told(id).iter().find_map(started).cloned()
    }

    /// Why its games ended for that connection, without repeats.
    pub(crate) fn reasons(&self, id: &str) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = self.told(id).iter().filter_map(why).collect();
        reasons.dedup();
        reasons
    }

    /// Why its game ended.
    pub(crate) fn reason(&self, id: &str) -> Reason {
        let reasons = self.reasons(id);
        let first = reasons.first().copied();
        first.unwrap_or_else(|| panic!("{id} was never told of the end: {:?}", self.told(id)))
    }

    /// The ends of all games: who was told which, without repeats.
    pub(crate) fn ends(&self) -> HashMap<GameId, Vec<(ConnectionId, ServerMessage)>> {
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
    pub(crate) fn assert_one_truth(&self) {
        let mut players = BTreeSet::new();
        for (game, ends) in self.ends() {
            assert!(ends.len() <= 2, "{game}: {ends:?}");
            for (player, _) in &ends {
                let is_first = players.insert(player.clone());
                assert!(is_first, "{player} was told of two games: {ends:?}");
            }
            if let [(_, first), (_, second)] = &ends[..] {
                assert_eq!(mirrored(first), truth(second), "{game}");
            }
        }
    }
}

type Truth = (u32, Outcome, Reason, [Option<Play>; 2]);

fn truth(message: &ServerMessage) -> Truth {
    let ServerMessage::GameOver {
        rounds,
        outcome,
        reason,
        you,
        opponent,
        ..
    } = message
    else {
        panic!("{message:?}")
    };
    let plays = match (reason, opponent) {
        // Each hears of its own play only.
        (Reason::EndedByOperator, None) => [None, None],
        _ => [*you, *opponent],
    };
    (*rounds, *outcome, *reason, plays)
}

fn mirrored(message: &ServerMessage) -> Truth {
    let (rounds, outcome, reason, [you, opponent]) = truth(message);
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
    (rounds, outcome, reason, [opponent, you])
}
