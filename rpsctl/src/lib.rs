//! The command line for operators and players.
//!
//! Data goes to stdout and notes go to stderr. An error is one line: what failed, why, and what to do next.
//! Scripts rely on the exit codes ([`Exit`]). Layout:
//!
//! - `cli`: the types that clap parses
//! - `commands`: one file or folder per command
//! - `operate`: plans that change a target: confirmation and execution
//! - `target`: the stack or local system that a command acts on
//! - `aws`: the target's resources in AWS
//! - `players`: the game client of `rpsctl play` and of the bots
//! - `billing`: usage, prices and the cost of a month
//! - `output`: the only module that writes to stdout and stderr; a lint enforces it
//! - `exit`: exit codes; `words`: texts that several commands use

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
    // First, and without the async runtime: `rpsctl local` shows the function's cold start.
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
        .context("cannot start rpsctl: the system refused to create threads")?;
    let global = cli.global;
    runtime.block_on(async {
        match cli.command {
            Command::Local(args) => commands::local::run(args).await,
            Command::Play(args) => Box::pin(commands::play::run(args, &global)).await,
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
