//! `rpsctl completions`: what completes the command line in a shell.

use clap::CommandFactory;
use clap_complete::generate;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::Exit;
use crate::output;

pub(crate) fn run(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "rpsctl", &mut script);
    output::data(String::from_utf8(script)?.trim_end())?;
    Ok(Exit::Ok)
}
