//! The AWS actions behind the ports of each function: what its role must allow.

use rps_contract::names::Function;

/// Of `execute-api:ManageConnections` the HTTP method too, which the resource in a policy names.
pub fn actions(function: Function) -> &'static [&'static str] {
    match function {
        Function::Connection => &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "execute-api:ManageConnections/DELETE",
            "execute-api:ManageConnections/POST",
        ],
        Function::JoinGame => &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "execute-api:ManageConnections/POST",
            "sqs:SendMessage",
        ],
        Function::ReceivePlay => &["dynamodb:GetItem", "dynamodb:UpdateItem"],
        Function::Decide => &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "execute-api:ManageConnections/DELETE",
            "execute-api:ManageConnections/POST",
            "sqs:SendMessage",
        ],
    }
}
