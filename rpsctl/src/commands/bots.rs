//! `rpsctl bots`: plays games with bots and reports the results.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rps_contract::STUCK_AFTER_MS;
use tokio::time::Instant;

use crate::cli::{BotsArgs, Global};
use crate::commands::{address, connect_error};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::{self, Format, Progress};
use crate::players::bots::{BotsReport, BotsRun, Fleet, Ledger, Rates, Watcher};
use crate::players::client::Player;

/// If no game starts or ends for this long, all games are stuck: the longest play window is a minute.
const STALL_LIMIT: Duration = Duration::from_millis(STUCK_AFTER_MS + 60_000);

pub(crate) async fn run(args: BotsArgs, global: &Global) -> anyhow::Result<Exit> {
    let rates = rates(&args)?;
    let address = address(args.socket, global).await?;
    let games = usize::try_from(args.games)?;
    let seats = u16::try_from(args.games.saturating_mul(2)).unwrap_or(u16::MAX);
    let players = args.concurrency.min(seats);
    let mut interrupt = Interrupt::listen()?;
    // If no server answers, this prints one error, and not one per bot.
    Player::check(&address)
        .await
        .map_err(|error| connect_error(&address, &error))?;

    let bar = Progress::of(args.games.into(), "games");
    let ledger = Arc::new(Mutex::new(Ledger::new()?));
    let watcher = record(&ledger, &bar);
    let start = Instant::now();
    let mut fleet = Fleet::start(&address, players, games, rates, args.ramp_up, &watcher);
    let patience = args.ramp_up.saturating_add(STALL_LIMIT);
    let interrupted = wait_for_end(&mut fleet, patience, &mut interrupt, &bar).await;
    let took = start.elapsed();
    drop(fleet);
    bar.clear();

    let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
    ledger.give_up();
    let run = BotsRun {
        url: address.to_string(),
        players: players.into(),
        games,
        took,
        interrupted,
    };
    print(&BotsReport::new(run, &ledger), global.output)
}

fn rates(args: &BotsArgs) -> Result<Rates, Failure> {
    let (room, bot) = (args.room_rate, args.bot_rate);
    if room + bot > 1.0 {
        return Err(Failure::usage(format!(
            "--room-rate {room} plus --bot-rate {bot} exceeds 1, but no game is both in a room and against the house: \
             lower one of the rates"
        )));
    }
    let resume = args.resume_rate;
    Ok(Rates { room, bot, resume })
}

/// Records every moment in the ledger and updates the progress bar.
fn record(ledger: &Arc<Mutex<Ledger>>, bar: &Progress) -> Watcher {
    let (ledger, bar) = (Arc::clone(ledger), bar.clone());
    Arc::new(move |bot, at, moment| {
        let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.note(bot, at, moment);
        bar.set_position(u64::try_from(ledger.finished()).unwrap_or(u64::MAX));
    })
}

/// Waits for the end of the run. Returns true if an interruption ended it.
async fn wait_for_end(
    fleet: &mut Fleet,
    patience: Duration,
    interrupt: &mut Interrupt,
    bar: &Progress,
) -> bool {
    let stalled = fleet.stalled(patience);
    tokio::pin!(stalled);
    let mut interrupted = false;
    loop {
        let stall = tokio::select! {
            () = fleet.done() => return interrupted,
            () = &mut stalled => true,
            () = interrupt.wait() => false,
        };
        if stall {
            bar.note("giving up: no game has started or ended for a long time");
            return interrupted;
        }
        if interrupted {
            return true;
        }
        interrupted = true;
        fleet.close();
        bar.note("waiting for the running games to end; press Ctrl-C again to leave them");
    }
}

fn print(report: &BotsReport, format: Format) -> anyhow::Result<Exit> {
    match format {
        Format::Json => output::json(report)?,
        Format::Table => output::data(report.tables())?,
    }
    Ok(Exit::healthy_if(report.is_healthy()))
}
