//! What the service needs from the world, one capability a trait.
//!
//! A service function names the traits it uses, so its signature says what it may do; the roles in
//! `pulumi/` grant exactly the AWS actions named here. Each method is *one* call to AWS: one
//! conditional write or one read, so that a crash can only fall between two methods. A condition that
//! does not hold is an outcome, not an error. All are safe to repeat: the adapters retry what is
//! transient, and recognize their own earlier write when its answer was lost.

use std::future::Future;

use rps_game::{
    Claim, Connection, ConnectionId, Game, GameId, Message, Play, Seat, ServerMessage, Taken, Tick,
    Waiting,
};

/// AWS did not do it, and the adapter's retries are used up. Nothing is known to have changed. A player
/// is told to try again; a message is put back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {reason}")]
pub struct Failure {
    /// The operation, in AWS's words.
    pub operation: &'static str,
    /// Why, for the log: never a player's input.
    pub reason: String,
}

/// What every port's method returns.
pub trait Answer<T>: Future<Output = Result<T, Failure>> {}
impl<T, F: Future<Output = Result<T, Failure>>> Answer<T> for F {}

/// `dynamodb:PutItem`
pub trait OpenConnection {
    /// Stores a new connection, if it is not stored already.
    fn open_connection(&self, connection: &Connection) -> impl Answer<()>;
}

/// `dynamodb:GetItem`, consistent
pub trait FindConnection {
    /// The connection, unless it is closed.
    fn find_connection(&self, id: &ConnectionId) -> impl Answer<Option<Connection>>;
}

/// `dynamodb:DeleteItem`
pub trait RemoveConnection {
    /// Removes the connection and gives it back as it was, if it was there and, with `claiming`, claims
    /// that game.
    fn remove_connection(
        &self,
        id: &ConnectionId,
        claiming: Option<&GameId>,
    ) -> impl Answer<Option<Connection>>;
}

/// What came of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The place is claimed.
    Yes,
    /// The connection claims another place.
    Otherwise(Claim),
    /// The connection is closed. No claim can bring it back.
    NoConnection,
}

/// `dynamodb:UpdateItem`
pub trait ClaimPlace {
    /// Claims a place for a connection that has none, or exactly `replacing`.
    fn claim_place(
        &self,
        id: &ConnectionId,
        claim: &Claim,
        replacing: Option<&Claim>,
    ) -> impl Answer<Claimed>;
}

/// `dynamodb:GetItem`, consistent
pub trait ReadLobby {
    /// Who waits in that shard of the lobby.
    fn waiting(&self, shard: u8) -> impl Answer<Option<Waiting>>;
}

/// `dynamodb:GetItem`
pub trait PeekLobby {
    /// Who waited in that shard of the lobby a moment ago: not consistent, at half the price.
    fn peek_lobby(&self, shard: u8) -> impl Answer<Option<Waiting>>;
}

/// `dynamodb:PutItem`
pub trait EnterLobby {
    /// Waits in the game's shard of the lobby, if nobody waits there.
    fn enter_lobby(&self, waiting: &Waiting) -> impl Answer<bool>;
}

/// `dynamodb:UpdateItem`
pub trait TakeWaiting {
    /// Takes the waiting player, if that shard of the lobby is exactly as seen.
    fn take_waiting(&self, seen: &Waiting, taken: &Taken) -> impl Answer<bool>;
}

/// `dynamodb:DeleteItem`
pub trait ClearLobby {
    /// Empties the game's shard of the lobby, if that player waits in it for that game.
    fn clear_lobby(&self, connection: &ConnectionId, game: &GameId) -> impl Answer<()>;
}

/// `dynamodb:DeleteItem`
pub trait StepOut {
    /// Takes the waiting player out of the lobby, if that shard is exactly as seen.
    fn step_out(&self, seen: &Waiting) -> impl Answer<bool>;
}

/// `dynamodb:GetItem`, consistent
pub trait FindGame {
    /// The game, unless it is over and gone.
    fn find_game(&self, id: &GameId) -> impl Answer<Option<Game>>;
}

