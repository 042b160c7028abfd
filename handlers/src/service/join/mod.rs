//! Joins a player.
//!
//! **One game per connection** (guarantee 1): a joiner claims a game id for the waiting player and for itself, each by a
//! conditional write, before it stores the game. A second join of the same connection, even at the same instant, finds
//! the claim, and stops while the first may still be running ([`Position::of`]).
//!
//! **No player is paired twice or waits forever** (guarantee 2): a game id belongs to one place in the lobby, and only
//! one game with it is ever stored. The place stays until the game is stored. If a joiner dies midway, its claims
//! expire, and the next joiner finds the player still waiting, or finds the game and closes the place.
//!
//! **The lobby grows with its traffic**: each joiner picks a random place. If another joiner is faster, it does not wait
//! for that one, but opens a place of its own. Before it waits beside others, it schedules a message that pairs it
//! later ([`crate::service::rebalance`]).
//!
//! **A room is a lobby of its own**, with one place. Its waiting player claims the future game, so that `$disconnect`
//! finds the room. A player who joins another lobby leaves the one where it waits.
//!
//! **A leftover in the lobby is harmless** (guarantees 1 and 7): AWS may execute the write that opens a place after its
//! player has left or plays. A joiner pairs only a player whose claim it gets. Otherwise it closes the place.
//!
//! **Timer first** (guarantee 4): a joiner schedules the round timer before it stores the game. If a game has lost its
//! timer all the same, the next join that meets it sends the timer again.
//!
//! **Stale connections** (guarantee 7): if the waiting player's connection turns out to be closed, the joiner removes the
//! new game and joins again.

mod house;
mod pair;

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use rps_game::lobby::PLACES;
use rps_game::rebalance::REBALANCE_DELAY_S;
use rps_game::{
    Claim, ConnectionId, ErrorCode, Game, GameId, LEASE_MS, Lobby, Opponent, Position, Rebalance,
    Room, Rules, Seat, SeatSecret, ServerMessage, Waiting,
};
use tracing::info;

use crate::ports::{
    ClaimResult, Clock, JoinStore, LobbyResult, Players, PortError, Random, Schedule,
};
use crate::service::lobby;

/// A joiner meets at most this many stale places, then gets `try-again`.
const MAX_STALE: u32 = 3;

/// A joiner stops retrying after this time and gets `try-again`. One more attempt may follow, within 500 ms in all.
const PATIENCE_MS: u64 = 300;

/// The pauses between attempts grow, to separate joiners that compete.
const BACKOFF: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(20))
    .with_max_delay(Duration::from_millis(100))
    .without_max_times()
    .with_jitter();

/// One run of a join.
pub struct Joiner<'a, S, T, P, E> {
    store: &'a S,
    queue: &'a T,
    players: &'a P,
    environment: &'a E,
    rules: Rules,
    places: u8,
    room: Option<Room>,
    opponent: Opponent,
    moves: bool,
    me: &'a ConnectionId,
    /// The game that this join waits for, if it waits, or starts with the house.
    game: GameId,
}

/// The result of one attempt to join.
enum Attempt {
    Answer(ServerMessage),
    /// Another joiner was faster or is still running: try again.
    Busy,
    /// The waiting player's connection was closed, or the place was a leftover; it is removed.
    Stale,
}

