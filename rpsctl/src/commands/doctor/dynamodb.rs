//! The table and its TTL.

use aws_sdk_dynamodb::types::{KeyType, TableDescription, TimeToLiveStatus};
use rps_contract::names::attribute;

use super::finding::{Finding, Found, Wrongs};
use crate::aws::{Deployment, Watch};
use crate::exit::Failure;

/// Checks the table. `watch` notes the times of the call. Fails if every other check would fail too.
pub(super) async fn table(deployment: &Deployment, watch: &Watch) -> Result<Finding, Failure> {
    let found = match deployment.describe_table(watch).await {
        Err(failure) if failure.is_final() => return Err(failure),
        found => found.map(|table| described(deployment, &table)),
    };
    Ok(Finding::new("table", found))
}

fn described(deployment: &Deployment, table: &TableDescription) -> Found {
    let name = deployment.table();
    let key = table.key_schema().iter().map(|it| match it.key_type() {
        KeyType::Hash => it.attribute_name(),
        _ => "a sort key",
    });
    let key: Vec<_> = key.collect();
    if key != [attribute::KEY] {
        let text = format!(
            "{name} has the key {}: it is not of this game",
            key.join(" and ")
        );
        return Found::wrong(text, "give the stack another name, and `pulumi up`");
    }
    let status = table.table_status();
    match status.map_or("in no status", |status| status.as_str()) {
        "ACTIVE" => Found::fine(format!("{name} is ACTIVE, its key is {}", attribute::KEY)),
        status => Found::wrong(
            format!("{name} is {status}"),
            "wait if somebody is changing it; else look at it in the console of DynamoDB",
        ),
    }
}

/// TTL removes what a crash and a lost `$disconnect` left together.
pub(super) async fn ttl(deployment: &Deployment) -> Result<Found, Failure> {
    let asked = deployment.dynamo().describe_time_to_live();
    let ttl = match asked.table_name(deployment.table()).send().await {
        Ok(output) => output.time_to_live_description,
        Err(error) => {
            let action = "dynamodb:DescribeTimeToLive";
            return Err(deployment.explain_table(action, &error).await);
        }
    };
    let ttl = ttl.as_ref();
    let status = ttl.and_then(|ttl| ttl.time_to_live_status.as_ref());
    let on = ttl.and_then(|ttl| ttl.attribute_name.as_deref());
    let mut wrongs = Wrongs::of(deployment.target());
    let text = match status {
        Some(TimeToLiveStatus::Enabled) => {
            format!("on, by the attribute {}", on.unwrap_or("of no name"))
        }
        status => status
            .map_or("DISABLED", TimeToLiveStatus::as_str)
            .to_owned(),
    };
    if status != Some(&TimeToLiveStatus::Enabled) || on != Some(attribute::TTL) {
        wrongs.changed(&text);
    }
    Ok(wrongs.or(text))
}
