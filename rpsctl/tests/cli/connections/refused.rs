//! What AWS does not allow is one line with the remedy, and nothing is taken for closed because of it.

use serde_json::json;

use super::connections;
use crate::aws::{dynamo_that_refuses, server};
use crate::proxy::not_allowed;

/// API Gateway with that to say of each connection, and a table with nothing but one of them, or with nothing.
fn gateway_that_says(status: u16, code: &'static str, stored: bool) -> String {
    server(move |head| {
        if head.contains("connections/") {
            let body = json!({ "__type": code, "message": "AWS says no" });
            return (status, body.to_string());
        }
        let item = json!({
            "pk": { "S": "C#x" },
            "v": { "N": "1" },
            "connected_at_ms": { "N": "1" },
            "ttl": { "N": "1" },
        });
        let answer = if stored {
            json!({ "Item": item, "Items": [item] })
        } else {
            json!({})
        };
        (200, answer.to_string())
    })
}

#[test]
fn api_gateway_forbids() {
    let refused = not_allowed("execute-api:ManageConnections", "connections");
    let url = gateway_that_says(403, "ForbiddenException", true);
    for line in ["list --stale", "disconnect --stale --yes"] {
        connections(&url, line).says(3, &refused);
    }
    let ended = connections(&url, "show x").ends(0);
    let note = format!("whether it is open is not known: {refused}\n");
    assert_eq!(ended.stderr, note);
    ended.prints("active     not known\n");
    // Who does not ask API Gateway needs no permission.
    connections(&url, "list --output json").quietly();

    let url = gateway_that_says(403, "ForbiddenException", false);
    for line in ["show x", "disconnect x --yes"] {
        connections(&url, line).says(3, &refused);
    }
}

/// What was typed and cannot be an id is no connection. What is in the table is not stale for that.
#[test]
fn api_gateway_does_not_take_the_id() {
    let code = "BadRequestException";
    let url = gateway_that_says(400, code, false);
    for line in ["show x", "disconnect x --yes"] {
        connections(&url, line).says(
            5,
            "there is no connection x: it is closed, or never was; `rpsctl connections list` shows those that are there",
        );
    }
    let url = gateway_that_says(400, code, true);
    for line in ["list --stale", "disconnect --stale --yes"] {
        let ended = connections(&url, line);
        ended.says(1, "execute-api:ManageConnections on the connections failed: BadRequestException: AWS says no");
    }
}

#[test]
fn the_table_is_forbidden() {
    let url = dynamo_that_refuses(&[("GetItem", "AccessDeniedException")]);
    for line in [
        "list",
        "show x",
        "disconnect x --yes",
        "disconnect --all --yes",
    ] {
        connections(&url, line).says(3, "AWS does not allow dynamodb:GetItem on the table rps: ask for that permission, or pass another --profile (AWS says no to GetItem)");
    }
}
