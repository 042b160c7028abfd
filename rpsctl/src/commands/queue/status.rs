use comfy_table::Table;
use rps_contract::stuck;
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{Global, StatusArgs};
use crate::commands::watch;
use crate::exit::{Exit, Failure};
use crate::operate::scan_games;
use crate::output;
use crate::words::time_span;

/// The status of the queue. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct QueueStatus {
    /// Queue name.
    queue: String,
    /// Number of messages that can be received.
    visible: u64,
    /// Number of messages whose delay has not ended.
    delayed: u64,
    /// Number of messages that were received but not deleted.
    in_flight: u64,
    /// Age of the oldest message in seconds, in the last minute that CloudWatch has.
    oldest_s: Option<u64>,
    /// Number of messages in the dead-letter queue.
    dead_letters: u64,
    /// State of the event source mapping, as Lambda reports it.
    mapping: String,
    /// Number of stuck games.
    stuck_games: usize,
    /// Whether the mapping is on, and there are no dead letters and no stuck games.
    healthy: bool,
    #[serde(skip)]
    mapping_is_off: bool,
    #[serde(skip)]
    notes: Vec<String>,
}

pub(super) async fn run(args: &StatusArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    if args.watch {
        let print = async || show(&read_status(&deployment).await?, global);
        return watch::watch(args.every, &deployment, global, print, async || {
            let status = read_status(&deployment).await?;
            let health = if status.healthy {
                "healthy"
            } else {
                "unhealthy"
            };
            Ok((health.to_owned(), table(&status).into()))
        })
        .await;
    }
    let status = read_status(&deployment).await?;
    show(&status, global)?;
    Ok(Exit::healthy_if(status.healthy))
}

fn show(status: &QueueStatus, global: &Global) -> anyhow::Result<()> {
    output::show(global.output, status, || table(status))?;
    status.notes.iter().for_each(output::note);
    Ok(())
}

async fn read_status(deployment: &Deployment) -> Result<QueueStatus, Failure> {
    let queue = deployment.queue().await?;
    let dead_letters = deployment.dead_letter_queue().await?;
    let (counts, dead_letters, mapping, oldest_s) = tokio::join!(
        queue.counts(),
        dead_letters.counts(),
        deployment.mapping(),
        queue.oldest_age_s(),
    );
    let (counts, dead_letters, mapping) = (counts?, dead_letters?, mapping?);
    let is_stuck = |game: &_| stuck(game, counts.at_ms).is_some();
    let stuck = scan_games(deployment, is_stuck).await?;
    let mut notes = stuck.unreadable;
    let oldest_s = oldest_s.unwrap_or_else(|why| {
        notes.push(format!("cannot read the age of the oldest message: {why}"));
        None
    });
    let (dead_letters, stuck_games) = (dead_letters.total(), stuck.games.len());
    Ok(QueueStatus {
        queue: queue.name().to_owned(),
        visible: counts.visible,
        delayed: counts.delayed,
        in_flight: counts.in_flight,
        oldest_s,
        dead_letters,
        mapping: mapping.as_str().to_owned(),
        stuck_games,
        healthy: mapping.is_on() && dead_letters == 0 && stuck_games == 0,
        mapping_is_off: mapping.is_off(),
        notes,
    })
}

/// The table for people, with a remedy for each problem.
fn table(status: &QueueStatus) -> Table {
    let oldest = status.oldest_s.map(|age_s| time_span(age_s * 1000));
    let rows = [
        ("visible", status.visible.to_string(), None),
        ("delayed", status.delayed.to_string(), None),
        ("in flight", status.in_flight.to_string(), None),
        ("oldest", oldest.unwrap_or("unknown".to_owned()), None),
        (
            "mapping",
            status.mapping.clone(),
            status
                .mapping_is_off
                .then_some("resume it: `rpsctl queue resume`"),
        ),
        (
            "dead letters",
            status.dead_letters.to_string(),
            (status.dead_letters > 0).then_some("list them: `rpsctl dlq list`"),
        ),
        (
            "stuck games",
            status.stuck_games.to_string(),
            (status.stuck_games > 0).then_some(if status.mapping_is_off {
                "resume the mapping first"
            } else {
                "end them: `rpsctl queue drain`"
            }),
        ),
    ];
    let mut table = output::table();
    let columns = if status.healthy { 2 } else { 3 };
    table.set_header(["", "now", "remedy"].into_iter().take(columns));
    for (name, now, remedy) in rows {
        let cells = [name, &now, remedy.unwrap_or_default()];
        table.add_row(cells.into_iter().take(columns));
    }
    table
}
