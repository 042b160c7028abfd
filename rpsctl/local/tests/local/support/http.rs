//! AWS requests without an SDK.

use rps_testkit::http::Answer;
pub(crate) use rps_testkit::http::request;
use serde_json::Value;

pub(crate) async fn aws(endpoint: &str, target: &str, body: &Value) -> Answer {
    let headers = [
        ("x-amz-target", target),
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-date", "20261122T000000Z"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/x/aws4_request, \
             SignedHeaders=host, Signature=0",
        ),
    ];
    request("POST", endpoint, &headers, body.to_string().as_bytes()).await
}
