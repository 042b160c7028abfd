//! The guarantees of docs/architecture.md as checks after every step. `rest.rs` has the checks at rest.

use rps_game::{
    CloseReason, ConnectionId, Game, GameId, Outcome, Play, Reason, Seat, ServerMessage, Settlement,
};

use crate::items::Items;
use crate::state::{ClosedRound, Guarantee, Truth};
use crate::world::World;

/// A round closes at most this much before its deadline: the functions' clocks differ.
const EARLY_MS: u64 = 1000;

impl World {
    /// Checks a change of a stored game.
    pub(crate) fn check_change(&self, table: &Items, before: Option<&Game>, after: &Game) {
        let mut truth = self.truth.borrow_mut();
        if before.is_none() {
            truth.games += 1;
            truth.note_seats(after);
            let players = after.players.clone();
            let earlier = truth.players.insert(after.id.clone(), players);
            let has_lost_timer = truth.lost_timers.contains(&after.id);
            if earlier.is_some() || has_lost_timer || self.now_ms() >= after.deadline_ms {
                truth.late_games.insert(after.id.clone());
                // Of two joiners who started this game, one was too late: that is another game with the same id.
                truth.receivers.remove(&after.id);
                truth.confirmed.retain(|(game, _, _), _| *game != after.id);
            }
            self.check_players_of(&truth, table, after);
        }
        if after.closed_by().is_some() {
            let key = (after.id.clone(), after.round);
            let may_end_early = after.rules.decide_early() && after.is_played();
            let due_ms = if may_end_early { 0 } else { after.deadline_ms };
            let plays = after.plays;
            truth.closed.insert(key, ClosedRound { plays, due_ms });
        }
        let Some(before) = before else { return };
        self.check_moves(&mut truth, table, before, after);
        let is_decided = before.closed.is_none()
            && (after.closed == Some(CloseReason::ByClock) || after.round > before.round);
        let is_early = is_decided && self.is_early(&truth, &before.id, before.round);
        if is_early || !may_follow(before, after) {
            let (guarantee, id) = (Guarantee::RoundsAreDecidedOnce, &after.id);
            self.violate(guarantee, || {
                format!("{id} changes from {} to {}", brief(before), brief(after))
            });
        }
    }

    /// Checks the players of a new game.
    fn check_players_of(&self, truth: &Truth, table: &Items, game: &Game) {
        let is_strange = |id: &&ConnectionId| {
            let rooms = truth.rooms.get(*id);
            let waits_in = truth.waits_in.get(*id);
            // A game that its player does not claim means nothing: AWS stored it late.
            let connection = table.connections.get(*id);
            let claim = connection.and_then(|connection| connection.claim.as_ref());
            let plays = claim.is_some_and(|claim| claim.game == game.id);
            rooms.is_none_or(|rooms| !rooms.contains(&game.room))
                || (plays && waits_in.is_some_and(|room| *room != game.room))
        };
        let players = Seat::BOTH.into_iter().filter(|seat| !game.is_house(*seat));
        let mut players = players.map(|seat| game.player(seat));
        if let Some(id) = players.find(is_strange) {
            self.violate(Guarantee::OnePlacePerConnection, || {
                format!("{id} has not joined in the room of {}", game.id)
            });
        }
        if game.players[0] == game.players[1] {
            self.violate(Guarantee::OnePlacePerConnection, || {
                format!("{} plays against itself in {}", game.players[0], game.id)
            });
        }
    }

    /// The round's time is not up. An operator may end a game earlier.
    fn is_early(&self, truth: &Truth, game: &GameId, round: u32) -> bool {
        let closed = truth.closed.get(&(game.clone(), round));
        let due_ms = closed.map_or(0, |round| round.due_ms);
        let is_running = self.calls.is_none() && self.now_ms() + EARLY_MS < due_ms;
        is_running && !truth.ended_by_operator.contains(game)
    }

    /// Checks a message that API Gateway accepted for an open connection.
    pub(crate) fn check_told(&self, to: &ConnectionId, message: &ServerMessage) {
        let Some(game) = game_of(message) else { return };
        let mut truth = self.truth.borrow_mut();
        let known = truth.game_of.entry(to.clone()).or_insert(game.clone());
        if known != game {
            self.violate(Guarantee::OnePlacePerConnection, || {
                format!("{to} is in {known}, and is told {}", message.to_frame())
            });
        }
        let told = match message {
            ServerMessage::PlayReceived { round, play, .. } => {
                truth.confirm(game, to, *round, *play);
                Ok(())
            }
            ServerMessage::GameResumed { round, you, .. } => {
                truth.check_resumed(game, to, *round, *you)
            }
            ServerMessage::RoundDrawn { round, you, .. } => {
                let drawn = truth.closed.get(&(game.clone(), *round));
                let is_true = drawn.is_some_and(|round| round.plays == [Some(*you); 2]);
                let is_confirmed = truth.confirms(game, to, *round, Some(*you));
                (is_true && is_confirmed)
                    .then_some(())
                    .ok_or("the plays are different")
            }
            ServerMessage::GameOver { rounds, reason, .. } => {
                let is_undecided = matches!(reason, Reason::OpponentLeft | Reason::EndedByOperator);
                if !is_undecided && self.is_early(&truth, game, *rounds) {
                    Err("the round's time is not up")
                } else {
                    truth.check_ending(to, game, message)
                }
            }
            _ => Ok(()),
        };
        if let Err(reason) = told {
            self.violate(Guarantee::SameTruthForBoth, || {
                format!("{to} is told {}, but {reason}", message.to_frame())
            });
        }
    }

