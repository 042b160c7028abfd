//! What each function may do: the calls of its ports (`handlers/src/ports.rs`), on its own resources.

use rps_contract::names::Function;
use serde_json::{Value, json};

use crate::aws::cloudwatch::LogGroup;
use crate::functions::World;
use crate::program::{Handle, Json, Text};

/// The policy of a function.
pub(crate) fn policy(which: Function, world: &World, logs: &Handle<LogGroup>) -> Json {
    let mut statements = vec![
        allow(
            &["logs:CreateLogStream", "logs:PutLogEvents"],
            // The streams of the group.
            &[format!("{}:*", logs.arn()).into()],
        ),
        allow(table_actions(which), &[world.table.arn()]),
    ];
    let queue = queue_actions(which);
    if !queue.is_empty() {
        statements.push(allow(queue, &[world.queues.rounds.arn()]));
    }
    let connections: Vec<Text> = connection_methods(which)
        .iter()
        .map(|method| world.socket.connections(method))
        .collect();
    if !connections.is_empty() {
        statements.push(allow(&["execute-api:ManageConnections"], &connections));
    }
    json!({ "Version": "2012-10-17", "Statement": statements }).into()
}

/// That this AWS service, and nobody else, acts in a role.
pub(crate) fn assumed_by(service: &str) -> Json {
    let statement = json!({
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "sts:AssumeRole",
    });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).into()
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
