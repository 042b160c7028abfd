//! `rpsctl man` and `rpsctl completions`, generated from the command line types.

use std::path::Path;
use std::{fs, io};

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_complete::generate;
use clap_mangen::Man;

use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn completions(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "rpsctl", &mut script);
    output::data(String::from_utf8(script)?.trim_end())?;
    Ok(Exit::Ok)
}

pub(crate) fn man(args: &ManArgs) -> anyhow::Result<Exit> {
    // `rpsctl help` needs no page of its own.
    let mut rpsctl = Cli::command().disable_help_subcommand(true);
    rpsctl.build();
    if let Some(dir) = &args.dir {
        fs::create_dir_all(dir)
            .and_then(|()| write(&rpsctl, dir))
            .with_context(|| format!("cannot write the manual pages to {}", dir.display()))?;
        return Ok(Exit::Ok);
    }
    let mut text = Vec::new();
    page(find_command(&rpsctl, &args.command)?).render(&mut text)?;
    output::data(String::from_utf8(text)?.trim_end())?;
    Ok(Exit::Ok)
}

fn find_command<'a>(rpsctl: &'a Command, words: &[String]) -> Result<&'a Command, Failure> {
    words.iter().try_fold(rpsctl, |command, word| {
        command.find_subcommand(word).ok_or_else(|| {
            let names: Vec<_> = command.get_subcommands().map(Command::get_name).collect();
            let commands = match &*names.join(", ") {
                "" => "it has no commands".to_owned(),
                names => format!("use one of {names}"),
            };
            let name = command.get_bin_name().unwrap_or("rpsctl");
            Failure::usage(format!("{name} has no command '{word}': {commands}"))
        })
    })
}

fn page(command: &Command) -> Man {
    let version = concat!("rpsctl ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).source(version)
}

/// Writes the pages of a command and its subcommands.
fn write(command: &Command, dir: &Path) -> io::Result<()> {
    page(command).generate_to(dir)?;
    command.get_subcommands().try_for_each(|it| write(it, dir))
}
