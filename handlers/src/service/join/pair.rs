//! Starts a game with a waiting player.

use rps_game::{Claim, ConnectionId, Game, JoinId, Lobby, Seat, Waiting};
use tracing::{info, warn};

use crate::ports::{ClaimResult, Clock, Delivery, JoinStore, Players, PortError, Random, Schedule};
use crate::service::join::{Attempt, Joiner};
use crate::service::lobby;

/// The result of a claim for a player.
pub(super) enum Claimed {
    Yes,
    /// A joiner is starting a game with the player.
    Busy,
    Playing(Game, Seat),
    /// The player waits or joins in another lobby.
    Elsewhere,
    /// The connection is closed.
    Closed,
}

impl<S, T, P, E> Joiner<'_, S, T, P, E>
where
    S: JoinStore,
    T: Schedule,
    P: Players,
    E: Clock + Random,
{
    /// Starts a game with another player who waits. `mine` is the joiner's own place, if it has one.
    pub(super) async fn pair(
        &self,
        other: &Waiting,
        mine: Option<&Waiting>,
        lobby: &mut Lobby,
    ) -> Result<Attempt, PortError> {
        let by = JoinId::from(self.environment.unique());
        let claim_of = |seat| Claim {
            seat,
            by: by.clone(),
            at_ms: self.environment.now_ms(),
            ..Claim::of_waiting(other)
        };
        let waits = other.room.is_some().then(|| Claim::of_waiting(other));
        let mut seats = [
            (&other.connection, Seat::First, waits.as_ref()),
            (self.me, Seat::Second, None),
        ];
        if mine.is_some() && *self.me < other.connection {
            // Two players who both wait claim in the same order, so one of them gets both claims.
            seats.reverse();
        }
        let mut claims = Vec::new();
        for (id, seat, old) in seats {
            let claim = claim_of(seat);
            let claimed = self.claim(id, &claim, old).await?;
            if !matches!(claimed, Claimed::Yes) {
                for (id, claim) in claims {
                    self.give_up(id, &claim).await?;
                }
                return if id == self.me {
                    self.refused(claimed, lobby).await
                } else {
                    self.not_paired(claimed, other, lobby).await
                };
            }
            claims.push((id, claim));
        }
        let attempt = self.start(other, mine, lobby).await?;
        if !matches!(attempt, Attempt::Answer(_))
            && let Some((id, claim)) = claims.iter().find(|(id, _)| *id == self.me)
        {
            self.give_up(id, claim).await?;
        }
        Ok(attempt)
    }

    /// Claims a game for a player, whose claim is expected to be `old`.
    pub(super) async fn claim(
        &self,
        id: &ConnectionId,
        claim: &Claim,
        old: Option<&Claim>,
    ) -> Result<Claimed, PortError> {
        let other = match self.store.claim_place(id, claim, old).await? {
            ClaimResult::Yes => return Ok(Claimed::Yes),
            ClaimResult::NoConnection => return Ok(Claimed::Closed),
            ClaimResult::Conflict(other) => other,
        };
        let is_leased = other.is_leased(self.environment.now_ms());
        if is_leased && id != self.me {
            return Ok(Claimed::Busy);
        }
        let game = self.store.find_game(&other.game).await?;
        if let Some((game, seat)) = game.and_then(|it| Some((it.clone(), it.seat_of(id)?))) {
            return Ok(Claimed::Playing(game, seat));
        }
        if is_leased {
            return Ok(Claimed::Busy);
        }
        let is_elsewhere = if id == self.me {
            !self.may_join_from(Some(&other))
        } else {
            other.room != claim.room
        };
        if is_elsewhere {
            return Ok(Claimed::Elsewhere);
        }
        // The claim of a dead join, or one that was given up.
        if id == self.me {
            self.leave_other(Some(&other)).await?;
        }
        Ok(
            match self.store.claim_place(id, claim, Some(&other)).await? {
                ClaimResult::Yes => Claimed::Yes,
                ClaimResult::NoConnection => Claimed::Closed,
                ClaimResult::Conflict(_) => Claimed::Busy,
            },
        )
    }

    async fn give_up(&self, id: &ConnectionId, claim: &Claim) -> Result<(), PortError> {
        let given_up = claim.given_up(self.environment.unique().into());
        let result = self.store.claim_place(id, &given_up, Some(claim)).await;
        result.map(drop)
    }

    /// The joiner cannot claim the game for itself.
    pub(super) async fn refused(
        &self,
        claimed: Claimed,
        lobby: &mut Lobby,
    ) -> Result<Attempt, PortError> {
        match claimed {
            Claimed::Yes | Claimed::Busy => Ok(Attempt::Busy),
            Claimed::Playing(game, seat) => self.plays(&game, seat).await,
            Claimed::Elsewhere => self.waits_elsewhere(lobby).await,
            Claimed::Closed => self.closed(lobby).await,
        }
    }

    /// The joiner cannot claim the game for the other player.
    async fn not_paired(
        &self,
        claimed: Claimed,
        other: &Waiting,
        lobby: &mut Lobby,
    ) -> Result<Attempt, PortError> {
        match claimed {
            Claimed::Yes | Claimed::Busy => return Ok(Attempt::Busy),
            Claimed::Playing(game, _) => self.send_lost_timer(&game).await?,
            Claimed::Elsewhere | Claimed::Closed => {}
        }
        self.remove_stale(other, lobby).await
    }

    /// Starts a game with the other player. Both claim it.
    async fn start(
        &self,
        other: &Waiting,
        mine: Option<&Waiting>,
        lobby: &mut Lobby,
    ) -> Result<Attempt, PortError> {
        let players = [other.connection.clone(), self.me.clone()];
        let now_ms = self.environment.now_ms();
        let game = Game::start(other.game.clone(), players, self.rules, now_ms)
            .in_room(other.room.clone())
            .with_secrets(self.secrets());
        let window_s = self.rules.window_s();
        self.queue
            .schedule(&game.round_timer().into(), window_s)
            .await?;
        if !self.store.start_game(&game).await? {
            // An earlier joiner stored the game and died before it closed the place. If AWS stored it late, its round
            // timer is gone.
            if let Some(game) = self.store.find_game(&other.game).await? {
                let window_s = game.rules.window_s();
                self.queue
                    .schedule(&game.round_timer().into(), window_s)
                    .await?;
            }
            return self.remove_stale(other, lobby).await;
        }
        let attempt = self.announce(&game, other, lobby).await?;
        if let (Attempt::Answer(_), Some(mine)) = (&attempt, mine) {
            warn_of_leftover(&game, lobby::leave(self.store, mine, lobby).await);
        }
        Ok(attempt)
    }

    /// Closes the place and notifies the other player, before the joiner gets its answer.
    async fn announce(
        &self,
        game: &Game,
        other: &Waiting,
        lobby: &mut Lobby,
    ) -> Result<Attempt, PortError> {
        let other_started = game.started(Seat::First);
        let (closed, delivery) = tokio::join!(
            lobby::leave(self.store, other, lobby),
            self.players.notify(&other.connection, &other_started),
        );
        warn_of_leftover(game, closed);
        match delivery {
            Ok(Delivery::Closed) => return self.dissolve(game, other).await,
            Ok(Delivery::Delivered) => info!(game = %game.id, "game started"),
            Err(failure) => {
                warn!(%failure, game = %game.id, "cannot notify the waiting player of the start");
            }
        }
        Ok(Attempt::Answer(game.started(Seat::Second)))
    }

    async fn dissolve(&self, game: &Game, other: &Waiting) -> Result<Attempt, PortError> {
        if !self.store.remove_open_game(game).await? {
            // The opponent has left or resumed: the game goes on, or ends in our favour.
            return Ok(Attempt::Answer(game.started(Seat::Second)));
        }
        self.store
            .remove_player(&other.connection, &game.id)
            .await?;
        info!(game = %game.id, "removed a stale waiting player");
        Ok(Attempt::Stale)
    }
}

pub(super) fn warn_of_leftover(game: &Game, closed: Result<(), PortError>) {
    if let Err(failure) = closed {
        warn!(%failure, game = %game.id, "cannot close a place in the lobby; the next joiner will");
    }
}
