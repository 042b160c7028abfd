//! Stuck games: they do not end by themselves, because their round timer is lost.

use rps_game::Game;

use crate::names::LAST_DELIVERY_MS;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// The game is in a round that its rules do not allow.
    PastRounds,
    /// The last delivery of the round timer is over, and the round is still undecided. The timer is lost
    /// or a dead letter.
    PastTime,
}

pub fn stuck(game: &Game, now_ms: u64) -> Option<Stuck> {
    if game.round > u32::from(game.rules.max_rounds()) {
        return Some(Stuck::PastRounds);
    }
    (game.overdue_ms(now_ms) > LAST_DELIVERY_MS).then_some(Stuck::PastTime)
}

#[cfg(test)]
mod tests {
    use rps_game::Rules;

    use super::*;

    const NOW: u64 = 1_000_000;

    fn game(round: u32) -> Game {
        let players = ["x".into(), "y".into()];
        let (game, _) = Game::start("g".into(), players, Rules::default(), NOW - 5000);
        Game { round, ..game }
    }

    #[test]
    fn a_game_is_stuck_by_rounds_or_time() {
        let last = NOW + LAST_DELIVERY_MS;
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
