//! The operator's and the player's command line.
//!
//! Ground rules: data on stdout, notes on stderr; a failure is one line that says what is wrong and
//! what to do; the exit code is an interface ([`Exit`]). Layout:
//!
//! - `cli`: the command line as clap reads it; `commands`: one file a command
//! - `output`: the only module that writes to stdout and stderr, which a lint watches; `exit`: how rpsctl ends
//! - `operate`: changing what runs: plans, confirmation, execution
//! - `target`: the stack or local system that a command acts on; `aws`: its parts as AWS holds them
//! - `players`: a client of the game, a person's and the bots'
//! - `billing`: what a game in AWS has used, what AWS asks for it, what a month costs
//! - `words`: what the game's messages are in plain English

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod aws;
mod billing;
mod cli;
mod commands;
mod confirmed;
mod exit;
mod interrupt;
mod operate;
mod output;
mod players;
mod target;
mod words;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

pub use self::exit::Exit;
use crate::cli::{Cli, Command};

/// Runs `rpsctl` with the arguments of this process.
#[must_use]
pub fn run() -> ExitCode {
    // First, and with nothing around it: a function's cold start is what `rpsctl local` shows.
    if let Some(function) = commands::local::requested_function(std::env::args_os()) {
        return rps_handlers::functions::run(function);
    }
    let exit = match Cli::try_parse() {
        Ok(cli) => perform(cli).unwrap_or_else(|error| output::failure(&error)),
        Err(error) => output::usage(&error),
    };
    exit.into()
}

fn perform(cli: Cli) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start: the system gives no threads")?;
    let global = cli.global;
    runtime.block_on(async {
        match cli.command {
            Command::Local(args) => commands::local::run(args).await,
            Command::Play(args) => commands::play::run(args, &global).await,
            Command::Bots(args) => commands::bots::run(args, &global).await,
            Command::Games(args) => commands::games::run(args, &global).await,
            Command::Connections(args) => commands::connections::run(args, &global).await,
            Command::Queue(args) => commands::queue::run(args, &global).await,
            Command::Dlq(args) => commands::dlq::run(args, &global).await,
            Command::Doctor(args) => commands::doctor::run(args, &global).await,
            Command::Cost(args) => commands::cost::run(args, &global).await,
            Command::FreeTier(args) => commands::free_tier::run(args, &global).await,
            Command::Completions(args) => commands::manual::completions(&args),
            Command::Man(args) => commands::manual::man(&args),
        }
    })
}
