//! Steps that more than one command takes.

use rps_game::{ConnectionId, Game, GameId};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::outbound::gateway::Gateway;
use rps_handlers::ports::Changed;
use rps_handlers::service::operate::end_game;
use rps_handlers::time::now_ms;
use serde::Serialize;

use super::{Confirmed, Outcome, Step};
use crate::exit::Failure;
use crate::words::progress;

/// A game may go on this often while it is being ended, until that is given up.
const ATTEMPTS: usize = 5;

/// Ending a game: both players are told, and nothing of it is left.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "do", rename = "end-game")]
pub(crate) struct EndGame {
    game: GameId,
    round: u32,
    players: [ConnectionId; 2],
    #[serde(skip)]
    seen: Game,
    #[serde(skip)]
    any_round: bool,
}

impl EndGame {
    /// If it is still in the round that was seen, and so as stuck as it was then.
    pub(crate) fn as_seen(seen: Game) -> Self {
        Self {
            game: seen.id.clone(),
            round: seen.round,
            players: seen.players.clone(),
            seen,
            any_round: false,
        }
    }

    /// Whatever round it is in by then.
    pub(crate) fn in_any_round(seen: Game) -> Self {
        Self {
            any_round: true,
            ..Self::as_seen(seen)
        }
    }

    /// Does it.
    pub(crate) async fn act(
        &self,
        store: &DynamoStore,
        gateway: &Gateway,
        _: &Confirmed,
    ) -> Result<Outcome, Failure> {
        let mut seen = self.seen.clone();
        for _ in 0..ATTEMPTS {
            match Box::pin(end_game(store, gateway, &seen)).await? {
                Changed::Yes(_) => return Ok(Outcome::Done),
                Changed::NoGame => return Ok(Outcome::Gone),
                Changed::No(now) if self.any_round => seen = now,
                Changed::No(now) if now.tick() == seen.tick() => {
                    return Ok(refused("its round is being decided at this moment"));
                }
                Changed::No(_) => return Ok(refused("the game has gone on")),
            }
        }
        Ok(refused("its rounds go by too fast"))
    }
}

fn refused(why: &str) -> Outcome {
    Outcome::Refused(why.to_owned())
}

impl Step for EndGame {
    fn words(&self) -> String {
        let progress = progress(&self.seen, now_ms());
        format!("end game {} ({progress}) and tell both players", self.game)
    }
}
