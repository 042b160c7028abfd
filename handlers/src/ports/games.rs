//! Games in the table.

use rps_game::{Claim, ConnectionId, Game, GameId, Play, Seat, Tick};

use crate::ports::Answer;

pub trait FindGame {
    const ACTION: &str = "dynamodb:GetItem";

    /// The game, unless it is over and gone. Consistent.
    fn find_game(&self, id: &GameId) -> impl Answer<Option<Game>>;
}

pub trait StartGame {
    const ACTION: &str = "dynamodb:PutItem";

    /// Stores a new game, if none has its id: of all joiners who try, one succeeds.
    fn start_game(&self, game: &Game) -> impl Answer<bool>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    Yes(Game),
    No(Game),
    NoGame,
}

#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    pub from: &'a ConnectionId,
    pub play: Play,
    /// The round it is meant for, if said.
    pub round: Option<u32>,
    /// When API Gateway received it, milliseconds since 1970.
    pub arrived_ms: u64,
}

pub trait ChangeGame {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Stores a play, under the condition of [`Game::play`].
    fn record_play(&self, claim: &Claim, arrival: Arrival<'_>) -> impl Answer<Changed>;

    /// Closes the round whose tick this is, under the condition of [`Game::clock`].
    fn close_round(&self, tick: &Tick) -> impl Answer<Changed>;

    /// Closes the round because the player in that seat left, under the condition of [`Game::close`].
    fn close_by_leaving(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> impl Answer<Changed>;

    /// Replaces the drawn round `now` by `next`, if nobody else has, or has closed it otherwise.
    fn next_round(&self, now: &Game, next: &Game) -> impl Answer<Changed>;
}

#[cfg(feature = "operator")]
pub trait CloseByOperator {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Closes the round as [`Game::ended_by_operator`] does, if it is the round that was seen, and closed or
    /// open as it was.
    fn close_by_operator(&self, seen: &Game) -> impl Answer<Changed>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Always,
    /// Only while its round is not closed.
    IfOpen,
}

pub trait RemoveGame {
    const ACTION: &str = "dynamodb:DeleteItem";

    /// Whether it is gone.
    fn remove_game(&self, id: &GameId, removal: Removal) -> impl Answer<bool>;
}
