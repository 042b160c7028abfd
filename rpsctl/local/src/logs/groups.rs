//! `DescribeLogGroups` (source: its page in the CloudWatch Logs API reference).

use rps_contract::{log_metrics, names::Function};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Logs, Refusal, group, read};
use crate::{ACCOUNT, REGION};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    log_group_name_prefix: Option<String>,
}

/// The groups whose names begin so, by their names.
pub(super) fn answer(logs: &Logs, body: &[u8]) -> Result<Value, Refusal> {
    let request: Request = read(body)?;
    let prefix = request.log_group_name_prefix.unwrap_or_default();
    let mut functions = Function::ALL.to_vec();
    functions.sort_by_key(|it| it.name());
    let asked = |it: &Function| group(*it).starts_with(&prefix);
    let groups: Vec<Value> = functions
        .into_iter()
        .filter(asked)
        .map(|function| entry(logs, function))
        .collect();
    Ok(json!({ "logGroups": groups }))
}

fn entry(logs: &Logs, function: Function) -> Value {
    let name = group(function);
    let filters = log_metrics::ALL.iter();
    let filters = filters.filter(|it| it.functions.contains(&function));
    let arn = format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}");
    json!({
        "logGroupName": name,
        "logGroupArn": arn,
        "arn": format!("{arn}:*"),
        "logGroupClass": "STANDARD",
        "creationTime": logs.created_ms,
        "metricFilterCount": filters.count(),
        "storedBytes": logs.bytes(function),
    })
}
