//! The AWS actions that each function's role must allow.

use rps_contract::names::Function;

/// `execute-api:ManageConnections` includes the HTTP method, because a policy's resource contains it.
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
        Function::ReceivePlay => &["dynamodb:GetItem", "dynamodb:UpdateItem", "sqs:SendMessage"],
        Function::JoinGame | Function::Decide => &[
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
