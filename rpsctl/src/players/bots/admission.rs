//! Limit joins, so that the bots play exactly the requested games and each bot finds an opponent.
//!
//! Bots are admitted in pairs: both join in the same room, or both without one. A bot that plays against the house needs
//! no partner.

use std::collections::HashSet;

use rps_game::{GameId, Opponent, Room};
use tokio::sync::watch;
use uuid::Uuid;

use crate::players::client::JoinKind;

/// The shares of the games that are in a room, or against the house. Their sum is at most 1.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rates {
    pub(crate) room: f64,
    pub(crate) bot: f64,
    /// Of the players, not of the games.
    pub(crate) resume: f64,
}

#[derive(Debug)]
pub(super) struct Admission {
    games: usize,
    rates: Rates,
    /// The joins that the next bots repeat: of bots who have no partner yet, or who gave up.
    open: Vec<JoinKind>,
    started: HashSet<GameId>,
    /// The seats of players who have joined, or are about to join, and have no game yet.
    pending: usize,
    playing: usize,
    /// Counts players who entered or left a game.
    steps: u64,
}

impl Admission {
    pub(super) fn new(games: usize) -> Self {
        Self {
            games,
            rates: Rates::default(),
            open: Vec::new(),
            started: HashSet::new(),
            pending: 0,
            playing: 0,
            steps: 0,
        }
    }

    pub(super) fn with_rates(self, rates: Rates) -> Self {
        Self { rates, ..self }
    }

    /// Changes the admission, and wakes the bots only if it changes what they wait for. Otherwise each step of a
    /// game would wake every waiting bot: the work would grow with the square of the number of bots.
    pub(super) fn update(admission: &watch::Sender<Self>, change: impl FnOnce(&mut Self)) {
        let decisions = |admission: &Self| (admission.needs_player(), admission.is_over());
        admission.send_if_modified(|admission| {
            let before = decisions(admission);
            change(admission);
            decisions(admission) != before
        });
    }

    /// Whether one more player is needed. Two pending seats are enough for one game.
    pub(super) fn needs_player(&self) -> bool {
        let planned = (self.pending + 1).div_ceil(2);
        self.started.len().saturating_add(planned) <= self.games
    }

    /// Admits a bot, if one more is needed.
    pub(super) fn admit(&mut self) -> Option<JoinKind> {
        if !self.needs_player() {
            return None;
        }
        let join = self.open.pop().unwrap_or_else(|| {
            let join = self.rates.draw();
            if join.opponent() == Opponent::Player {
                self.open.push(join.clone());
            }
            join
        });
        self.pending += seats(&join);
        Some(join)
    }

    pub(super) fn enter(&mut self, game: GameId, join: &JoinKind) {
        self.started.insert(game);
        self.pending -= seats(join);
        self.playing += 1;
        self.steps += 1;
    }

    /// A player's game is over.
    pub(super) fn leave(&mut self) {
        self.playing -= 1;
        self.steps += 1;
    }

    /// A player left without a game. Its partner needs another one.
    pub(super) fn give_up(&mut self, join: JoinKind) {
        self.pending -= seats(&join);
        self.open.push(join);
    }

    /// Admits no player for another game.
    pub(super) fn close(&mut self) {
        self.games = self.games.min(self.started.len());
    }

    /// Whether all games are over. Pending players have no opponent then.
    pub(super) fn is_over(&self) -> bool {
        self.started.len() >= self.games && self.playing == 0
    }

    /// Increases while games begin and end.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }
}

impl Rates {
    fn draw(self) -> JoinKind {
        let random = random();
        if random < self.bot {
            JoinKind::House
        } else if random < self.bot + self.room {
            new_room().map_or(JoinKind::Anyone, JoinKind::Room)
        } else {
            JoinKind::Anyone
        }
    }
}

/// The number of a game's two seats that this join fills: the house fills the second one.
fn seats(join: &JoinKind) -> usize {
    match join.opponent() {
        Opponent::Player => 1,
        Opponent::Bot => 2,
    }
}

/// True at this rate.
pub(super) fn happens(rate: f64) -> bool {
    random() < rate
}

