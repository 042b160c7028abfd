//! Joins a player.
//!
//! **One game per connection** (guarantee 1): a connection claims a game id by one conditional write
//! before the lobby or a game refers to the connection. A second join of the connection, even at the same
//! instant, finds the claim, and stops while the first may still be running ([`Position::of`]).
//!
//! **No player is paired twice or waits forever** (guarantee 2): a lobby shard has one waiting player.
//! Entering it and reserving that player are conditional writes. The player stays in the lobby until the
//! game is stored. If a joiner dies midway, the next joiner finds the player still waiting, or finds the
//! game and clears the lobby.
//!
//! **A leftover in the lobby is harmless** (guarantees 1 and 7): AWS may execute the write that enters the lobby after its
//! player has left or plays elsewhere. A joiner reserves a player only if it claims the game that it waits for, and
//! a reserved player cannot claim another game. Otherwise the joiner clears the lobby.
//!
//! **Timer first** (guarantee 4): a joiner schedules the round timer before it stores the game. If a game has lost its
//! timer all the same, the next join that meets it sends the timer again.
//!
//! **Shards** (guarantee 2): a joiner uses one random lobby shard. Before it enters another shard than 0,
//! it schedules a message that later moves it to shard 0 ([`crate::service::rebalance`]).
//!
//! **Stale connections** (guarantee 7): if the reserved player's connection turns out to be closed, the
//! joiner removes the new game and joins again.

use std::ops::Range;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use rps_game::lobby::{self, JoinStep};
use rps_game::rebalance::REBALANCE_DELAY_S;
use rps_game::{
    Claim, ConnectionId, ErrorCode, Game, GameId, JoinId, LEASE_MS, Position, Rebalance,
    Reservation, Rules, Seat, ServerMessage, Waiting,
};
use tracing::{info, warn};

use crate::ports::{
    ClaimResult, Clock, Delivery, JoinStore, Players, PortError, Random, ReserveResult, Schedule,
};

/// A joiner meets at most this many stale waiting players, then gets `try-again`.
const MAX_STALE: u32 = 3;

/// A joiner stops retrying after this time and gets `try-again`.
const PATIENCE_MS: u64 = 2000;

/// The pauses between attempts grow, to separate joiners that compete.
const BACKOFF: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(20))
    .with_max_delay(Duration::from_millis(500))
    .without_max_times()
    .with_jitter();

/// One run of a join.
pub struct Joiner<'a, S, T, P, E> {
    store: &'a S,
    queue: &'a T,
    players: &'a P,
    environment: &'a E,
    rules: Rules,
    shard: u8,
    me: &'a ConnectionId,
    id: JoinId,
    /// The claim that this join may replace: its own, a leftover claim of a dead join, or the claim
    /// that a rebalance read.
    current_claim: Option<Claim>,
}

/// The result of one attempt to join.
enum Attempt {
    Answer(ServerMessage),
    /// Another joiner was faster or is still running: try again.
    Again,
    /// The waiting player's connection was stale; it is removed.
    StaleOpponent,
}

