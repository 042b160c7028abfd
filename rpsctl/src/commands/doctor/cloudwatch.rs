//! What Lambda counted.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use rps_core::names::Function;

use super::finding::Found;
use super::of_each;
use crate::aws::Deployment;
use crate::exit::Failure;

/// How far back.
const HOUR: Duration = Duration::from_hours(1);

/// Invocations that failed in the last hour: crashes and timeouts, since nothing a player sends is one.
pub(super) async fn errors(deployment: &Deployment) -> Result<Found, Failure> {
    let counts = of_each(async |which| count(deployment, which).await).await?;
    let failed = counts.into_iter().filter(|(_, count)| *count > 0.0);
    let failed: Vec<_> = failed
        .map(|(which, count)| format!("{} {count}", deployment.place().function(which)))
        .collect();
    if failed.is_empty() {
        return Ok(Found::fine("no function failed in the last hour"));
    }
    let text = format!("failures in the last hour: {}", failed.join(", "));
    let remedy = "the log of the function says why; after a deployment, roll back";
    Ok(Found::wrong(text, remedy))
}

async fn count(deployment: &Deployment, which: Function) -> Result<f64, Failure> {
    let name = deployment.place().function(which);
    let dimension = Dimension::builder().name("FunctionName").value(&name);
    let now = SystemTime::now();
    let asked = Client::new(deployment.config())
        .get_metric_statistics()
        .namespace("AWS/Lambda")
        .metric_name("Errors")
        .dimensions(dimension.build())
        .start_time((now - HOUR).into())
        .end_time(now.into())
        .period(60)
        .statistics(Statistic::Sum);
    match asked.send().await {
        Ok(output) => Ok(output.datapoints().iter().filter_map(|it| it.sum).sum()),
        Err(error) => {
            let (action, on) = (
                "cloudwatch:GetMetricStatistics",
                format!("the errors of {name}"),
            );
            Err(deployment.explain(action, &on, &error))
        }
    }
}
