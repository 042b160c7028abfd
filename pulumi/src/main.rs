//! Prints the Pulumi program for the game's infrastructure. Pulumi runs it: see `Pulumi.yaml`.
//!
//! For `preview` and `up`, Pulumi passes the stack's configuration and name in environment variables. `rps-infra`
//! checks both, and the zip files, before Pulumi creates anything. When Pulumi only lists the plugins that the
//! program needs, it passes no configuration; `rps-infra` then prints the program with default settings.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use rps_contract::stack;
use rps_infra::{Settings, program, zips};

fn main() -> io::Result<ExitCode> {
    let settings = match env::var("PULUMI_CONFIG") {
        Ok(config) => parse_settings(&config).and_then(check_prerequisites),
        Err(_) => Ok(Settings::default()),
    };
    match settings {
        Ok(settings) => {
            let json = serde_json::to_string_pretty(&program(&settings))?;
            writeln!(io::stdout(), "{json}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(message) => {
            writeln!(io::stderr(), "{message}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn parse_settings(config: &str) -> Result<Settings, String> {
    let config: BTreeMap<String, String> = serde_json::from_str(config).map_err(|error| {
        format!("invalid PULUMI_CONFIG: {error}; run this program through `pulumi preview` or `up`")
    })?;
    Settings::from_config(&config).map_err(|errors| {
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

/// Checks the stack's name and that all zip files exist.
fn check_prerequisites(settings: Settings) -> Result<Settings, String> {
    if let Ok(name) = env::var("PULUMI_STACK")
        && !stack::is_name(&name)
    {
        let usage = stack::NAME_TAKES;
        return Err(format!("invalid stack name {name:?}: use {usage}"));
    }
    let architecture = settings.architecture;
    let missing = zips::missing(architecture);
    if missing.is_empty() {
        return Ok(settings);
    }
    Err(format!(
        "missing {name} zip files of {}: run `cargo run --bin package {name}`",
        missing.join(", "),
        name = architecture.name(),
    ))
}
