//! Stuck games: an operator must end them, because their round timer is lost or keeps failing.

use rps_game::Game;

/// A game that is overdue for longer is stuck, milliseconds. While the system works, a round timer arrives
/// within seconds; after two minutes, five deliveries have failed, and the players have given up. The timer may
/// still end the game later, but nobody should wait for its last delivery
/// ([`DELIVERIES_S`](crate::names::DELIVERIES_S)).
pub const STUCK_AFTER_MS: u64 = 2 * 60 * 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// The game is in a round that its rules do not allow.
    PastRounds,
    /// The round should have been decided two minutes ago. Its timer is lost, a dead letter, or keeps failing.
    PastTime,
}

pub fn stuck(game: &Game, now_ms: u64) -> Option<Stuck> {
    if game.round > u32::from(game.rules.max_rounds()) {
        return Some(Stuck::PastRounds);
    }
    (game.overdue_ms(now_ms) > STUCK_AFTER_MS).then_some(Stuck::PastTime)
}

#[cfg(test)]
mod tests {
    use rps_game::Rules;

    use super::*;

    const NOW: u64 = 1_000_000;

    fn game(round: u32) -> Game {
        let players = ["x".into(), "y".into()];
        let game = Game::start("g".into(), players, Rules::default(), NOW - 5000);
        Game { round, ..game }
    }

    #[test]
    fn a_game_is_stuck_by_rounds_or_time() {
        let last = NOW + STUCK_AFTER_MS;
        for (round, now_ms, stuck) in [
            (1, 0, None),
            (1, last, None),
            (1, last + 1, Some(Stuck::PastTime)),
            (5, NOW, None),
            (6, NOW, Some(Stuck::PastRounds)),
            (40, last + 1, Some(Stuck::PastRounds)),
        ] {
            let reason = super::stuck(&game(round), now_ms);
            assert_eq!(reason, stuck, "{round} {now_ms}");
        }
    }
}
