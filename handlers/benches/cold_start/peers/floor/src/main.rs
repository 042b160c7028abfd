//! The job of `connection` by hand: stores a new connection, and answers 200.

mod http;
mod signature;

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::http::Connection;
use crate::signature::Signer;

struct Dynamo {
    endpoint: String,
    table: String,
    signer: Signer,
    connection: Option<Connection>,
}

fn main() {
    let api = variable("AWS_LAMBDA_RUNTIME_API");
    let mut dynamo = Dynamo {
        endpoint: variable("AWS_ENDPOINT_URL"),
        table: variable("RPS_TABLE"),
        signer: Signer::new(),
        connection: None,
    };
    if env::var("CONNECT").as_deref() == Ok("init") {
        dynamo.call(
            "GetItem",
            &json!({ "TableName": dynamo.table, "Key": { "pk": { "S": "C#warm-up" } } }),
        );
    }
    let mut runtime = Connection::open(&format!("http://{api}"));
    let base = "/2018-06-01/runtime/invocation/";
    loop {
        let invocation = runtime.send(&format!("GET {base}next HTTP/1.1\r\nhost: {api}\r\n"), b"");
        let event: Value = serde_json::from_slice(&invocation.body).expect("an event");
        dynamo.store(&event["requestContext"]);
        let id = invocation
            .header("lambda-runtime-aws-request-id")
            .expect("an id");
        let result = json!({ "statusCode": 200 }).to_string();
        let head = format!("POST {base}{id}/response HTTP/1.1\r\nhost: {api}\r\n");
        runtime.send(&head, result.as_bytes());
    }
}

impl Dynamo {
    fn store(&mut self, context: &Value) {
        let id = context["connectionId"].as_str().expect("an id");
        let connected_at_ms = context["connectedAt"].as_u64().expect("a time");
        let put = json!({
            "TableName": self.table,
            "Item": {
                "pk": { "S": format!("C#{id}") },
                "v": { "N": "1" },
                "connected_at_ms": { "N": connected_at_ms.to_string() },
                "ttl": { "N": (connected_at_ms / 1000 + 10_800).to_string() },
            },
            "ConditionExpression": "attribute_not_exists(pk)",
        });
        self.call("PutItem", &put);
    }

    fn call(&mut self, operation: &str, body: &Value) {
        let body = body.to_string();
        let (_, host) = self.endpoint.split_once("://").expect("a URL");
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        let signed = self.signer.headers(host, operation, &body, now.as_secs());
        let head = format!("POST / HTTP/1.1\r\n{signed}");
        let connection = self
            .connection
            .get_or_insert_with(|| Connection::open(&self.endpoint));
        let answer = connection.send(&head, body.as_bytes());
        assert_eq!(answer.status, 200, "{operation}");
    }
}

pub fn variable(name: &str) -> String {
    env::var(name).expect(name)
}
