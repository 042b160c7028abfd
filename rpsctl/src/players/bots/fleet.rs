//! All bots of a run, game after game.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::admission::Admission;
use super::bot::{BotEvent, play_one};
use crate::target::Address;

/// A bot gives up after this many tries in a row without a game.
const TRIES: u32 = 5;

/// The pause after the first failure; it doubles with each further one.
const PAUSE: Duration = Duration::from_millis(100);

/// A callback for every event: the bot's number, the time and the event.
pub(crate) type Watcher = Arc<dyn Fn(usize, Instant, &BotEvent) + Send + Sync>;

pub(crate) struct Fleet {
    admission: Arc<watch::Sender<Admission>>,
    bots: JoinSet<()>,
}

impl Fleet {
    /// Starts `players` bots, numbered from 1, which play `games` games together.
    pub(crate) fn start(
        address: &Address,
        players: usize,
        games: usize,
        watcher: &Watcher,
    ) -> Self {
        let admission = Arc::new(watch::Sender::new(Admission::new(games)));
        let mut bots = JoinSet::new();
        for number in 1..=players {
            let (address, admission) = (address.clone(), Arc::clone(&admission));
            let watcher = Arc::clone(watcher);
            bots.spawn(async move {
                let observe = |at, event: &BotEvent| watcher(number, at, event);
                play_games(&address, &admission, observe).await;
            });
        }
        Self { admission, bots }
    }

    /// Starts no more games. Running games continue.
    pub(crate) fn close(&self) {
        self.admission.send_modify(Admission::close);
    }

    pub(crate) async fn done(&mut self) {
        while self.bots.join_next().await.is_some() {}
    }

    /// Waits until no game begins or ends for `patience`.
    pub(crate) fn stalled(&self, patience: Duration) -> impl Future<Output = ()> + use<> {
        let mut admission = self.admission.subscribe();
        async move {
            loop {
                let steps = admission.borrow().steps();
                let moving = admission.wait_for(|admission| admission.steps() != steps);
                if timeout(patience, moving).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn play_games(
    address: &Address,
    admission: &watch::Sender<Admission>,
    observe: impl Fn(Instant, &BotEvent),
) {
    let mut failures = 0;
    while wait_for_admission(admission).await {
        if play_one(address, admission, &observe).await {
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

/// Waits until another player is needed. Returns false if all games are over.
async fn wait_for_admission(admission: &watch::Sender<Admission>) -> bool {
    let mut changes = admission.subscribe();
    loop {
        let decided = |admission: &Admission| admission.needs_player() || admission.is_over();
        if changes.wait_for(decided).await.is_err() || changes.borrow().is_over() {
            return false;
        }
        if admission.send_if_modified(Admission::admit) {
            return true;
        }
    }
}