/// `dynamodb:PutItem`
pub trait StartGame {
    /// Stores a new game, if none has its id: of all joiners who try, one succeeds.
    fn start_game(&self, game: &Game) -> impl Answer<bool>;
}

/// What came of a write to a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// It is changed, and is now this.
    Yes(Game),
    /// It is not changed, and is this.
    No(Game),
    /// There is no such game.
    NoGame,
}

/// A play as it arrives.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Who plays.
    pub from: &'a ConnectionId,
    /// The play.
    pub play: Play,
    /// The round it is meant for, if said.
    pub round: Option<u32>,
    /// When API Gateway received it, milliseconds since 1970.
    pub arrived_ms: u64,
}

/// `dynamodb:UpdateItem`
pub trait RecordPlay {
    /// Stores a play, under the condition of [`Game::play`].
    fn record_play(&self, claim: &Claim, arrival: Arrival<'_>) -> impl Answer<Changed>;
}

/// `dynamodb:UpdateItem`
pub trait CloseRound {
    /// Closes the round whose tick this is, under the condition of [`Game::clock`].
    fn close_round(&self, tick: &Tick) -> impl Answer<Changed>;
}

/// `dynamodb:UpdateItem`
pub trait CloseGame {
    /// Closes the round because the player in that seat left, under the condition of [`Game::close`].
    fn close_by_leaving(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> impl Answer<Changed>;
}

/// `dynamodb:UpdateItem`; operators only
pub trait CloseByOperator {
    /// Closes the round as [`Game::ended_by_operator`] does, if it is the round that was seen, and closed or
    /// open as it was.
    fn close_by_operator(&self, seen: &Game) -> impl Answer<Changed>;
}

/// `dynamodb:UpdateItem`
pub trait NextRound {
    /// Replaces the drawn round `now` by `next`, if nobody else has, or has closed it otherwise.
    fn next_round(&self, now: &Game, next: &Game) -> impl Answer<Changed>;
}

/// `dynamodb:DeleteItem`
pub trait RemoveGame {
    /// Removes the game; with `only_open`, only if its round is not closed. Whether it is gone.
    fn remove_game(&self, id: &GameId, only_open: bool) -> impl Answer<bool>;
}

/// `sqs:SendMessage`
pub trait Schedule {
    /// Sends the message to arrive after that many seconds.
    fn schedule(&self, message: &Message, delay_s: u8) -> impl Answer<()>;
}

/// Whether a message reached a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// API Gateway accepted it.
    Told,
    /// The connection is closed (410).
    Gone,
}

/// `execute-api:ManageConnections` on `POST`
pub trait Notify {
    /// Tells a player.
    fn tell(&self, to: &ConnectionId, message: &ServerMessage) -> impl Answer<Delivery>;
}

/// `execute-api:ManageConnections` on `DELETE`
pub trait Disconnect {
    /// Closes a connection, or finds it closed.
    fn disconnect(&self, id: &ConnectionId) -> impl Answer<()>;
}

/// All that joining takes of the table.
pub trait JoinStore:
    ReadLobby
    + EnterLobby
    + TakeWaiting
    + ClearLobby
    + ClaimPlace
    + FindConnection
    + RemoveConnection
    + FindGame
    + StartGame
    + RemoveGame
{
}
impl<T> JoinStore for T where
    T: ReadLobby
        + EnterLobby
        + TakeWaiting
        + ClearLobby
        + ClaimPlace
        + FindConnection
        + RemoveConnection
        + FindGame
        + StartGame
        + RemoveGame
{
}

/// All that ending a game takes of the table.
pub trait EndGame: CloseGame + PeekLobby + ClearLobby + RemoveConnection + RemoveGame {}
impl<T: CloseGame + PeekLobby + ClearLobby + RemoveConnection + RemoveGame> EndGame for T {}

/// All that reaches players.
pub trait Players: Notify + Disconnect {}
impl<T: Notify + Disconnect> Players for T {}
