//! Games in the table.

use rps_game::{Claim, Connection, ConnectionId, Game, GameId, Play, RoundTimer, Seat, SeatSecret};

use crate::ports::PortCall;

pub trait FindGame {
    const ACTION: &str = "dynamodb:GetItem";

    /// Returns the stored game, by a consistent read. `None`: it is over and removed.
    fn find_game(&self, id: &GameId) -> impl PortCall<Option<Game>>;

    /// Returns the stored game if its round has no further plays, by an eventually consistent read at half the price.
    fn peek_closed_game(&self, id: &GameId) -> impl PortCall<Option<Game>>;
}

pub trait StartGame {
    const ACTION: &str = "dynamodb:PutItem";

    /// Stores a new game. Returns false if another joiner has stored a game with this id.
    fn start_game(&self, game: &Game) -> impl PortCall<bool>;
}

/// The game after a conditional write.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ChangeResult {
    /// The write changed the game.
    Yes(Game),
    /// The condition does not hold; the game is unchanged.
    No(Game),
    NoGame,
}

#[derive(Debug, Clone, Copy)]
pub struct IncomingPlay<'a> {
    pub from: &'a ConnectionId,
    pub play: Play,
    /// The round that the client named, if it did.
    pub round: Option<u32>,
    /// API Gateway received the play at this time, milliseconds since 1970.
    pub arrived_ms: u64,
}

pub trait ChangeGame {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Stores a play, under the condition of [`Game::play`]. A repeated play changes nothing.
    fn record_play(&self, claim: &Claim, incoming: IncomingPlay<'_>)
    -> impl PortCall<ChangeResult>;

    /// Closes the timer's round, under the condition of [`Game::clock`].
    fn close_round(&self, round_timer: &RoundTimer) -> impl PortCall<ChangeResult>;

    /// Closes the round because a player left, under the condition of [`Game::close`].
    fn close_by_leaving(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> impl PortCall<ChangeResult>;

    /// Marks the seat absent because its player's connection broke, under the condition of [`Game::with_absent`].
    fn mark_absent(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> impl PortCall<ChangeResult>;

    /// Replaces the drawn round `now` by `next`, if the stored round is still `now` and nobody has ended the game.
    fn next_round(&self, now: &Game, next: &Game) -> impl PortCall<ChangeResult>;
}

/// A player takes its seat in a game on another connection.
#[derive(Debug, Clone, Copy)]
pub struct Takeover<'a> {
    /// The connection that has the seat, as stored.
    pub from: &'a ConnectionId,
    /// `from` claims the game.
    pub is_claimed: bool,
    /// The connection that takes the seat, as stored.
    pub to: &'a Connection,
    /// Its new claim.
    pub claim: &'a Claim,
    pub secret: &'a SeatSecret,
}

pub trait TakeSeat {
    /// With the action of [`crate::ports::RemoveConnection`], it allows a transaction.
    const ACTION: &str = "dynamodb:UpdateItem";

    /// In one transaction, removes `from` if it claims the game, moves the seat under the condition of
    /// [`Game::with_resumed`], and replaces the claim of `to`. Returns false and changes nothing if one of the items has
    /// changed.
    fn take_seat(&self, takeover: Takeover<'_>) -> impl PortCall<bool>;
}

#[cfg(feature = "operator")]
pub trait CloseByOperator {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Closes the round as [`Game::ended_by_operator`] does, if the stored round and its `closed` equal
    /// those of `snapshot`.
    fn close_by_operator(&self, snapshot: &Game) -> impl PortCall<ChangeResult>;
}

pub trait RemoveGame {
    const ACTION: &str = "dynamodb:DeleteItem";

    /// Removes the game if it still has these players. Otherwise returns it.
    fn remove_game(&self, game: &Game) -> impl PortCall<Option<Game>>;

    /// Removes the game if it still has these players, unless its round is closed or both have played. Returns true if
    /// the game does not exist afterwards.
    fn remove_open_game(&self, game: &Game) -> impl PortCall<bool>;
}
