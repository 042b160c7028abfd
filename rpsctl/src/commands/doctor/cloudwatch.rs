//! What Lambda counted.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::Statistic;
use rps_contract::names::Function;

use super::finding::Found;
use super::of_each;
use crate::aws::{Deployment, Metric};
use crate::exit::Failure;

/// How far back.
const HOUR: Duration = Duration::from_hours(1);

/// Invocations that failed in the last hour: crashes and timeouts, since nothing a player sends is one.
pub(super) async fn errors(deployment: &Deployment) -> Result<Found, Failure> {
    let counts = of_each(async |which| count(deployment, which).await).await?;
    let failed = counts.into_iter().filter(|(_, count)| *count > 0.0);
    let failed: Vec<_> = failed
        .map(|(which, count)| format!("{} {count}", deployment.target().function(which)))
        .collect();
    if failed.is_empty() {
        return Ok(Found::fine("no function failed in the last hour"));
    }
    let text = format!("failures in the last hour: {}", failed.join(", "));
    let remedy = "the log of the function says why; after a deployment, roll back";
    Ok(Found::wrong(text, remedy))
}

async fn count(deployment: &Deployment, which: Function) -> Result<f64, Failure> {
    let function = deployment.target().function(which);
    let metric = Metric::new("AWS/Lambda", "Errors", [("FunctionName", function)]);
    let now = SystemTime::now();
    let found = deployment
        .statistics(&metric, now - HOUR..now, 60, &[Statistic::Sum])
        .await?;
    Ok(found.iter().filter_map(|it| it.sum).sum())
}
