//! The games that a command is about.

use std::pin::pin;

use futures_util::StreamExt;
use rps_contract::names::GAME_KEY_PREFIX;
use rps_game::Game;
use rps_handlers::outbound::dynamo::Stored;

use crate::aws::Deployment;
use crate::exit::Failure;

/// Games of the whole table.
#[derive(Debug, Default)]
pub(super) struct Games {
    /// Those that are wanted, the one that is overdue longest first.
    pub(super) wanted: Vec<Game>,
    /// What is wrong with each item that says it is a game, and does not read so.
    pub(super) unreadable: Vec<String>,
}

/// All games that are stuck at that time.
pub(super) async fn stuck(deployment: &Deployment, now_ms: u64) -> Result<Games, Failure> {
    find(deployment, |game| {
        rps_contract::stuck(game, now_ms).is_some()
    })
    .await
}

/// All games.
pub(super) async fn all(deployment: &Deployment) -> Result<Games, Failure> {
    find(deployment, |_| true).await
}

async fn find(deployment: &Deployment, wanted: impl Fn(&Game) -> bool) -> Result<Games, Failure> {
    let mut items = pin!(deployment.scan(GAME_KEY_PREFIX));
    let mut games = Games::default();
    while let Some(item) = items.next().await {
        match item? {
            Ok(Stored::Game(game)) if wanted(&game) => games.wanted.push(game),
            Ok(_) => {}
            Err(why) => games.unreadable.push(format!("left out: {why}")),
        }
    }
    let order = |game: &Game| (game.deadline_ms, game.id.clone());
    games.wanted.sort_by_cached_key(order);
    games.unreadable.sort();
    Ok(games)
}
