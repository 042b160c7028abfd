//! `rpsctl connections list`, and the same redrawn.

use std::pin::pin;
use std::time::Duration;

use clap::{Args, value_parser};
use futures_util::StreamExt;
use rps_handlers::time::now_ms;

use super::look::{Found, Look};
use super::row::{Row, table, word};
use super::which::Which;
use crate::aws::Deployment;
use crate::cli::{Every, Global};
use crate::commands::watch;
use crate::exit::Exit;
use crate::output::{self, Format, Versioned};

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only connections with no message either way for at least this long, such as 90s or 5m. Asks API Gateway
    /// about each
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, conflicts_with = "stale")]
    idle_for: Option<Duration>,
    /// Only connections that are closed, and still in the table. Asks API Gateway about each
    #[arg(long)]
    stale: bool,
    /// Connections to show at most
    #[arg(long, value_name = "CONNECTIONS", default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    limit: u32,
    /// List them again and again, redrawn in place, until Ctrl-C
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    every: Every,
}

impl ListArgs {
    fn which(&self) -> Which {
        match self.idle_for {
            Some(time) => Which::IdleFor(time),
            None if self.stale => Which::Stale,
            None => Which::All,
        }
    }

    fn table(&self, connections: &[Found]) -> String {
        table(connections, self.which() != Which::All, now_ms()).to_string()
    }
}

/// Runs the command.
pub(super) async fn run(args: &ListArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    if args.watch {
        return watch(&deployment, args, global).await;
    }
    match global.output {
        Format::Json => stream(&deployment, args).await?,
        Format::Table => {
            let (connections, more) = read(&deployment, args).await?;
            if connections.is_empty() {
                output::note(nobody(args.which()));
            } else {
                output::data(args.table(&connections))?;
            }
            output::note_more(more, args.limit);
        }
    }
    deployment.warn_if_paused().await;
    Ok(Exit::Ok)
}

/// That there are none of them.
pub(super) fn nobody(which: Which) -> &'static str {
    match which {
        Which::All => "nobody is connected",
        Which::Stale => "no connection is stale",
        Which::IdleFor(_) => "no connection has been idle for so long",
    }
}

async fn watch(deployment: &Deployment, args: &ListArgs, global: &Global) -> anyhow::Result<Exit> {
    if global.output == Format::Json {
        return watch::repeat(args.every, async || stream(deployment, args).await).await;
    }
    watch::draw(args.every, deployment.target().name(), async || {
        let (connections, more) = read(deployment, args).await?;
        Ok((head(&connections, more), args.table(&connections)))
    })
    .await
}

/// How many there are, and where.
fn head(connections: &[Found], more: bool) -> String {
    let more = if more { "at least " } else { "" };
    let places = ["idle", "joining", "waiting", "playing"].map(|place| {
        let here = connections
            .iter()
            .filter(|it| word(&it.seen.place) == place);
        format!("{} {place}", here.count())
    });
    format!(
        "{more}{} connections: {}",
        connections.len(),
        places.join(", ")
    )
}

/// Prints each connection when it is found.
async fn stream(deployment: &Deployment, args: &ListArgs) -> anyhow::Result<()> {
    let more = find(deployment, args, |found| {
        output::json(&Versioned::new(Row::new(&found.seen, &found.socket)))
    });
    output::note_more(more.await?, args.limit);
    Ok(())
}

/// Up to so many connections, the oldest first, and whether there are more.
async fn read(deployment: &Deployment, args: &ListArgs) -> anyhow::Result<(Vec<Found>, bool)> {
    let mut connections = Vec::new();
    let more = find(deployment, args, |found| {
        connections.push(found);
        Ok(())
    })
    .await?;
    connections.sort_by_key(|found| found.seen.connection.connected_at_ms);
    Ok((connections, more))
}

/// Hands over up to so many connections as they are found, and says whether there are more.
async fn find(
    deployment: &Deployment,
    args: &ListArgs,
    mut found: impl FnMut(Found) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let look = Look::begin(deployment, args.which()).await?;
    let mut connections = pin!(look.connections());
    let mut left = args.limit;
    while let Some(connection) = connections.next().await {
        let connection = connection?;
        if left == 0 {
            return Ok(true);
        }
        left -= 1;
        found(connection)?;
    }
    Ok(false)
}