impl<'a, S, T, P, E> Joiner<'a, S, T, P, E>
where
    S: JoinStore,
    T: Schedule,
    P: Players,
    E: Clock + Random,
{
    /// A join of the connection `me`, in shard 0 unless [`Self::among`] picks another. A game that it starts
    /// has these `rules`.
    pub fn new(
        store: &'a S,
        queue: &'a T,
        players: &'a P,
        environment: &'a E,
        rules: Rules,
        me: &'a ConnectionId,
    ) -> Self {
        Self {
            store,
            queue,
            players,
            environment,
            rules,
            shard: 0,
            me,
            id: JoinId {
                unique: environment.unique(),
                rebalanced_from: None,
            },
            current_claim: None,
        }
    }

    /// Picks one of these shards at random, for all attempts: if a delayed write that enters the lobby
    /// still arrives, it must conflict with the entry of a later attempt.
    #[must_use]
    pub fn among(mut self, shards: Range<u8>) -> Self {
        let count = u64::from(shards.end - shards.start);
        let chosen = u8::try_from(self.environment.number() % count).unwrap_or_default();
        self.shard = shards.start + chosen;
        self
    }

    /// Makes this a join that `rebalance` causes. It replaces the claim `old`.
    #[must_use]
    pub fn rebalancing(mut self, rebalance: &Rebalance, old: Claim) -> Self {
        self.id = rebalance.join_id(self.id.unique);
        self.current_claim = Some(old);
        self
    }

    pub async fn join(mut self) -> Result<ServerMessage, PortError> {
        let environment = self.environment;
        let start_ms = environment.now_ms();
        let is_patient = || environment.now_ms().saturating_sub(start_ms) < PATIENCE_MS;
        let mut pauses = BACKOFF.with_jitter_seed(environment.number()).build();
        let mut stale_opponents = 0;
        loop {
            match self.attempt().await? {
                Attempt::Answer(message) => return Ok(message),
                Attempt::StaleOpponent if stale_opponents < MAX_STALE => stale_opponents += 1,
                Attempt::StaleOpponent => return Ok(ErrorCode::TryAgain.into()),
                Attempt::Again => match pauses.next() {
                    Some(pause) if is_patient() => environment.sleep(pause).await,
                    _ => return Ok(ErrorCode::TryAgain.into()),
                },
            }
        }
    }

    async fn attempt(&mut self) -> Result<Attempt, PortError> {
        match lobby::join(self.store.waiting(self.shard).await?, self.me) {
            JoinStep::Wait => self.wait().await,
            JoinStep::Take(waiting) => self.take(waiting).await,
            JoinStep::AlreadyWaiting(waiting) => self.already_waiting(waiting).await,
        }
    }

    async fn already_waiting(&self, waiting: Waiting) -> Result<Attempt, PortError> {
        let connection = self.store.find_connection(self.me).await?;
        let claim = connection.and_then(|connection| connection.claim);
        let Some(claim) = claim.filter(|claim| claim.game == waiting.game) else {
            return self.clear_leftover(&waiting).await;
        };
        match self.store.find_game(&waiting.game).await? {
            Some(game) if game.seat_of(self.me).is_some() => self.plays(&game).await,
            _ => self.waits(&claim).await,
        }
    }

    /// The player waits with this claim. AWS may still execute a write of an earlier join that replaces it: renews the
    /// claim, so that such a write fails.
    async fn waits(&self, claim: &Claim) -> Result<Attempt, PortError> {
        let renewed = claim.renewed(&self.id, self.environment.now_ms());
        let result = self.store.claim_place(self.me, &renewed, Some(claim));
        Ok(match result.await? {
            ClaimResult::Yes => answer(ErrorCode::AlreadyWaiting),
            ClaimResult::Conflict(_) | ClaimResult::NoConnection => Attempt::Again,
        })
    }

    /// The player does not claim the game that it waits for: AWS executed its write late, or its connection is closed.
    async fn clear_leftover(&self, waiting: &Waiting) -> Result<Attempt, PortError> {
        self.store.clear_lobby(waiting).await?;
        info!(game = %waiting.game, "removed a stale waiting player");
        Ok(Attempt::StaleOpponent)
    }

    async fn wait(&mut self) -> Result<Attempt, PortError> {
        let game = GameId::in_shard(self.environment.unique(), self.shard);
        if let Some(attempt) = self.claim(game.clone(), Seat::First).await? {
            return Ok(attempt);
        }
        if self.shard != 0 {
            // Schedule first: every player in this shard needs a rebalance message.
            let rebalance = Rebalance::new(self.me.clone(), game.clone());
            self.queue
                .schedule(&rebalance.into(), REBALANCE_DELAY_S)
                .await?;
        }
        let waiting = Waiting {
            connection: self.me.clone(),
            game,
        };
        if !self
            .store
            .enter_lobby(&waiting, self.environment.now_ms())
            .await?
        {
            return self.after_losing(&waiting.game).await;
        }
        info!(game = %waiting.game, "waiting");
        Ok(Attempt::Answer(ServerMessage::Waiting {}))
    }

    /// Another player waits in the shard. Usually that player was faster. But if the SDK repeated our own
    /// entry, another joiner may have started a game with us meanwhile.
    async fn after_losing(&self, game: &GameId) -> Result<Attempt, PortError> {
        let game = self.store.find_game(game).await?;
        Ok(game.map_or(Attempt::Again, |game| Attempt::Answer(game.started())))
    }

    async fn take(&mut self, waiting: Waiting) -> Result<Attempt, PortError> {
        if self.is_reserved(&waiting).await? {
            return Ok(Attempt::Again);
        }
        if !self.claims(&waiting.game)
            && let Some(attempt) = self.claim(waiting.game.clone(), Seat::Second).await?
        {
            return Ok(attempt);
        }
        let reservation = Reservation {
            by: self.id.clone(),
            at_ms: self.environment.now_ms(),
        };
        match self.store.reserve_player(&waiting, &reservation).await? {
            ReserveResult::Yes => {}
            ReserveResult::Busy => return Ok(Attempt::Again),
            ReserveResult::Gone => return self.clear_leftover(&waiting).await,
        }
        self.start(waiting).await
    }

    /// A cheap look, so that a joiner who must wait claims nothing.
    async fn is_reserved(&self, waiting: &Waiting) -> Result<bool, PortError> {
        let connection = self.store.peek_connection(&waiting.connection).await?;
        let claim = connection.and_then(|connection| connection.claim);
        let claim = claim.filter(|claim| claim.game == waiting.game);
        Ok(claim.is_some_and(|claim| claim.is_reserved(self.environment.now_ms())))
    }

    /// Starts a game with the reserved player.
    async fn start(&self, waiting: Waiting) -> Result<Attempt, PortError> {
        let players = [waiting.connection.clone(), self.me.clone()];
        let (game, round_timer) = Game::start(
            waiting.game.clone(),
            players,
            self.rules,
            self.environment.now_ms(),
        );
        self.queue
            .schedule(&round_timer.into(), self.rules.window_s())
            .await?;
        if !self.store.start_game(&game).await? {
            // An earlier joiner stored the game and died before it cleared the lobby. If AWS stored it late, its round
            // timer is gone.
            if let Some(game) = self.store.find_game(&waiting.game).await? {
                let window_s = game.rules.window_s();
                self.queue
                    .schedule(&game.round_timer().into(), window_s)
                    .await?;
            }
            self.store.clear_lobby(&waiting).await?;
            return Ok(Attempt::Again);
        }
        self.announce(&game, &waiting).await
    }

    /// Clears the lobby and notifies the waiting player, before the joiner gets its answer.
    async fn announce(&self, game: &Game, waiting: &Waiting) -> Result<Attempt, PortError> {
        let started = game.started();
        let (clear_result, delivery) = tokio::join!(
            self.store.clear_lobby(waiting),
            self.players.notify(&waiting.connection, &started),
        );
        if let Err(failure) = clear_result {
            warn!(%failure, game = %game.id, "cannot clear the lobby; the next joiner will");
        }
        match delivery {
            Ok(Delivery::Closed) => self.dissolve(game, waiting).await,
            Ok(Delivery::Delivered) => {
                info!(game = %game.id, "game started");
                Ok(Attempt::Answer(started))
            }
            Err(failure) => {
                warn!(%failure, game = %game.id, "cannot notify the waiting player of the start");
                Ok(Attempt::Answer(started))
            }
        }
    }

    /// The player is in this game. If the round is overdue, its timer may be a dead letter, or AWS stored the round after
    /// its timer was deleted: sends the timer again.
    async fn plays(&self, game: &Game) -> Result<Attempt, PortError> {
        if game.overdue_ms(self.environment.now_ms()) >= LEASE_MS {
            self.queue.schedule(&game.round_timer().into(), 0).await?;
        }
        Ok(answer(ErrorCode::AlreadyInAGame))
    }

    async fn dissolve(&self, game: &Game, waiting: &Waiting) -> Result<Attempt, PortError> {
        if !self.store.remove_open_game(&game.id).await? {
            // The opponent's `$disconnect` has arrived, and ends the game in our favour.
            return Ok(Attempt::Answer(game.started()));
        }
        self.store
            .remove_player(&waiting.connection, &game.id)
            .await?;
        info!(game = %game.id, "removed a stale waiting player");
        Ok(Attempt::StaleOpponent)
    }

    /// An earlier attempt of this join has claimed the game.
    fn claims(&self, game: &GameId) -> bool {
        let claim = self.current_claim.as_ref();
        claim.is_some_and(|claim| claim.game == *game && claim.by == self.id)
    }

    /// Claims a game id. `None` on success; otherwise the attempt's result.
    async fn claim(&mut self, game: GameId, seat: Seat) -> Result<Option<Attempt>, PortError> {
        let claim = Claim {
            game,
            seat,
            by: self.id.clone(),
            at_ms: self.environment.now_ms(),
            reservation: None,
        };
        let other = match self
            .store
            .claim_place(self.me, &claim, self.current_claim.as_ref())
            .await?
        {
            ClaimResult::Yes => {
                self.current_claim = Some(claim);
                return Ok(None);
            }
            ClaimResult::NoConnection => {
                // It is closed, or its game is over, or an operator disconnects it and died midway.
                self.players.disconnect(self.me).await?;
                return Ok(Some(answer(ErrorCode::TryAgain)));
            }
            ClaimResult::Conflict(other) => other,
        };
        // Read these after the claim: a finished join shows in the lobby or in a game.
        let waiting = self.store.waiting(other.game.shard()).await?;
        let game = self.store.find_game(&other.game).await?;
        let now_ms = self.environment.now_ms();
        match Position::of(self.me, &other, waiting.as_ref(), game.as_ref(), now_ms) {
            Position::Playing(game, _) => return self.plays(&game).await.map(Some),
            Position::Waiting(_) => return self.waits(&other).await.map(Some),
            Position::Joining => {}
            // A leftover claim of a dead join. The next attempt replaces it.
            Position::Idle => self.current_claim = Some(other),
        }
        Ok(Some(Attempt::Again))
    }
}

fn answer(code: ErrorCode) -> Attempt {
    Attempt::Answer(code.into())
}
