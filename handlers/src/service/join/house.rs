//! Starts a game against the house.

use rps_game::{Claim, Game, House, Lobby, Seat};
use tracing::info;

use crate::ports::{Clock, JoinStore, Players, PortError, Random, Schedule};
use crate::service::join::pair::{Claimed, warn_of_leftover};
use crate::service::join::{Attempt, Joiner};
use crate::service::lobby;

impl<S, T, P, E> Joiner<'_, S, T, P, E>
where
    S: JoinStore,
    T: Schedule,
    P: Players,
    E: Clock + Random,
{
    /// A player who waits claims the new game, as a joiner would claim it for another. Then it leaves its place.
    pub(super) async fn play_the_house(&self, lobby: &mut Lobby) -> Result<Attempt, PortError> {
        let claim = Claim {
            game: self.game.clone(),
            seat: Seat::First,
            by: self.environment.unique().into(),
            at_ms: self.environment.now_ms(),
            room: None,
        };
        let claimed = self.claim(self.me, &claim, None).await?;
        if !matches!(claimed, Claimed::Yes) {
            return self.refused(claimed, lobby).await;
        }
        let (id, me) = (self.game.clone(), self.me.clone());
        let house = House::new(self.environment.number());
        let now_ms = self.environment.now_ms();
        let game = Game::against_house(id, me, house, self.rules, now_ms);
        let game = game.with_secrets(self.secrets());
        let window_s = self.rules.window_s();
        self.queue
            .schedule(&game.round_timer().into(), window_s)
            .await?;
        self.store.start_game(&game).await?;
        info!(game = %game.id, "game started");
        let left = lobby::leave_if_waiting(self.store, self.me, lobby).await;
        warn_of_leftover(&game, left);
        Ok(Attempt::Answer(game.started(Seat::First)))
    }
}
