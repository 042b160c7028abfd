//! The command line: every type that clap parses. This module imports no command.
//!
//! A command's help is the doc comment of its arguments; the variants of [`Command`] have none, since it would
//! replace that help. Help texts start with a verb; a test keeps the list of verbs.

mod connections;
mod cost;
mod dlq;
mod doctor;
mod games;
mod local;
mod manual;
mod players;
mod queue;
mod target;

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, Subcommand};

pub(crate) use self::connections::{
    ConnectionsArgs, ConnectionsCommand, DisconnectArgs, ListConnectionsArgs, ShowConnectionArgs,
};
pub(crate) use self::cost::{BillingArgs, CostArgs, CostCommand, FreeTierArgs};
pub(crate) use self::dlq::{DlqArgs, DlqCommand, ListDeadLettersArgs, PurgeArgs, RedriveArgs};
pub(crate) use self::doctor::DoctorArgs;
pub(crate) use self::games::{EndGamesArgs, GameFilter, GamesArgs, GamesCommand, ShowGameArgs};
pub(crate) use self::local::LocalArgs;
pub(crate) use self::manual::{CompletionsArgs, ManArgs};
pub(crate) use self::players::{BotsArgs, PlayArgs, SocketArgs};
pub(crate) use self::queue::{
    DrainArgs, MOST_MESSAGES, QueueArgs, QueueCommand, StatusArgs, SwitchArgs,
};
pub(crate) use self::target::TargetArgs;
use crate::output::Format;

/// Play and operate a real-time game of rock paper scissors
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes: 0 success, 1 unexpected error, 2 usage error, 3 refused or not confirmed, \
4 unhealthy or over a limit, 5 not found.

To start, run `rpsctl local --bots 1`, then `rpsctl play --local` in a second terminal.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Output format
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t
    )]
    pub(crate) output: Format,
    /// Refuse every change and every game of `play` and `bots`; --dry-run still works
    #[arg(
        long,
        global = true,
        env = "RPSCTL_READ_ONLY",
        hide_env_values = true,
        value_parser = FalseyValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) read_only: bool,
    /// Refuse changes in every AWS account but ID
    #[arg(
        long,
        global = true,
        env = "RPSCTL_EXPECT_ACCOUNT",
        hide_env_values = true,
        value_name = "ID",
        value_parser = account
    )]
    pub(crate) expect_account: Option<String>,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Local(LocalArgs),
    Play(PlayArgs),
    Bots(BotsArgs),
    Games(GamesArgs),
    Connections(ConnectionsArgs),
    Queue(QueueArgs),
    Dlq(DlqArgs),
    Doctor(DoctorArgs),
    Cost(CostArgs),
    FreeTier(FreeTierArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// The options that confirm a change.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Confirmation")]
pub(crate) struct ConfirmArgs {
    /// Show the plan and change nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// Carry out the plan without asking; scripts need this
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct WatchInterval {
    /// Pause between two refreshes of a watched view. Each refresh reads the table, which AWS bills
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = pause)]
    pub(crate) every: Duration,
}

fn account(text: &str) -> Result<String, &'static str> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("use the 12 digits of an AWS account id")
    }
}

/// Parses a pause. A very short one would send requests to AWS without end.
fn pause(text: &str) -> Result<Duration, &'static str> {
    let pause = duration(text)?;
    if pause < Duration::from_millis(100) {
        return Err("the pause is too short: use at least 100ms");
    }
    Ok(pause)
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(text).map_err(|_| "use a number and a unit, such as 90s, 10m or 2h")
}

/// Parses a whole number within limits.
fn number<T: FromStr + PartialOrd + Display + Clone>(
    limits: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|it| limits.contains(it));
        number.ok_or_else(|| {
            format!(
                "use a whole number from {} to {}",
                limits.start(),
                limits.end()
            )
        })
    }
}

/// Parses a share from 0 to 1.
fn rate(text: &str) -> Result<f64, &'static str> {
    let rate = text.parse().ok().filter(|it| (0.0..=1.0).contains(it));
    rate.ok_or("use a number from 0 to 1, such as 0.5")
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;
    use clap::{Command, CommandFactory, Parser};

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// The first words that a command's help may have.
    const VERBS: [&str; 14] = [
        "Check",
        "Delete",
        "Disconnect",
        "End",
        "Generate",
        "List",
        "Pause",
        "Play",
        "Print",
        "Redrive",
        "Resume",
        "Run",
        "Show",
        "Watch",
    ];

    fn assert_help_starts_with_a_verb(command: &Command) {
        let name = command.get_name();
        let about = command.get_about().map(ToString::to_string);
        let help = about.unwrap_or_else(|| panic!("{name} has no help"));
        let verb = help.split(|c: char| !c.is_alphabetic()).next();
        let is_verb = verb.is_some_and(|verb| VERBS.contains(&verb));
        assert!(is_verb, "the help of {name} starts with no verb: {help}");
        for command in command.get_subcommands() {
            assert_help_starts_with_a_verb(command);
        }
    }

    #[test]
    fn the_help_of_every_command_starts_with_a_verb() {
        assert_help_starts_with_a_verb(&Cli::command());
    }

    /// A doc comment on the command's variant would replace the long help of its arguments.
    #[test]
    fn commands_with_details_have_a_long_help() {
        let cli = Cli::command();
        for name in "local play bots doctor cost free-tier completions man".split(' ') {
            let command = cli.find_subcommand(name);
            let long_help = command.and_then(Command::get_long_about);
            assert!(long_help.is_some(), "{name}");
        }
    }

    #[test]
    fn only_a_watched_view_has_a_pause() {
        for command in ["games list", "connections list", "queue status", "doctor"] {
            let parse = |options: &str| {
                let line = format!("rpsctl {command} --local{options}");
                Cli::try_parse_from(line.split(' ')).map_err(|error| error.kind())
            };
            assert!(parse("").is_ok() && parse(" --watch --every 1s").is_ok());
            let missing = Some(ErrorKind::MissingRequiredArgument);
            assert_eq!(parse(" --every 1s").err(), missing, "{command}");
        }
        let watch = "rpsctl games watch --local --every 1s";
        assert!(Cli::try_parse_from(watch.split(' ')).is_ok());
    }

    #[test]
    fn values_beyond_their_limits_are_refused() {
        for line in [
            "local --port 66000",
            "local --play-window-s 0",
            "local --play-window-s 61",
            "local --max-rounds 13",
            "local --lobby-shards 29",
            "local --concurrency 0",
            "local --bots 0",
            "play --url http://127.0.0.1/",
            "bots --local --games 0 --concurrency 2",
            "bots --local --games 2 --concurrency 1",
            "games list --local --limit 0",
            "games watch --local --every 99ms",
            "cost --local --days 29",
            "free-tier --local --fail-over=-1",
        ] {
            let parsed = Cli::try_parse_from(format!("rpsctl {line}").split(' '));
            let kind = parsed.expect_err(line).kind();
            assert_eq!(kind, ErrorKind::ValueValidation, "{line}");
        }
    }
}