/// From 0 to 1.
fn random() -> f64 {
    f64::from(Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

/// A code that no other player knows.
fn new_room() -> Option<Room> {
    Uuid::new_v4().simple().to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::JoinKind::{Anyone, House, Room};
    use super::{Admission, JoinKind, Rates};

    fn admit_all(admission: &mut Admission) -> usize {
        std::iter::from_fn(|| admission.admit()).count()
    }

    #[test]
    fn two_players_are_admitted_for_each_game() {
        let mut admission = Admission::new(2);
        assert_eq!(admit_all(&mut admission), 4);
        for game in ["a", "a", "b", "b"] {
            assert!(!admission.is_over());
            admission.enter(game.into(), &Anyone);
            assert_eq!(admit_all(&mut admission), 0);
        }
        for _ in 0..4 {
            assert!(!admission.is_over());
            admission.leave();
        }
        assert!(admission.is_over());
    }

    #[test]
    fn a_player_without_a_game_is_replaced() {
        let mut admission = Admission::new(1);
        assert_eq!(admit_all(&mut admission), 2);
        admission.give_up(Anyone);
        assert_eq!(admit_all(&mut admission), 1);
    }

    #[test]
    fn partners_meet_in_the_same_room() {
        let rates = Rates {
            room: 1.0,
            bot: 0.0,
            ..Rates::default()
        };
        let mut admission = Admission::new(10).with_rates(rates);
        let mut admit = || admission.admit().unwrap();
        let (first, second, third) = (admit(), admit(), admit());
        assert!(matches!(first, Room(_)));
        assert_eq!(first, second);
        assert_ne!(first, third);
        admission.give_up(first.clone());
        assert_eq!(admission.admit(), Some(first), "its partner waits there");
        assert_eq!(admission.admit(), Some(third));
        let mut strangers = Admission::new(10);
        assert_eq!(strangers.admit(), Some(Anyone));
    }

    #[test]
    fn one_player_is_admitted_for_each_game_against_the_house() {
        let rates = Rates {
            room: 0.0,
            bot: 1.0,
            ..Rates::default()
        };
        let mut admission = Admission::new(2).with_rates(rates);
        assert_eq!(admit_all(&mut admission), 2);
        admission.rates = Rates::default();
        admission.give_up(House);
        assert_eq!(admission.admit(), Some(House), "it is replaced");
        for game in ["a", "b"] {
            admission.enter(game.into(), &House);
            assert_eq!(admission.admit(), None);
        }
        admission.leave();
        assert!(!admission.is_over());
        admission.leave();
        assert!(admission.is_over());
    }

    #[test]
    fn the_rates_are_shares_of_the_games() {
        let rates = Rates {
            room: 0.5,
            bot: 0.25,
            ..Rates::default()
        };
        let mut admission = Admission::new(1000).with_rates(rates);
        let joins: Vec<_> = std::iter::from_fn(|| admission.admit()).collect();
        let count = |kind: fn(&JoinKind) -> bool| joins.iter().filter(|it| kind(it)).count();
        let house = count(|join| *join == House);
        let rooms = count(|join| matches!(join, Room(_))) / 2;
        let others = count(|join| *join == Anyone) / 2;
        assert_eq!(house + rooms + others, 1000);
        // Six standard deviations are less than 100 games.
        for (games, expected) in [(house, 250), (rooms, 500), (others, 250)] {
            assert!(games.abs_diff(expected) < 100, "{games} of {expected}");
        }
    }

    #[test]
    fn a_game_against_a_stranger_leaves_one_bot_without_a_game() {
        let mut admission = Admission::new(1);
        admit_all(&mut admission);
        admission.enter("with a stranger".into(), &Anyone);
        assert!(!admission.is_over(), "the game is not over");
        admission.leave();
        assert!(admission.is_over(), "the pending bot may leave");
    }

    #[test]
    fn after_close_only_running_games_continue() {
        let mut admission = Admission::new(100);
        admission.admit();
        admission.admit();
        admission.enter("a".into(), &Anyone);
        admission.enter("a".into(), &Anyone);
        admission.close();
        assert_eq!(admit_all(&mut admission), 0);
        admission.leave();
        admission.leave();
        assert!(admission.is_over());
    }

    #[test]
    fn a_step_wakes_the_bots_only_if_it_changes_a_decision() {
        let admission = watch::Sender::new(Admission::new(2));
        let mut bots = admission.subscribe();
        let mut wakes = |change: fn(&mut Admission)| {
            Admission::update(&admission, change);
            let woken = bots.has_changed().unwrap();
            bots.mark_unchanged();
            woken
        };
        assert!(!wakes(|it| it.pending = 2));
        assert!(!wakes(|it| it.enter("a".into(), &Anyone)));
        assert!(!wakes(|it| it.enter("a".into(), &Anyone)));
        assert!(wakes(|it| it.pending = 2), "nobody else is needed");
        assert!(wakes(|it| it.give_up(Anyone)), "a bot must be replaced");
        assert!(!wakes(Admission::leave));
        assert!(!wakes(Admission::leave), "a game is missing");
        assert!(wakes(Admission::close), "all games are over");
    }

    #[test]
    fn an_unlimited_number_of_games_is_never_over() {
        let mut admission = Admission::new(usize::MAX);
        for _ in 0..3 {
            assert!(admission.admit().is_some());
        }
        assert!(!admission.is_over());
    }
}
