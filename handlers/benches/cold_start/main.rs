//! Measures how fast the functions start, beside small programs in other stacks that do the same job.
//!
//! `cargo bench -p rps-handlers --bench cold_start -- --help` lists the options.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the results and the notices"
)]

mod arguments;
mod cgroup;
mod docs;
mod instructions;
mod machine;
mod measure;
mod programs;
mod report;
mod runtime_api;
mod scenes;
mod server;
mod services;
mod tls;
mod variants;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use axum::Router;
use clap::Parser as _;
use serde_json::json;
use tokio::runtime::{Builder, Handle};

use self::arguments::Arguments;
use self::cgroup::Quota;
use self::measure::Lab;
use self::report::Row;
use self::tls::Authority;
use self::variants::Variant;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = Arguments::parse();
    let counts = arguments.instructions || arguments.record_instructions;
    if counts {
        arguments.names = instructions::VARIANTS.map(str::to_owned).to_vec();
        arguments.no_quota = true;
    }
    let folder = programs::folder();
    let authority = Authority::in_folder(&folder)?;
    let mut variants = variants::build(&arguments.names, |name, error| skip(name, &error));
    ensure!(!variants.is_empty(), "nothing to measure");
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let quota = (!arguments.no_quota).then(Quota::new).transpose();
    let quota = quota.unwrap_or_else(|error| {
        skip("the CPU share of 128 MB", &error);
        None
    });
    let lab = Lab {
        runtime: runtime.handle(),
        services: &start_services(runtime.handle(), &authority, arguments.plain)?,
        authority: &authority,
        quota: quota.as_ref(),
        log: folder.join("output.log"),
    };
    if counts {
        return instructions::check(&lab, &mut variants, arguments.record_instructions);
    }
    let rows = measure(&lab, variants, arguments.runs)?;
    write(&rows, &arguments)
}

fn write(rows: &[Row], arguments: &Arguments) -> Result<()> {
    println!("{}", report::table(rows));
    let machine = machine::description();
    let path = programs::folder().with_extension("json");
    let results = json!({ "machine": machine, "runs": arguments.runs, "tls": !arguments.plain, "variants": report::json(rows) });
    fs::write(&path, format!("{results:#}\n"))
        .with_context(|| format!("cannot write {}", path.display()))?;
    if arguments.docs {
        docs::write(rows, arguments.runs, &machine)?;
    }
    Ok(())
}

fn skip(name: &str, error: &anyhow::Error) {
    eprintln!("skip {name}: {error:#}");
}

/// Returns the URL of the services.
fn start_services(runtime: &Handle, authority: &Authority, is_plain: bool) -> Result<String> {
    let routes = Router::new().fallback(services::answer);
    let (scheme, tls) = if is_plain {
        ("http", None)
    } else {
        ("https", Some(authority.server()?))
    };
    let port = server::start(runtime, routes, tls)?.port();
    Ok(format!("{scheme}://localhost:{port}"))
}

/// Measures the variants in another order in each round, so that a disturbance affects all of them.
fn measure(lab: &Lab, variants: Vec<Variant>, rounds: u32) -> Result<Vec<Row>> {
    let rows = variants.into_iter().map(|variant| Row {
        variant,
        samples: Vec::new(),
    });
    let mut rows: Vec<Row> = rows.collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for _ in 0..rounds {
        fastrand::shuffle(&mut order);
        for index in &order {
            let row = &mut rows[*index];
            let sample = lab.measure(&row.variant);
            let sample = sample.with_context(|| format!("{}: {}", row.variant.name, lab.log()))?;
            row.samples.push(sample);
        }
    }
    Ok(rows)
}
