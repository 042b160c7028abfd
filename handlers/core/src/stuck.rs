//! What does not go on by itself any more: games whose message is lost, and messages whose game is.

use crate::names::{LAST_DELIVERY_MS, LEASE_MS};
use crate::{Game, Tick, TickRefusal};

/// Why a game does not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// It has had more rounds than its rules allow.
    PastRounds,
    /// Its round should have been decided before the last delivery of its message: that is lost, or a dead
    /// letter.
    PastTime,
}

impl Game {
    /// Whether the game does not end by itself, and why.
    #[must_use]
    pub fn stuck(&self, now_ms: u64) -> Option<Stuck> {
        if self.round > u32::from(self.rules.max_rounds()) {
            return Some(Stuck::PastRounds);
        }
        (self.overdue_ms(now_ms) > LAST_DELIVERY_MS).then_some(Stuck::PastTime)
    }

    /// For how long the round's time has been over, milliseconds; 0 before that.
    #[must_use]
    pub fn overdue_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.deadline_ms)
    }
}

impl Tick {
    /// Whether this tick, sent `age_ms` ago, has something to do, given its game as it is stored: to close the
    /// round, or to wait for a round that its sender may still be about to store.
    #[must_use]
    pub fn is_needed(&self, game: Option<&Game>, age_ms: u64) -> bool {
        let is_early = match game.map(|game| game.clock(self)) {
            Some(Ok(_)) => return true,
            Some(Err(refusal)) => refusal == TickRefusal::Ahead,
            // A first round may not be stored yet; a later one has had a game, which is over.
            None => self.round == 1,
        };
        is_early && age_ms < LEASE_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;

    const NOW: u64 = 1_000_000;

    fn game(round: u32) -> Game {
        let players = ["x".into(), "y".into()];
        let (game, _) = Game::start("g".into(), players, Rules::default(), NOW - 5000);
        Game { round, ..game }
    }

    #[test]
    fn stuck_by_rounds_or_time() {
        let last = NOW + LAST_DELIVERY_MS;
        for (round, now_ms, stuck) in [
            (1, 0, None),
            (1, last, None),
            (1, last + 1, Some(Stuck::PastTime)),
            (5, NOW, None),
            (6, NOW, Some(Stuck::PastRounds)),
            (40, last + 1, Some(Stuck::PastRounds)),
        ] {
            assert_eq!(game(round).stuck(now_ms), stuck, "{round} {now_ms}");
        }
    }

    #[test]
    fn a_tick_is_needed_by_its_round_only() {
        let of = |round| game(round).tick();
        let other = Tick {
            deadline_ms: NOW + 1,
            ..of(2)
        };
        let (young, old) = (LEASE_MS - 1, LEASE_MS);
        for (tick, stored, age_ms, needed) in [
            (of(2), Some(game(2)), old, true),
            (of(1), Some(game(2)), young, false),
            (other, Some(game(2)), young, false),
            (of(3), Some(game(2)), young, true),
            (of(3), Some(game(2)), old, false),
            (of(1), None, young, true),
            (of(1), None, old, false),
            (of(2), None, young, false),
        ] {
            let found = tick.is_needed(stored.as_ref(), age_ms);
            assert_eq!(found, needed, "{tick:?} {stored:?} {age_ms}");
        }
    }
}
