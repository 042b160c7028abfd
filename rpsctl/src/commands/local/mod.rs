//! `rpsctl local`: the whole game on this machine.

mod lines;

use std::ffi::OsString;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use rps_contract::names::{Function, env};
use rps_local::{Options, StartError, Urls};

use self::lines::Lines;
use crate::cli::LocalArgs;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::output;
use crate::players::bots::{Fleet, Watcher};
use crate::target::{Address, LOCAL_ENDPOINT};

pub(crate) async fn run(args: LocalArgs) -> anyhow::Result<Exit> {
    // Before the first process is started: from here on a signal ends in an orderly way.
    let mut interrupt = Interrupt::listen()?;
    let lines = Arc::new(Lines::new());
    let options = options(&args, &lines)?;
    let local = rps_local::start(options)
        .await
        .map_err(|error| explain(&error))?;
    let served = serve(local.urls(), args.bots, &lines, &mut interrupt).await;
    local.stop().await;
    served.map(|()| Exit::Ok)
}

async fn serve(
    urls: &Urls,
    bots: Option<u16>,
    lines: &Arc<Lines>,
    interrupt: &mut Interrupt,
) -> anyhow::Result<()> {
    output::json(urls)?;
    hints(urls, bots);
    let address = urls.url.parse().map_err(|error: &str| anyhow!(error))?;
    // They play until the end of this function, and are gone with it.
    let _bots = bots.map(|bots| play(&address, bots, lines));
    interrupt.wait().await;
    Ok(())
}

fn options(args: &LocalArgs, lines: &Arc<Lines>) -> anyhow::Result<Options> {
    let program = std::env::current_exe().context("cannot find the executable of rpsctl")?;
    let lines = Arc::clone(lines);
    let options = Options {
        port: args.port,
        data: args.data.clone(),
        concurrency: args.concurrency.into(),
        ..Options::default()
    };
    Ok(options
        .functions(&program, arguments)
        .env(env::PLAY_WINDOW_S, &args.play_window_s.to_string())
        .env(env::MAX_ROUNDS, &args.max_rounds.to_string())
        .env(env::LOBBY_SHARDS, &args.lobby_shards.to_string())
        .on_log(move |function, line| lines.log(function, line)))
}

fn explain(error: &StartError) -> anyhow::Error {
    match error {
        StartError::PortInUse(port) => anyhow!(
            "port {port} is in use; pass --port 0 for a free one, or another --port, or stop what uses it"
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
    output::note(format_args!("The players' page is {}", urls.page));
    output::note(format_args!("Play in another terminal: {play}"));
    if let Some(bots) = bots {
        output::note(format_args!(
            "{bots} bots play here; left of each line, seconds since the start"
        ));
    }
    output::note("Ctrl-C ends it.");
}

/// Lets the bots play for as long as the fleet is kept.
fn play(address: &Address, bots: u16, lines: &Arc<Lines>) -> Fleet {
    let lines = Arc::clone(lines);
    let watcher: Watcher = Arc::new(move |bot, _, moment| lines.bot(bot, moment));
    Fleet::start(address, bots.into(), usize::MAX, &watcher)
}

/// `rpsctl __function NAME` runs a function: `rpsctl local` starts each with its own executable.
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
