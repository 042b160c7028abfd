//! The functions' IAM policies. A function may make only its ports' calls, only on this stack's resources.

use rps_contract::names::{Function, KEY_PREFIXES};
use serde_json::{Value, json};

use crate::aws::cloudwatch::LogGroup;
use crate::aws::iam::policy;
use crate::dependencies::Dependencies;
use crate::program::{Handle, JsonText, Text};

pub(crate) fn permissions(
    function: Function,
    dependencies: &Dependencies,
    logs: &Handle<LogGroup>,
) -> JsonText {
    let streams = format!("{}:*", logs.arn()).into();
    let mut table = allow(table_actions(function), &[dependencies.table.arn()]);
    // No function may change the stack's description, because rpsctl sends signed requests to the address in it.
    let keys = KEY_PREFIXES.map(|prefix| format!("{prefix}*"));
    table["Condition"] = json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } });
    let mut statements = vec![
        allow(&["logs:CreateLogStream", "logs:PutLogEvents"], &[streams]),
        table,
    ];
    let queue_actions = queue_actions(function);
    if !queue_actions.is_empty() {
        let queue = dependencies.queues.rounds.arn();
        statements.push(allow(queue_actions, &[queue]));
    }
    let methods = connection_methods(function).iter();
    let connections: Vec<Text> = methods
        .map(|method| {
            dependencies
                .websocket
                .arn(&format!("{method}/@connections/*"))
        })
        .collect();
    if !connections.is_empty() {
        statements.push(allow(&["execute-api:ManageConnections"], &connections));
    }
    policy(&statements)
}

fn allow(actions: &[&str], resources: &[Text]) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

/// Every function needs `GetItem`: it opens the connection to DynamoDB during a cold start.
fn table_actions(function: Function) -> &'static [&'static str] {
    match function {
        Function::ReceivePlay => &["dynamodb:GetItem", "dynamodb:UpdateItem"],
        Function::Connection | Function::JoinGame | Function::Decide => &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ],
    }
}

fn queue_actions(function: Function) -> &'static [&'static str] {
    match function {
        Function::Connection => &[],
        Function::JoinGame | Function::ReceivePlay => &["sqs:SendMessage"],
        // Lambda uses the first three in the function's role, to poll the queue.
        Function::Decide => &[
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
        ],
    }
}

fn connection_methods(function: Function) -> &'static [&'static str] {
    match function {
        Function::ReceivePlay => &[],
        Function::Connection | Function::JoinGame | Function::Decide => &["DELETE", "POST"],
    }
}
