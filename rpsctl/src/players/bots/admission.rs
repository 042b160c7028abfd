//! Limit joins, so that the bots play exactly the requested games and each bot finds an opponent.
//!
//! Bots are admitted in pairs: both join in the same room, or both without one.

use std::collections::HashSet;

use rps_game::{GameId, Room};
use tokio::sync::watch;
use uuid::Uuid;

/// How an admitted bot joins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) room: Option<Room>,
}

#[derive(Debug)]
pub(super) struct Admission {
    games: usize,
    /// The share of pairs that meet in a room.
    room_rate: f64,
    /// The tickets of bots who have no partner yet.
    halves: Vec<Ticket>,
    started: HashSet<GameId>,
    /// Players who have joined, or are about to join, and have no game yet.
    pending: usize,
    playing: usize,
    /// Counts players who entered or left a game.
    steps: u64,
}

impl Admission {
    pub(super) fn new(games: usize) -> Self {
        Self {
            games,
            room_rate: 0.0,
            halves: Vec::new(),
            started: HashSet::new(),
            pending: 0,
            playing: 0,
            steps: 0,
        }
    }

    pub(super) fn with_rooms(self, room_rate: f64) -> Self {
        Self { room_rate, ..self }
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

    /// Whether one more player is needed. Two pending players are enough for one game.
    pub(super) fn needs_player(&self) -> bool {
        let planned = (self.pending + 1).div_ceil(2);
        self.started.len().saturating_add(planned) <= self.games
    }

    /// Admits a bot, if one more is needed.
    pub(super) fn admit(&mut self) -> Option<Ticket> {
        if !self.needs_player() {
            return None;
        }
        self.pending += 1;
        Some(self.halves.pop().unwrap_or_else(|| {
            let ticket = Ticket {
                room: (random() < self.room_rate).then(new_room).flatten(),
            };
            self.halves.push(ticket.clone());
            ticket
        }))
    }

    pub(super) fn enter(&mut self, game: GameId) {
        self.started.insert(game);
        self.pending -= 1;
        self.playing += 1;
        self.steps += 1;
    }

    /// A player's game is over.
    pub(super) fn leave(&mut self) {
        self.playing -= 1;
        self.steps += 1;
    }

    /// A player left without a game. Its partner needs another one.
    pub(super) fn give_up(&mut self, ticket: Ticket) {
        self.pending -= 1;
        self.halves.push(ticket);
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

    use super::{Admission, Ticket};

    fn admit_all(admission: &mut Admission) -> usize {
        std::iter::from_fn(|| admission.admit()).count()
    }

    #[test]
    fn two_players_are_admitted_for_each_game() {
        let mut admission = Admission::new(2);
        assert_eq!(admit_all(&mut admission), 4);
        for game in ["a", "a", "b", "b"] {
            assert!(!admission.is_over());
            admission.enter(game.into());
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
        admission.give_up(Ticket::default());
        assert_eq!(admit_all(&mut admission), 1);
    }

    #[test]
    fn partners_meet_in_the_same_room() {
        let mut admission = Admission::new(10).with_rooms(1.0);
        let mut admit = || admission.admit().unwrap();
        let (first, second, third) = (admit(), admit(), admit());
        assert!(first.room.is_some());
        assert_eq!(first, second);
        assert_ne!(first, third);
        admission.give_up(first.clone());
        assert_eq!(admission.admit(), Some(first), "its partner waits there");
        assert_eq!(admission.admit(), Some(third));
        let mut strangers = Admission::new(10);
        assert_eq!(strangers.admit(), Some(Ticket::default()));
    }

    #[test]
    fn a_game_against_a_stranger_leaves_one_bot_without_a_game() {
        let mut admission = Admission::new(1);
        admit_all(&mut admission);
        admission.enter("with a stranger".into());
        assert!(!admission.is_over(), "the game is not over");
        admission.leave();
        assert!(admission.is_over(), "the pending bot may leave");
    }

    #[test]
    fn after_close_only_running_games_continue() {
        let mut admission = Admission::new(100);
        admission.admit();
        admission.admit();
        admission.enter("a".into());
        admission.enter("a".into());
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
        assert!(!wakes(|it| it.enter("a".into())));
        assert!(!wakes(|it| it.enter("a".into())));
        assert!(wakes(|it| it.pending = 2), "nobody else is needed");
        assert!(
            wakes(|it| it.give_up(Ticket::default())),
            "a bot must be replaced"
        );
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
