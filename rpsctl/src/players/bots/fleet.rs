//! All bots of a run, game after game.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::admission::{Admission, Rates, happens};
use super::bot::{BotEvent, play_one};
use crate::players::client::JoinKind;
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
    /// Starts `players` bots, numbered from 1, which play `games` games together. They start evenly over `ramp_up`.
    pub(crate) fn start(
        address: &Address,
        players: u16,
        games: usize,
        rates: Rates,
        ramp_up: Duration,
        watcher: &Watcher,
    ) -> Self {
        let admission = Admission::new(games).with_rates(rates);
        let admission = Arc::new(watch::Sender::new(admission));
        let mut bots = JoinSet::new();
        for number in 1..=players {
            let (address, admission) = (address.clone(), Arc::clone(&admission));
            let watcher = Arc::clone(watcher);
            let delay = ramp_up.mul_f64(f64::from(number - 1) / f64::from(players));
            bots.spawn(async move {
                sleep(delay).await;
                let observe = |at, event: &BotEvent| watcher(number.into(), at, event);
                play_games(&address, rates.resume, &admission, observe).await;
            });
        }
        Self { admission, bots }
    }

    /// Starts no more games. Running games continue.
    pub(crate) fn close(&self) {
        Admission::update(&self.admission, Admission::close);
    }

    pub(crate) async fn done(&mut self) {
        while self.bots.join_next().await.is_some() {}
    }

    /// Returns when no game has begun or ended between two checks, which are `patience` apart.
    pub(crate) fn stalled(&self, patience: Duration) -> impl Future<Output = ()> + use<> {
        let admission = self.admission.subscribe();
        async move {
            let mut steps = None;
            while steps != Some(admission.borrow().steps()) {
                steps = Some(admission.borrow().steps());
                sleep(patience).await;
            }
        }
    }
}

async fn play_games(
    address: &Address,
    resume_rate: f64,
    admission: &watch::Sender<Admission>,
    observe: impl Fn(Instant, &BotEvent),
) {
    let mut failures = 0;
    while let Some(join) = wait_for_admission(admission).await {
        if play_one(address, join, happens(resume_rate), admission, &observe).await {
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

/// Waits until another player is needed. `None`: all games are over.
async fn wait_for_admission(admission: &watch::Sender<Admission>) -> Option<JoinKind> {
    let mut changes = admission.subscribe();
    loop {
        let decided = |admission: &Admission| admission.needs_player() || admission.is_over();
        if changes.wait_for(decided).await.is_err() || changes.borrow().is_over() {
            return None;
        }
        let mut join = None;
        Admission::update(admission, |admission| join = admission.admit());
        if join.is_some() {
            return join;
        }
    }
}