    /// Checks the disconnect of an open connection by a function.
    pub(crate) fn check_disconnect(&self, id: &ConnectionId) {
        let (table, truth) = (self.table.borrow(), self.truth.borrow());
        if truth.by_operator.contains(id) {
            return;
        }
        let connection = table.connections.get(id);
        let claim = connection.and_then(|connection| connection.claim.as_ref());
        let mut places = table.lobbies.values().filter_map(|it| it.places.get(id));
        // A player who plays may have a leftover place.
        let waits = places.any(|game| claim.is_none_or(|claim| claim.game == *game));
        if connection.is_some() && waits {
            self.violate(Guarantee::OnePlacePerConnection, || {
                format!("{id} waits, and is disconnected")
            });
        }
        if let Some(claim) = claim {
            let plays = table
                .games
                .get(&claim.game)
                .is_some_and(|game| game.closed_by().is_none() && game.players.contains(id));
            if plays {
                self.violate(Guarantee::OnePlacePerConnection, || {
                    format!("{id} is in {}, and is disconnected", claim.game)
                });
            }
        }
        if !truth.endings.contains_key(id) && !truth.replaced.contains(id) {
            self.violate(Guarantee::SameTruthForBoth, || {
                format!("{id} is disconnected before it is told the result")
            });
        }
    }
}

impl Truth {
    fn check_ending(
        &mut self,
        to: &ConnectionId,
        game: &GameId,
        message: &ServerMessage,
    ) -> Result<(), &'static str> {
        let ServerMessage::GameOver { rounds, you, .. } = message else {
            return Ok(());
        };
        *self.repeats.entry(to.clone()).or_default() += 1;
        let earlier = self.endings.insert(to.clone(), message.clone());
        if earlier.is_some_and(|earlier| earlier != *message) {
            return Err("it was told another result");
        }
        let seat = self.seat_of(game, to);
        if !self.confirms(game, to, *rounds, *you) {
            return Err("another play was confirmed");
        }
        let Some(round) = self.closed.get(&(game.clone(), *rounds)) else {
            return Err("that round is not closed");
        };
        if seat.is_none_or(|seat| round.plays[seat as usize] != *you) {
            return Err("the stored play is different");
        }
        let receivers = self.receivers.entry(game.clone()).or_default();
        receivers.insert(to.clone());
        for other in receivers.iter().filter(|other| *other != to) {
            let Some(ending) = self.endings.get(other) else {
                continue;
            };
            let is_same = if self.seats.get(&(game.clone(), other.clone())) == seat.as_ref() {
                ending == message
            } else {
                agree(ending, message)
            };
            if !is_same {
                return Err("another connection was told another result");
            }
        }
        Ok(())
    }
}

fn game_of(message: &ServerMessage) -> Option<&GameId> {
    match message {
        ServerMessage::GameStarted { game, .. }
        | ServerMessage::GameResumed { game, .. }
        | ServerMessage::PlayReceived { game, .. }
        | ServerMessage::RoundDrawn { game, .. }
        | ServerMessage::GameOver { game, .. } => Some(game),
        ServerMessage::Waiting {} | ServerMessage::Error { .. } => None,
    }
}

fn may_follow(before: &Game, after: &Game) -> bool {
    let decided = Game {
        closed: before.closed_by(),
        ..before.clone()
    };
    let is_drawn = matches!(decided.settle(0), Settlement::NextRound { .. });
    if before.round_timer() != after.round_timer() {
        let house = after.house.map(|house| house.play(after.round));
        let is_fresh = after.closed.is_none() && after.plays == [None, house];
        return is_drawn && is_fresh && after.round == before.round + 1;
    }
    let may_close = before.closed == after.closed
        || decided.closed.is_none()
        || decided.closed == after.closed
        || (is_drawn && after.closed == Some(CloseReason::ByOperator));
    let keeps =
        |(before, after): (&Option<Play>, &Option<Play>)| before.is_none() || before == after;
    let keeps_plays = before.plays.iter().zip(&after.plays).all(keeps);
    may_close && keeps_plays && (before.closed.is_none() || before.plays == after.plays)
}

fn brief(game: &Game) -> String {
    let Game {
        round,
        deadline_ms,
        plays,
        closed,
        ..
    } = game;
    format!("round {round}, deadline {deadline_ms}, plays {plays:?}, closed {closed:?}")
}

/// Whether two opponents were told the same result.
pub fn agree(first: &ServerMessage, second: &ServerMessage) -> bool {
    let result = result(first);
    result.is_some() && result == mirrored(second)
}

type GameResult = (u32, Outcome, Reason, [Option<Play>; 2]);

fn result(message: &ServerMessage) -> Option<GameResult> {
    let ServerMessage::GameOver {
        rounds,
        outcome,
        reason,
        you,
        opponent,
        ..
    } = message
    else {
        return None;
    };
    let plays = match (reason, opponent) {
        // Each player sees only its own play.
        (Reason::EndedByOperator, None) => [None; 2],
        _ => [*you, *opponent],
    };
    // An absent player hears that it has not played.
    let reason = match reason {
        Reason::OpponentLeft => Reason::OpponentDidNotPlay,
        other => *other,
    };
    Some((*rounds, *outcome, reason, plays))
}

/// The result from the opponent's side.
fn mirrored(message: &ServerMessage) -> Option<GameResult> {
    let (rounds, outcome, reason, [you, opponent]) = result(message)?;
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
    Some((rounds, outcome, reason, [opponent, you]))
}
