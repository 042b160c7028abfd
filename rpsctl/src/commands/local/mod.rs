//! `rpsctl local`: runs the whole game on this machine.

mod lan;
mod log;

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use rps_contract::names::{Function, env};
use rps_local::{Faults, Options, StartError, Throttle, Urls};

use self::log::LocalLog;
use crate::cli::LocalArgs;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::output;
use crate::players::bots::{Fleet, Rates, Watcher};
use crate::target::{Address, LOCAL_ENDPOINT};

pub(crate) async fn run(args: LocalArgs) -> anyhow::Result<Exit> {
    // Listen before the first process starts: from here on, a signal stops every process.
    let mut interrupt = Interrupt::listen()?;
    let log = Arc::new(LocalLog::new());
    let options = options(&args, &log)?;
    let local = rps_local::start(options)
        .await
        .map_err(|error| explain(&error))?;
    let result = serve(local.urls(), args.bots, &log, &mut interrupt).await;
    local.stop().await;
    result.map(|()| Exit::Ok)
}

async fn serve(
    urls: &Urls,
    bots: Option<u16>,
    log: &Arc<LocalLog>,
    interrupt: &mut Interrupt,
) -> anyhow::Result<()> {
    output::json(urls)?;
    hints(urls, bots);
    if let Some(page) = &urls.lan {
        lan::invite(page);
    }
    let address = urls.url.parse().map_err(|error: &str| anyhow!(error))?;
    // The bots play until this value is dropped.
    let _bots = bots.map(|bots| play(&address, bots, log));
    interrupt.wait().await;
    Ok(())
}

fn options(args: &LocalArgs, log: &Arc<LocalLog>) -> anyhow::Result<Options> {
    let program =
        std::env::current_exe().context("cannot find the path of the rpsctl executable")?;
    let log = Arc::clone(log);
    let limits = args.rate_limit.zip(args.burst_limit);
    let options = Options {
        port: args.port,
        lan: args.lan.then(lan::address).transpose()?,
        data: args.data.clone(),
        concurrency: args.concurrency.into(),
        throttle: limits.map(|(rate, burst)| Throttle {
            rate_limit: rate.into(),
            burst_limit: burst.into(),
        }),
        faults: if args.faults {
            Faults::ALL
        } else {
            Faults::default()
        },
        ..Options::default()
    };
    Ok(options
        .functions(&program, arguments)
        .env(env::PLAY_WINDOW_S, &args.play_window_s.to_string())
        .env(env::MAX_ROUNDS, &args.max_rounds.to_string())
        .env(env::DECIDE_EARLY, &args.decide_early.to_string())
        .env(env::LOBBY_PLACES, &args.lobby_places.to_string())
        .on_log(move |function, line| log.function(function, line)))
}

fn explain(error: &StartError) -> anyhow::Error {
    match error {
        StartError::PortInUse(port) => anyhow!(
            "port {port} is in use; pass another --port, or --port 0 for a free one, or stop the process that uses it"
        ),
        other => anyhow!("{other}"),
    }
}

fn hints(urls: &Urls, bots: Option<u16>) {
    let play = if urls.endpoint == LOCAL_ENDPOINT {
        "rpsctl play --local".to_owned()
    } else {
        format!("rpsctl play --url {}", urls.url)
    };
    output::note(format_args!("Players' page: {}", urls.page));
    output::note(format_args!("To play, run in another terminal: {play}"));
    if let Some(bots) = bots {
        let bots = match bots {
            1 => "A bot waits here for an opponent".to_owned(),
            _ => format!("{bots} bots play here"),
        };
        output::note(format_args!(
            "{bots}. Each line starts with the seconds since the start."
        ));
    }
    output::note("Press Ctrl-C to stop.");
}

/// Starts the bots. They play until the fleet is dropped.
fn play(address: &Address, bots: u16, log: &Arc<LocalLog>) -> Fleet {
    let log = Arc::clone(log);
    let watcher: Watcher = Arc::new(move |bot, _, moment| log.bot(bot, moment));
    let rates = Rates::default();
    Fleet::start(address, bots, usize::MAX, rates, Duration::ZERO, &watcher)
}

/// `rpsctl __function NAME` runs a function. `rpsctl local` starts each function this way.
const FUNCTION: &str = "__function";

/// Returns the function that this process should run.
pub(crate) fn requested_function(mut args: impl Iterator<Item = OsString>) -> Option<Function> {
    let _executable = args.next()?;
    if args.next()? != FUNCTION {
        return None;
    }
    Function::named(args.next()?.to_str()?)
}

fn arguments(function: Function) -> Vec<String> {
    vec![FUNCTION.to_owned(), function.name().to_owned()]
}
