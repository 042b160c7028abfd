use std::pin::pin;

use futures_util::TryStreamExt;
use rps_game::Game;

use crate::aws::{Deployment, Entry};
use crate::exit::Failure;

#[derive(Debug, Default)]
pub(crate) struct GameScan {
    /// Sorted by deadline, so that the game that is overdue longest comes first.
    pub(crate) games: Vec<Game>,
    /// A note for each unreadable game.
    pub(crate) unreadable: Vec<String>,
}

pub(crate) async fn scan_games(
    deployment: &Deployment,
    matches: impl Fn(&Game) -> bool,
) -> Result<GameScan, Failure> {
    let mut entries = pin!(deployment.games());
    let mut scan = GameScan::default();
    while let Some(entry) = entries.try_next().await? {
        match entry {
            Entry::Readable(game) if matches(&game) => scan.games.push(game),
            Entry::Readable(_) => {}
            Entry::Unreadable(why) => scan.unreadable.push(format!("skipped: {why}")),
        }
    }
    scan.games
        .sort_by_cached_key(|game| (game.deadline_ms, game.id.clone()));
    scan.unreadable.sort();
    Ok(scan)
}
