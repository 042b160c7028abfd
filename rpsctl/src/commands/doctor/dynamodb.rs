//! The table and its TTL.

use aws_sdk_dynamodb::types::{KeyType, TableDescription, TimeToLiveStatus};
use rps_contract::names::attribute;

use super::finding::{CheckResult, Finding, Problems};
use crate::aws::{CallTimer, Deployment};
use crate::exit::Failure;

/// Checks the table. `watch` records the times of the request. Fails if every other check would fail too.
pub(super) async fn table(deployment: &Deployment, watch: &CallTimer) -> Result<Finding, Failure> {
    let result = match deployment.describe_table(watch).await {
        Err(failure) if failure.is_final() => return Err(failure),
        table => table.map(|table| check_table(deployment, &table)),
    };
    Ok(Finding::new("table", result))
}

fn check_table(deployment: &Deployment, table: &TableDescription) -> CheckResult {
    let name = deployment.table();
    let key = table.key_schema().iter().map(|it| match it.key_type() {
        KeyType::Hash => it.attribute_name(),
        _ => "a sort key",
    });
    let key: Vec<_> = key.collect();
    if key != [attribute::KEY] {
        let text = format!(
            "{name} has the key {}, so it does not belong to this game",
            key.join(" and ")
        );
        return CheckResult::wrong(text, "choose another stack name and run `pulumi up`");
    }
    let status = table.table_status();
    match status.map_or("in an unknown status", |status| status.as_str()) {
        "ACTIVE" => CheckResult::ok(format!(
            "{name} is ACTIVE and has the key {}",
            attribute::KEY
        )),
        status => {
            let describe = format!("dynamodb describe-table --table-name {name}");
            let describe = deployment.target().aws(&describe);
            let remedy = format!(
                "wait if an update is running; otherwise check the table with `{describe}`"
            );
            CheckResult::wrong(format!("{name} is {status}"), remedy)
        }
    }
}

/// Checks the TTL, which removes items that remain after a crash and a lost `$disconnect`.
pub(super) async fn ttl(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let request = deployment.dynamo().describe_time_to_live();
    let ttl = match request.table_name(deployment.table()).send().await {
        Ok(output) => output.time_to_live_description,
        Err(error) => {
            let action = "dynamodb:DescribeTimeToLive";
            return Err(deployment.explain_table(action, &error).await);
        }
    };
    let ttl = ttl.as_ref();
    let status = ttl.and_then(|ttl| ttl.time_to_live_status.as_ref());
    let attribute_name = ttl.and_then(|ttl| ttl.attribute_name.as_deref());
    let mut problems = Problems::of(deployment.target());
    let text = match status {
        Some(TimeToLiveStatus::Enabled) => {
            format!("on, with the attribute {}", attribute_name.unwrap_or("?"))
        }
        status => status
            .map_or("DISABLED", TimeToLiveStatus::as_str)
            .to_owned(),
    };
    if status != Some(&TimeToLiveStatus::Enabled) || attribute_name != Some(attribute::TTL) {
        problems.add_drift(&text);
    }
    Ok(problems.result_or(text))
}
