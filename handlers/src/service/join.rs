//! A player joins.
//!
//! **One place at most** (guarantee 1): before anything names a connection, the connection claims that
//! place, in one conditional write. A second join of the same connection, even at the same instant,
//! meets the claim and goes no further while the first may still be running ([`Position::of`]).
//!
//! **Nobody is paired twice, nobody waits for ever** (guarantee 2): the lobby holds one player; entering
//! it, and taking who waits there, are conditional on the lobby as it was seen. The waiting player stays
//! in the lobby until the game is stored, so a joiner that dies half-way strands nobody: the next one
//! finds the player still waiting, or finds the game and clears the lobby.
//!
//! **The clock first** (guarantee 4): the tick is sent before the game is stored.
//!
//! **Shards** (guarantee 2): a joiner looks in one shard of the lobby, picked at random. Before it enters
//! another than shard 0 it sends the message that gathers it ([`crate::service::gather`]).
//!
//! **Ghosts** (guarantee 7): if telling the waiting player finds the connection closed, the game is
//! dissolved and the joiner joins again.

use std::ops::Range;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use rps_game::gather::GATHER_DELAY_S;
use rps_game::lobby::{self, Join};
use rps_game::{
    Claim, ConnectionId, ErrorCode, Game, GameId, Gather, JoinId, Position, Rules, Seat,
    ServerMessage, Taken, Waiting,
};
use tracing::{info, warn};

use crate::ports::{
    Claimed, Clock, Delivery, Failure, JoinStore, Notify, Random, Removal, Schedule,
};

/// How often a joiner meets a ghost before it is told to try again.
const MAX_GHOSTS: u32 = 3;

/// How long a joiner looks again before it is told to try again.
const PATIENCE_MS: u64 = 2000;

/// How it pauses between two looks: the more joiners meet, the longer.
const BACKOFF: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(20))
    .with_max_delay(Duration::from_millis(500))
    .without_max_times()
    .with_jitter();

/// One player joining: what it reaches, and what it holds so far.
pub struct Joiner<'a, S, T, P, E> {
    store: &'a S,
    timer: &'a T,
    players: &'a P,
    environment: &'a E,
    rules: Rules,
    shard: u8,
    me: &'a ConnectionId,
    id: JoinId,
    /// The claim that this join may replace: its own, or one left over by a join that died.
    held: Option<Claim>,
}

enum Attempt {
    Answer(ServerMessage),
    /// Others were faster, or are not finished: look again.
    Again,
    /// The waiting player was a ghost, and is gone.
    Ghost,
}

