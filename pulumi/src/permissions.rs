//! What each function may do: the calls of its ports, on its own resources.

use rps_contract::names::Function;
use serde_json::{Value, json};

use crate::aws::cloudwatch::LogGroup;
use crate::aws::iam::policy;
use crate::dependencies::Dependencies;
use crate::program::{Handle, Json, Text};

pub(crate) fn permissions(
    which: Function,
    dependencies: &Dependencies,
    logs: &Handle<LogGroup>,
) -> Json {
    // The streams of the group.
    let streams = format!("{}:*", logs.arn()).into();
    let mut statements = vec![
        allow(&["logs:CreateLogStream", "logs:PutLogEvents"], &[streams]),
        allow(table_actions(which), &[dependencies.table.arn()]),
    ];
    let queue = queue_actions(which);
    if !queue.is_empty() {
        statements.push(allow(queue, &[dependencies.queues.rounds.arn()]));
    }
    let methods = connection_methods(which).iter();
    let connections: Vec<Text> = methods
        .map(|method| dependencies.socket.arn(&format!("{method}/@connections/*")))
        .collect();
    if !connections.is_empty() {
        statements.push(allow(&["execute-api:ManageConnections"], &connections));
    }
    policy(&statements)
}

fn allow(actions: &[&str], on: &[Text]) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": on })
}

/// `GetItem` is also how each function opens its connection to DynamoDB while it starts.
fn table_actions(which: Function) -> &'static [&'static str] {
    match which {
        Function::ReceivePlay => &["dynamodb:GetItem", "dynamodb:UpdateItem"],
        Function::Connection | Function::JoinGame | Function::Decide => &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ],
    }
}

fn queue_actions(which: Function) -> &'static [&'static str] {
    match which {
        Function::Connection | Function::ReceivePlay => &[],
        Function::JoinGame => &["sqs:SendMessage"],
        // All but the last are what Lambda polls with, in the function's name.
        Function::Decide => &[
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
        ],
    }
}

fn connection_methods(which: Function) -> &'static [&'static str] {
    match which {
        Function::ReceivePlay => &[],
        Function::JoinGame => &["POST"],
        Function::Connection | Function::Decide => &["DELETE", "POST"],
    }
}
