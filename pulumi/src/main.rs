//! Prints the Pulumi program of the game's infrastructure. Pulumi runs it: see `Pulumi.yaml`.
//!
//! For `preview` and `up` Pulumi hands over the stack's configuration and name, and both are checked
//! here, with the zips, before anything is created. When it only wants to know what the program needs
//! it hands over nothing, and gets the program of a stack that sets nothing.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use rps_contract::stack;
use rps_infra::{Settings, program, zips};

fn main() -> io::Result<ExitCode> {
    let checked = match env::var("PULUMI_CONFIG") {
        Ok(config) => settings(&config).and_then(ready),
        Err(_) => Ok(Settings::default()),
    };
    match checked {
        Ok(settings) => {
            let json = serde_json::to_string_pretty(&program(&settings))?;
            writeln!(io::stdout(), "{json}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal) => {
            writeln!(io::stderr(), "{refusal}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn settings(config: &str) -> Result<Settings, String> {
    let config: BTreeMap<String, String> = serde_json::from_str(config)
        .map_err(|error| format!("PULUMI_CONFIG is not what Pulumi hands over: {error}"))?;
    Settings::from_config(&config).map_err(|refused| {
        let lines: Vec<_> = refused.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

/// Whether everything is there that the settings need.
fn ready(settings: Settings) -> Result<Settings, String> {
    if let Ok(name) = env::var("PULUMI_STACK")
        && !stack::is_name(&name)
    {
        let takes = format!("a stack's name takes {}", stack::NAME_TAKES);
        return Err(format!("the stack is named {name:?}: {takes}"));
    }
    let architecture = settings.architecture;
    let missing = zips::missing(architecture);
    if missing.is_empty() {
        return Ok(settings);
    }
    Err(format!(
        "no zip is built of {} for {name}: run `cargo run -p rps-infra --bin package {name}`",
        missing.join(", "),
        name = architecture.name(),
    ))
}
