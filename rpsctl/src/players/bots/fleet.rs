//! The bots together, game after game.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::bot::{Moment, play_one};
use super::floor::Floor;
use crate::target::Address;

/// A bot that finds no game this often in a row gives up.
const TRIES: u32 = 5;

/// The pause after the first failure; it doubles.
const PAUSE: Duration = Duration::from_millis(100);

/// Told every moment: which bot, when, what.
pub(crate) type Watcher = Arc<dyn Fn(usize, Instant, &Moment) + Send + Sync>;

pub(crate) struct Fleet {
    floor: Arc<watch::Sender<Floor>>,
    bots: JoinSet<()>,
}

impl Fleet {
    /// Sends `players` bots to play that many games; they are numbered from 1.
    pub(crate) fn start(
        address: &Address,
        players: usize,
        games: usize,
        watcher: &Watcher,
    ) -> Self {
        let floor = Arc::new(watch::Sender::new(Floor::new(games)));
        let mut bots = JoinSet::new();
        for number in 1..=players {
            let (address, floor) = (address.clone(), Arc::clone(&floor));
            let watcher = Arc::clone(watcher);
            bots.spawn(async move {
                let note = |at, moment: &Moment| watcher(number, at, moment);
                play_on(&address, &floor, note).await;
            });
        }
        Self { floor, bots }
    }

    /// Starts no more games; those under way go on.
    pub(crate) fn close(&self) {
        self.floor.send_modify(Floor::close);
    }

    pub(crate) async fn done(&mut self) {
        while self.bots.join_next().await.is_some() {}
    }

    /// Waits until no game has begun or ended for this long.
    pub(crate) fn stalled(&self, patience: Duration) -> impl Future<Output = ()> + use<> {
        let mut floor = self.floor.subscribe();
        async move {
            loop {
                let steps = floor.borrow().steps();
                let moving = floor.wait_for(|floor| floor.steps() != steps);
                if timeout(patience, moving).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn play_on(address: &Address, floor: &watch::Sender<Floor>, note: impl Fn(Instant, &Moment)) {
    let mut failures = 0;
    while admitted(floor).await {
        if play_one(address, floor, &note).await {
            failures = 0;
            continue;
        }
        failures += 1;
        if failures == TRIES {
            return;
        }
        sleep(PAUSE * (1 << failures)).await;
    }
}

/// Waits until the bot is needed; false if it will not be any more.
async fn admitted(floor: &watch::Sender<Floor>) -> bool {
    let mut changes = floor.subscribe();
    loop {
        let useful = |floor: &Floor| floor.needs_player() || floor.is_over();
        if changes.wait_for(useful).await.is_err() || changes.borrow().is_over() {
            return false;
        }
        if floor.send_if_modified(Floor::admit) {
            return true;
        }
    }
}
