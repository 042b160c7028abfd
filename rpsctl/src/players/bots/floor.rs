//! Who may join, so that exactly the games wanted are played and nobody is left without an opponent.

use std::collections::HashSet;

use rps_game::GameId;

#[derive(Debug)]
pub(super) struct Floor {
    games: usize,
    met: HashSet<GameId>,
    /// Players who have joined, or are about to, and have no game yet.
    pending: usize,
    playing: usize,
    /// Counts games met and left.
    steps: u64,
}

impl Floor {
    pub(super) fn new(games: usize) -> Self {
        Self {
            games,
            met: HashSet::new(),
            pending: 0,
            playing: 0,
            steps: 0,
        }
    }

    /// Whether one more player is needed: those pending are enough for half as many games.
    pub(super) fn needs_player(&self) -> bool {
        let planned = (self.pending + 1).div_ceil(2);
        self.met.len().saturating_add(planned) <= self.games
    }

    pub(super) fn admit(&mut self) -> bool {
        let needed = self.needs_player();
        self.pending += usize::from(needed);
        needed
    }

    pub(super) fn meet(&mut self, game: GameId) {
        self.met.insert(game);
        self.pending -= 1;
        self.playing += 1;
        self.steps += 1;
    }

    /// A player is gone who has played.
    pub(super) fn leave(&mut self) {
        self.playing -= 1;
        self.steps += 1;
    }

    /// A player is gone who had no game.
    pub(super) fn give_up(&mut self) {
        self.pending -= 1;
    }

    /// No more games than have begun.
    pub(super) fn close(&mut self) {
        self.games = self.games.min(self.met.len());
    }

    /// Whether all games are over: who is still pending has nobody to play with.
    pub(super) fn is_over(&self) -> bool {
        self.met.len() >= self.games && self.playing == 0
    }

    /// Grows while games begin and end.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::Floor;

    /// Admits as many as the floor takes.
    fn admit_all(floor: &mut Floor) -> usize {
        std::iter::from_fn(|| floor.admit().then_some(())).count()
    }

    #[test]
    fn two_players_a_game_and_not_one_more() {
        let mut floor = Floor::new(2);
        assert_eq!(admit_all(&mut floor), 4);
        for game in ["a", "a", "b", "b"] {
            assert!(!floor.is_over());
            floor.meet(game.into());
            assert_eq!(admit_all(&mut floor), 0);
        }
        for _ in 0..4 {
            assert!(!floor.is_over());
            floor.leave();
        }
        assert!(floor.is_over());
    }

    #[test]
    fn who_never_connected_is_replaced() {
        let mut floor = Floor::new(1);
        assert_eq!(admit_all(&mut floor), 2);
        floor.give_up();
        assert_eq!(admit_all(&mut floor), 1);
    }

    #[test]
    fn a_stranger_leaves_one_of_us_without_a_game() {
        let mut floor = Floor::new(1);
        admit_all(&mut floor);
        floor.meet("with a stranger".into());
        assert!(!floor.is_over(), "the game goes on");
        floor.leave();
        assert!(floor.is_over(), "and then the other one may go");
    }

    #[test]
    fn closed_early_only_games_under_way_end() {
        let mut floor = Floor::new(100);
        floor.admit();
        floor.admit();
        floor.meet("a".into());
        floor.meet("a".into());
        floor.close();
        assert_eq!(admit_all(&mut floor), 0);
        floor.leave();
        floor.leave();
        assert!(floor.is_over());
    }

    #[test]
    fn without_end() {
        let mut floor = Floor::new(usize::MAX);
        assert!(floor.admit() && floor.admit() && floor.admit());
        assert!(!floor.is_over());
    }
}