impl<'a, S, T, P, E> Joiner<'a, S, T, P, E>
where
    S: JoinStore,
    T: Schedule,
    P: Players,
    E: Clock + Random,
{
    /// A join of the connection `me`. A game that it starts has these `rules`.
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
            places: *PLACES.end(),
            room: None,
            opponent: Opponent::Player,
            moves: true,
            me,
            game: environment.unique().into(),
        }
    }

    /// Limits the lobby's places.
    #[must_use]
    pub fn among(self, places: u8) -> Self {
        Self { places, ..self }
    }

    /// Joins in a room, if there is one.
    #[must_use]
    pub fn in_room(self, room: Option<Room>) -> Self {
        Self { room, ..self }
    }

    /// Does not move a player who waits elsewhere: only the player's own join does.
    #[must_use]
    pub fn staying(self) -> Self {
        Self {
            moves: false,
            ..self
        }
    }

    /// Joins a player, or the house.
    #[must_use]
    pub fn against(self, opponent: Opponent) -> Self {
        Self { opponent, ..self }
    }

    pub async fn join(self) -> Result<ServerMessage, PortError> {
        let lobby = self.store.peek_lobby(self.room.as_ref()).await?;
        self.join_in(lobby).await
    }

    /// Joins in the lobby, whose last known state is `lobby`.
    pub async fn join_in(self, mut lobby: Lobby) -> Result<ServerMessage, PortError> {
        let environment = self.environment;
        let start_ms = environment.now_ms();
        let is_patient = || environment.now_ms().saturating_sub(start_ms) < PATIENCE_MS;
        let mut pauses = BACKOFF.with_jitter_seed(environment.number()).build();
        let mut stale_places = 0;
        loop {
            match self.attempt(&mut lobby).await? {
                Attempt::Answer(message) => return Ok(message),
                Attempt::Stale if stale_places < MAX_STALE => stale_places += 1,
                Attempt::Stale => return Ok(ErrorCode::TryAgain.into()),
                Attempt::Busy => match pauses.next() {
                    Some(pause) if is_patient() => {
                        environment.sleep(pause).await;
                        lobby = self.store.lobby(self.room.as_ref()).await?;
                    }
                    _ => return Ok(ErrorCode::TryAgain.into()),
                },
            }
        }
    }

    async fn attempt(&self, lobby: &mut Lobby) -> Result<Attempt, PortError> {
        if self.opponent == Opponent::Bot {
            return self.play_the_house(lobby).await;
        }
        let mine = Waiting::find(lobby, self.me);
        let attempt = match self.pick(lobby) {
            Some(other) => self.pair(&other, mine.as_ref(), lobby).await?,
            None => Attempt::Busy,
        };
        match (attempt, mine) {
            (Attempt::Busy, None) => self.wait(lobby).await,
            (Attempt::Busy, Some(mine)) if lobby.places.len() == 1 => {
                let refusal = self.why_not_waiting(&mine, lobby).await?;
                Ok(refusal.unwrap_or_else(|| answer(ErrorCode::AlreadyWaiting)))
            }
            (attempt, _) => Ok(attempt),
        }
    }

    fn secrets(&self) -> [SeatSecret; 2] {
        let number = || self.environment.number();
        [(); 2].map(|()| SeatSecret::new(number(), number()))
    }

    /// A random other player who waits.
    fn pick(&self, lobby: &Lobby) -> Option<Waiting> {
        let others: Vec<_> = lobby.places.keys().filter(|id| *id != self.me).collect();
        let count = u64::try_from(others.len())
            .ok()
            .filter(|count| *count > 0)?;
        let index = usize::try_from(self.environment.number() % count).ok()?;
        Waiting::find(lobby, others.get(index)?)
    }

    /// Opens a place, if there is room.
    async fn wait(&self, lobby: &mut Lobby) -> Result<Attempt, PortError> {
        // A third visitor of a room waits for a fourth.
        let limit = if self.room.is_some() { 1 } else { self.places };
        if lobby.places.len() >= limit.into() {
            return Ok(Attempt::Busy);
        }
        let waiting = Waiting {
            connection: self.me.clone(),
            game: self.game.clone(),
            room: self.room.clone(),
        };
        if let Some(attempt) = self.why_not_waiting(&waiting, lobby).await? {
            return Ok(attempt);
        }
        let mut result = LobbyResult::No(lobby.clone());
        if lobby.places.is_empty() {
            let now_ms = self.environment.now_ms();
            result = self.store.enter_lobby(&waiting, now_ms).await?;
        }
        // Joiners who saw an empty lobby may open places at the same time.
        let is_empty = matches!(&result, LobbyResult::No(now) if now.places.is_empty());
        let is_beside = (!lobby.places.is_empty() || is_empty) && self.room.is_none();
        if is_beside {
            // Schedule first: every player who waits beside others needs a rebalance message.
            let rebalance = Rebalance::new(waiting.clone());
            self.queue
                .schedule(&rebalance.into(), REBALANCE_DELAY_S)
                .await?;
            let now_ms = self.environment.now_ms();
            result = self.store.open_place(&waiting, limit, now_ms).await?;
        }
        match result {
            LobbyResult::Yes(_) => {
                info!(game = %waiting.game, "waiting");
                Ok(Attempt::Answer(ServerMessage::Waiting {}))
            }
            LobbyResult::No(_) => Ok(Attempt::Busy),
        }
    }

    /// `None`: the player neither plays nor joins, so it may wait in this place.
    async fn why_not_waiting(
        &self,
        waiting: &Waiting,
        lobby: &mut Lobby,
    ) -> Result<Option<Attempt>, PortError> {
        let Some(connection) = self.store.find_connection(self.me).await? else {
            return self.closed(lobby).await.map(Some);
        };
        let old = connection.claim.as_ref();
        if let Some(old) = old {
            let game = self.store.find_game(&old.game).await?;
            let now_ms = self.environment.now_ms();
            match Position::of(&connection, lobby, game.as_ref(), now_ms) {
                Position::Playing(game, seat) => return self.plays(&game, seat).await.map(Some),
                Position::Joining => return Ok(Some(Attempt::Busy)),
                Position::Waiting(_) | Position::Idle if old.game == waiting.game => {
                    return Ok(None);
                }
                Position::Waiting(_) | Position::Idle => {}
            }
        }
        if !self.may_join_from(old) {
            return self.waits_elsewhere(lobby).await.map(Some);
        }
        self.leave_other(old).await?;
        if old.is_none() && waiting.room.is_none() {
            return Ok(None);
        }
        // If a joiner died before it stored the game of the old claim, AWS may still store it: the player must not claim it
        // then.
        let claim = Claim::of_waiting(waiting);
        let result = self.store.claim_place(self.me, &claim, old).await?;
        Ok((result != ClaimResult::Yes).then_some(Attempt::Busy))
    }

    /// `claim`: the player's own.
    fn may_join_from(&self, claim: Option<&Claim>) -> bool {
        self.moves || claim.is_none_or(|claim| claim.room == self.room)
    }

    /// The player has moved: its place here is a leftover.
    async fn waits_elsewhere(&self, lobby: &mut Lobby) -> Result<Attempt, PortError> {
        lobby::leave_if_waiting(self.store, self.me, lobby).await?;
        Ok(answer(ErrorCode::AlreadyWaiting))
    }

    /// A player who joins in another lobby leaves the one where it waits. `claim` is its own.
    async fn leave_other(&self, claim: Option<&Claim>) -> Result<(), PortError> {
        let room = claim.and_then(|claim| claim.room.as_ref());
        if room == self.room.as_ref() {
            return Ok(());
        }
        let mut lobby = self.store.lobby(room).await?;
        lobby::leave_if_waiting(self.store, self.me, &mut lobby).await
    }

    async fn remove_stale(
        &self,
        waiting: &Waiting,
        lobby: &mut Lobby,
    ) -> Result<Attempt, PortError> {
        lobby::leave(self.store, waiting, lobby).await?;
        info!(game = %waiting.game, "removed a stale waiting player");
        Ok(Attempt::Stale)
    }

    /// The player's connection is closed, or its game is over, or an operator disconnects it and died midway.
    async fn closed(&self, lobby: &mut Lobby) -> Result<Attempt, PortError> {
        self.players.disconnect(self.me).await?;
        lobby::leave_if_waiting(self.store, self.me, lobby).await?;
        Ok(answer(ErrorCode::TryAgain))
    }

    /// The player is in this game.
    async fn plays(&self, game: &Game, seat: Seat) -> Result<Attempt, PortError> {
        if game.id == self.game {
            // The SDK repeated our own entry in the lobby, and another joiner started a game with us meanwhile.
            return Ok(Attempt::Answer(game.started(seat)));
        }
        self.send_lost_timer(game).await?;
        Ok(answer(ErrorCode::AlreadyInAGame))
    }

    /// If the round is overdue, its timer may be a dead letter, or AWS stored the round after its timer was deleted: sends
    /// the timer again.
    async fn send_lost_timer(&self, game: &Game) -> Result<(), PortError> {
        if game.overdue_ms(self.environment.now_ms()) >= LEASE_MS {
            self.queue.schedule(&game.round_timer().into(), 0).await?;
        }
        Ok(())
    }
}

fn answer(code: ErrorCode) -> Attempt {
    Attempt::Answer(code.into())
}
