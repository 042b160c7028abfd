use std::pin::pin;

use futures_util::TryStreamExt;
use rps_game::Game;

use crate::aws::{Deployment, Entry};
use crate::exit::Failure;

#[derive(Debug, Default)]
pub(crate) struct Games {
    /// The game that is overdue longest comes first.
    pub(crate) games: Vec<Game>,
    /// What is wrong with each item that says it is a game, and does not read so.
    pub(crate) unreadable: Vec<String>,
}

pub(crate) async fn find_games(
    deployment: &Deployment,
    is_wanted: impl Fn(&Game) -> bool,
) -> Result<Games, Failure> {
    let mut entries = pin!(deployment.games());
    let mut found = Games::default();
    while let Some(entry) = entries.try_next().await? {
        match entry {
            Entry::Readable(game) if is_wanted(&game) => found.games.push(game),
            Entry::Readable(_) => {}
            Entry::Unreadable(why) => found.unreadable.push(format!("left out: {why}")),
        }
    }
    let order = |game: &Game| (game.deadline_ms, game.id.clone());
    found.games.sort_by_cached_key(order);
    found.unreadable.sort();
    Ok(found)
}
