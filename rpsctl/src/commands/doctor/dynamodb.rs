//! The table and its TTL.

use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, TableDescription, TimeToLiveStatus};
use rps_contract::names::attribute;

use super::clock::{Times, Watch};
use super::finding::{Found, put_back};
use crate::aws::{Deployment, answers_nothing};
use crate::exit::{Exit, Failure};

/// What is known when AWS has answered once.
pub(super) struct First {
    /// How the table is.
    pub(super) table: Result<Found, Failure>,
    /// When that was.
    pub(super) clock: Times,
}

/// Asks for the table. Fails if nothing else needs to be asked: there is no such table, or nobody who answers.
pub(super) async fn ask(deployment: &Deployment) -> Result<First, Failure> {
    let watch = Watch::default();
    let asked = deployment.dynamo().describe_table();
    let asked = asked.table_name(deployment.table()).customize();
    let table = match asked.interceptor(watch.clone()).send().await {
        Ok(output) => Ok(table(deployment, output.table.as_ref())),
        Err(error) => {
            let action = "dynamodb:DescribeTable";
            let failure = deployment.explain_table(action, &error).await;
            if answers_nothing(&error) || failure.exit() == Exit::NoSuchThing {
                return Err(failure);
            }
            Err(failure)
        }
    };
    let clock = watch.times();
    Ok(First { table, clock })
}

fn table(deployment: &Deployment, table: Option<&TableDescription>) -> Found {
    let name = deployment.table();
    let key = table.map(TableDescription::key_schema).unwrap_or_default();
    let key: Vec<_> = key.iter().map(key_in_words).collect();
    if key != [attribute::KEY] {
        let text = format!(
            "{name} has the key {}: it is not of this game",
            key.join(" and ")
        );
        return Found::wrong(text, "give the stack another name, and `pulumi up`");
    }
    let status = table.and_then(TableDescription::table_status);
    match status.map_or("in no status", |status| status.as_str()) {
        "ACTIVE" => Found::fine(format!("{name} is ACTIVE, its key is {}", attribute::KEY)),
        status => Found::wrong(
            format!("{name} is {status}"),
            "wait if somebody is changing it; else look at it in the console of DynamoDB",
        ),
    }
}

fn key_in_words(element: &KeySchemaElement) -> &str {
    match element.key_type() {
        KeyType::Hash => element.attribute_name(),
        _ => "a sort key",
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
    let status = ttl
        .as_ref()
        .and_then(|ttl| ttl.time_to_live_status.as_ref());
    let on = ttl.as_ref().and_then(|ttl| ttl.attribute_name.as_deref());
    Ok(match (status, on) {
        (Some(TimeToLiveStatus::Enabled), Some(attribute::TTL)) => {
            Found::fine(format!("on, by the attribute {}", attribute::TTL))
        }
        (Some(TimeToLiveStatus::Enabled), on) => Found::wrong(
            format!("on, by the attribute {}", on.unwrap_or("of no name")),
            put_back(deployment.target()),
        ),
        (status, _) => Found::wrong(
            status.map_or("DISABLED", TimeToLiveStatus::as_str),
            put_back(deployment.target()),
        ),
    })
}
