//! Games in the table.

use rps_game::{Claim, ConnectionId, Game, GameId, Play, RoundTimer, Seat};

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

    /// Replaces the drawn round `now` by `next`, if the stored round is still `now` and nobody has ended the game.
    fn next_round(&self, now: &Game, next: &Game) -> impl PortCall<ChangeResult>;
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

    /// Removes the game if it still has these players.
    fn remove_game(&self, game: &Game) -> impl PortCall<()>;

    /// Removes the game unless its round is closed or both have played. Returns true if the game does not exist
    /// afterwards.
    fn remove_open_game(&self, id: &GameId) -> impl PortCall<bool>;
}