impl<'a, S, T, P, E> Joiner<'a, S, T, P, E>
where
    S: JoinStore,
    T: Schedule,
    P: Notify,
    E: Clock + Random,
{
    /// A join of the connection `me` in shard 0; a game it starts has these rules.
    pub fn new(
        store: &'a S,
        timer: &'a T,
        players: &'a P,
        environment: &'a E,
        rules: Rules,
        me: &'a ConnectionId,
    ) -> Self {
        Self {
            store,
            timer,
            players,
            environment,
            rules,
            shard: 0,
            me,
            id: JoinId {
                unique: environment.unique(),
                gathered_from: None,
            },
            held: None,
        }
    }

    /// In one of these shards. In the same one at every attempt: an entry into the lobby that was held up on
    /// its way may still arrive, and must meet the place that was entered after it.
    #[must_use]
    pub fn among(mut self, shards: Range<u8>) -> Self {
        let count = u64::from(shards.end - shards.start);
        let chosen = u8::try_from(self.environment.number() % count).unwrap_or_default();
        self.shard = shards.start + chosen;
        self
    }

    /// Brought about by that message, instead of a claim that is over.
    #[must_use]
    pub fn gathering(mut self, gather: &Gather, over: Claim) -> Self {
        self.id = gather.join_id(self.id.unique);
        self.held = Some(over);
        self
    }

    pub async fn join(mut self) -> Result<ServerMessage, Failure> {
        let environment = self.environment;
        let begun_ms = environment.now_ms();
        let is_patient = || environment.now_ms().saturating_sub(begun_ms) < PATIENCE_MS;
        let mut pauses = BACKOFF.with_jitter_seed(environment.number()).build();
        let mut ghosts = 0;
        loop {
            match self.attempt().await? {
                Attempt::Answer(message) => return Ok(message),
                Attempt::Ghost if ghosts < MAX_GHOSTS => ghosts += 1,
                Attempt::Ghost => return Ok(ErrorCode::TryAgain.into()),
                Attempt::Again => match pauses.next() {
                    Some(pause) if is_patient() => environment.sleep(pause).await,
                    _ => return Ok(ErrorCode::TryAgain.into()),
                },
            }
        }
    }

    async fn attempt(&mut self) -> Result<Attempt, Failure> {
        let waiting = self.store.waiting(self.shard).await?;
        match lobby::join(waiting.as_ref(), self.me, self.environment.now_ms()) {
            Join::Wait => self.wait().await,
            Join::Take(waiting) => self.take(waiting).await,
            Join::Busy => Ok(Attempt::Again),
            Join::AlreadyWaiting(waiting) => {
                let game = self.store.find_game(&waiting.game).await?;
                let plays = game.is_some_and(|game| game.seat_of(self.me).is_some());
                Ok(answer(if plays {
                    ErrorCode::AlreadyInAGame
                } else {
                    ErrorCode::AlreadyWaiting
                }))
            }
        }
    }

    async fn wait(&mut self) -> Result<Attempt, Failure> {
        let game = GameId::in_shard(self.environment.unique(), self.shard);
        if let Some(attempt) = self.claim(game.clone(), Seat::First).await? {
            return Ok(attempt);
        }
        if self.shard != 0 {
            // Before the entry: whoever waits here has a message on its way.
            let gather = Gather::new(self.me.clone(), game.clone());
            self.timer.schedule(&gather.into(), GATHER_DELAY_S).await?;
        }
        let waiting = Waiting {
            connection: self.me.clone(),
            game,
            taken: None,
        };
        if !self
            .store
            .enter_lobby(&waiting, self.environment.now_ms())
            .await?
        {
            return self.after_losing(&waiting.game).await;
        }
        // A connection that closed meanwhile may have looked for its place before it had one.
        if self.store.find_connection(self.me).await?.is_none() {
            self.store.clear_lobby(self.me, &waiting.game).await?;
        }
        info!(game = %waiting.game, "waiting");
        Ok(Attempt::Answer(ServerMessage::Waiting {}))
    }

    /// Somebody else waits. Usually they were faster; but if the answer to our own entry was lost and sent
    /// for again, we may have been taken meanwhile.
    async fn after_losing(&self, game: &GameId) -> Result<Attempt, Failure> {
        let game = self.store.find_game(game).await?;
        Ok(game.map_or(Attempt::Again, |game| Attempt::Answer(game.started())))
    }

    async fn take(&mut self, waiting: Waiting) -> Result<Attempt, Failure> {
        if let Some(attempt) = self.claim(waiting.game.clone(), Seat::Second).await? {
            return Ok(attempt);
        }
        let taken = Taken {
            by: self.id.clone(),
            at_ms: self.environment.now_ms(),
        };
        if !self.store.take_waiting(&waiting, &taken).await? {
            return Ok(Attempt::Again);
        }
        let players = [waiting.connection.clone(), self.me.clone()];
        let (game, tick) = Game::start(
            waiting.game.clone(),
            players,
            self.rules,
            self.environment.now_ms(),
        );
        self.timer
            .schedule(&tick.into(), self.rules.window_s())
            .await?;
        if !self.store.start_game(&game).await? {
            // A joiner before us stored the game and died before it cleared the lobby.
            self.store
                .clear_lobby(&waiting.connection, &waiting.game)
                .await?;
            return Ok(Attempt::Again);
        }
        self.announce(&game, &waiting).await
    }

    /// Clears the lobby and tells the player who waited; the joiner is answered after that.
    async fn announce(&self, game: &Game, waiting: &Waiting) -> Result<Attempt, Failure> {
        let started = game.started();
        let (cleared, told) = tokio::join!(
            self.store.clear_lobby(&waiting.connection, &waiting.game),
            self.players.tell(&waiting.connection, &started),
        );
        if let Err(failure) = cleared {
            warn!(%failure, game = %game.id, "the next joiner will clear the lobby");
        }
        match told {
            Ok(Delivery::Gone) => self.dissolve(game, waiting).await,
            Ok(Delivery::Told) => {
                info!(game = %game.id, "game started");
                Ok(Attempt::Answer(started))
            }
            Err(failure) => {
                warn!(%failure, game = %game.id, "the waiting player was not told of the start");
                Ok(Attempt::Answer(started))
            }
        }
    }

    async fn dissolve(&self, game: &Game, waiting: &Waiting) -> Result<Attempt, Failure> {
        if !self.store.remove_game(&game.id, Removal::IfOpen).await? {
            // The ghost's `$disconnect` came after all, and is giving the game to us.
            return Ok(Attempt::Answer(game.started()));
        }
        self.store
            .remove_connection(&waiting.connection, Some(&game.id))
            .await?;
        info!(game = %game.id, "the waiting player was gone");
        Ok(Attempt::Ghost)
    }

    /// Claims a place. `None` if it is claimed, else how the attempt ends.
    async fn claim(&mut self, game: GameId, seat: Seat) -> Result<Option<Attempt>, Failure> {
        let claim = Claim {
            game,
            seat,
            by: self.id.clone(),
            at_ms: self.environment.now_ms(),
        };
        let other = match self
            .store
            .claim_place(self.me, &claim, self.held.as_ref())
            .await?
        {
            Claimed::Yes => {
                self.held = Some(claim);
                return Ok(None);
            }
            Claimed::NoConnection => return Ok(Some(answer(ErrorCode::TryAgain))),
            Claimed::Otherwise(other) => other,
        };
        // Read after the claim was seen: a claim whose join has finished shows in one of the two.
        let waiting = self.store.waiting(other.game.shard()).await?;
        let game = self.store.find_game(&other.game).await?;
        let now_ms = self.environment.now_ms();
        match Position::of(self.me, &other, waiting.as_ref(), game.as_ref(), now_ms) {
            Position::Playing(..) => return Ok(Some(answer(ErrorCode::AlreadyInAGame))),
            Position::Waiting(_) => return Ok(Some(answer(ErrorCode::AlreadyWaiting))),
            Position::Joining => {}
            // Left over from a join that died. The next attempt replaces it.
            Position::Idle => self.held = Some(other),
        }
        Ok(Some(Attempt::Again))
    }
}

fn answer(code: ErrorCode) -> Attempt {
    Attempt::Answer(code.into())
}
