//! A request that AWS refuses is an error with a remedy, and never makes a connection stale.

use serde_json::json;

use super::connections;
use crate::aws::{dynamo_that_refuses, server};
use crate::proxy::{not_allowed, refusing};
use crate::rpsctl::LocalSystem;

/// An API Gateway with this error for each connection, and a table with one connection or none.
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
fn api_gateway_may_forbid_requests() {
    let refused = not_allowed("execute-api:ManageConnections", "connections");
    let url = gateway_that_says(403, "ForbiddenException", true);
    for line in ["list --stale", "disconnect --stale --yes"] {
        connections(&url, line).says(3, &refused);
    }
    let ended = connections(&url, "show x").ends(0);
    let note = format!("cannot read whether the connection is open: {refused}\n");
    assert_eq!(ended.stderr, note);
    ended.prints("active     unknown\n");
    // Without requests to API Gateway, no permission is needed.
    connections(&url, "list --output json").quietly();

    let url = gateway_that_says(403, "ForbiddenException", false);
    for line in ["show x", "disconnect x --yes"] {
        connections(&url, line).says(3, &refused);
    }
}

/// An invalid id is no connection. An error of API Gateway makes no stored connection stale.
#[test]
fn api_gateway_may_reject_the_id() {
    let code = "BadRequestException";
    let url = gateway_that_says(400, code, false);
    for line in ["show x", "disconnect x --yes"] {
        connections(&url, line).says(
            5,
            "connection x not found: it is closed or never existed; list connections with `rpsctl connections list`",
        );
    }
    let url = gateway_that_says(400, code, true);
    for line in ["list --stale", "disconnect --stale --yes"] {
        let ended = connections(&url, line);
        ended.says(1, "execute-api:ManageConnections on the connections failed: BadRequestException: AWS says no");
    }
}

#[test]
fn dynamodb_may_forbid_requests() {
    const DENIED: &str = "AccessDeniedException";
    let url = dynamo_that_refuses(&[("GetItem", DENIED)]);
    for line in [
        "list",
        "show x",
        "disconnect x --yes",
        "disconnect --all --yes",
    ] {
        connections(&url, line).says(3, "AWS does not allow dynamodb:GetItem on the table rps: ask for that permission, or pass another --profile (AWS says no to GetItem)");
    }
    let game = LocalSystem::start();
    let url = refusing(game.endpoint(), ".scan");
    for line in ["list", "disconnect --all --yes"] {
        connections(&url, line).says(3, &not_allowed("dynamodb:Scan", "table rps"));
    }
}
