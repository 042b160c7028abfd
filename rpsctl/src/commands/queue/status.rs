use comfy_table::Table;
use rps_contract::stuck;
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{Global, StatusArgs};
use crate::commands::watch;
use crate::exit::{Exit, Failure};
use crate::operate::find_games;
use crate::output;
use crate::words::time_span;

/// The state of the clock. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
struct Status {
    queue: String,
    visible: u64,
    delayed: u64,
    in_flight: u64,
    oldest_s: Option<u64>,
    dead_letters: u64,
    mapping: String,
    stuck_games: usize,
    healthy: bool,
    #[serde(skip)]
    mapping_is_off: bool,
    #[serde(skip)]
    notes: Vec<String>,
}

pub(super) async fn run(args: &StatusArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    if args.watch {
        let print = async || show(&look(&deployment).await?, global);
        return watch::watch(args.every, &deployment, global, print, async || {
            let status = look(&deployment).await?;
            let health = if status.healthy {
                "healthy"
            } else {
                "unhealthy"
            };
            Ok((health.to_owned(), table(&status).to_string()))
        })
        .await;
    }
    let status = look(&deployment).await?;
    show(&status, global)?;
    Ok(Exit::healthy_if(status.healthy))
}

fn show(status: &Status, global: &Global) -> anyhow::Result<()> {
    output::show(global.output, status, || table(status))?;
    status.notes.iter().for_each(output::note);
    Ok(())
}

async fn look(deployment: &Deployment) -> Result<Status, Failure> {
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
    let stuck = find_games(deployment, is_stuck).await?;
    let mut notes = stuck.unreadable;
    let oldest_s = oldest_s.unwrap_or_else(|why| {
        notes.push(format!("the age of the oldest message is not known: {why}"));
        None
    });
    let (dead_letters, stuck_games) = (dead_letters.total(), stuck.games.len());
    Ok(Status {
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

/// The status for people, with a remedy where something is wrong.
fn table(status: &Status) -> Table {
    let oldest = status.oldest_s.map(|age_s| time_span(age_s * 1000));
    let rows = [
        ("visible", status.visible.to_string(), None),
        ("delayed", status.delayed.to_string(), None),
        ("in flight", status.in_flight.to_string(), None),
        ("oldest", oldest.unwrap_or("not known".to_owned()), None),
        (
            "mapping",
            status.mapping.clone(),
            status
                .mapping_is_off
                .then_some("turn it on: `rpsctl queue drain --resume`"),
        ),
        (
            "dead letters",
            status.dead_letters.to_string(),
            (status.dead_letters > 0).then_some("look at them: `rpsctl dlq list`"),
        ),
        (
            "stuck games",
            status.stuck_games.to_string(),
            (status.stuck_games > 0).then_some(if status.mapping_is_off {
                "turn the mapping on first"
            } else {
                "end them: `rpsctl queue drain`"
            }),
        ),
    ];
    let mut table = output::table();
    let columns = if status.healthy { 2 } else { 3 };
    table.set_header(["", "now", "remedy"].into_iter().take(columns));
    for (what, now, remedy) in rows {
        let cells = [what, &now, remedy.unwrap_or_default()];
        table.add_row(cells.into_iter().take(columns));
    }
    table
}
