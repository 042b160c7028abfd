//! `rpsctl bots`: bots play until so many games are over, and report what they saw.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rps_contract::names::{MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_S};
use tokio::time::Instant;

use crate::cli::{BotsArgs, Global};
use crate::commands::{address, no_game};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::output::{self, Format, Progress};
use crate::players::bots::{Fleet, Ledger, Report, Run, Watcher};
use crate::players::client::Player;

/// With no game beginning or ending for so long nothing will: every delivery of a round's message may
/// have failed, each for one visibility timeout, and the longest window is a minute.
const PATIENCE: Duration =
    Duration::from_secs((MAX_RECEIVE_COUNT * VISIBILITY_TIMEOUT_S) as u64 + 60);

pub(crate) async fn run(args: BotsArgs, global: &Global) -> anyhow::Result<Exit> {
    let address = address(args.socket, global).await?;
    let games = usize::try_from(args.games)?;
    let players = usize::from(args.concurrency).min(games.saturating_mul(2));
    let mut interrupt = Interrupt::listen()?;
    // One line if nothing is there, and not one failure for each bot.
    Player::reach(&address)
        .await
        .map_err(|error| no_game(&address, &error))?;

    let bar = Progress::of_games(args.games.into());
    let book = Arc::new(Mutex::new(Ledger::new()?));
    let watcher = keep(&book, &bar);
    let began = Instant::now();
    let mut fleet = Fleet::start(&address, players, games, &watcher);
    let interrupted = attend(&mut fleet, &mut interrupt, &bar).await;
    let took = began.elapsed();
    drop(fleet);
    bar.clear();

    let mut ledger = book.lock().unwrap_or_else(PoisonError::into_inner);
    ledger.give_up();
    let run = Run {
        url: address.to_string(),
        players,
        games,
        took,
        interrupted,
    };
    print(&Report::new(run, &ledger), global.output)
}

/// Writes every moment into the book, and shows how far it is.
fn keep(book: &Arc<Mutex<Ledger>>, bar: &Progress) -> Watcher {
    let (book, bar) = (Arc::clone(book), bar.clone());
    Arc::new(move |bot, at, moment| {
        let mut ledger = book.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.note(bot, at, moment);
        bar.set_position(u64::try_from(ledger.finished()).unwrap_or(u64::MAX));
    })
}

/// Waits for the end of the run, whichever it is. True if somebody asked for it.
async fn attend(fleet: &mut Fleet, interrupt: &mut Interrupt, bar: &Progress) -> bool {
    let stalled = fleet.stalled(PATIENCE);
    tokio::pin!(stalled);
    let mut interrupted = false;
    loop {
        let stall = tokio::select! {
            () = fleet.done() => return interrupted,
            () = &mut stalled => true,
            () = interrupt.wait() => false,
        };
        if stall {
            bar.note("no game has begun or ended for a long time: giving up");
            return interrupted;
        }
        if interrupted {
            return true;
        }
        interrupted = true;
        fleet.close();
        bar.note("the games under way end first; Ctrl-C again to leave them");
    }
}

fn print(report: &Report, format: Format) -> anyhow::Result<Exit> {
    match format {
        Format::Json => output::json(report)?,
        Format::Table => output::data(report.tables())?,
    }
    Ok(Exit::healthy_if(report.is_healthy()))
}
