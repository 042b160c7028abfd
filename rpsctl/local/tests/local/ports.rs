//! The one port: the endpoint, and not starting.

use rps_local::{FunctionProcess, Options, StartError};
use serde_json::json;

use crate::support::{host, http};

#[tokio::test]
async fn dynamodb_answers_with_its_checksum() {
    let host = host().await;
    let (endpoint, table) = (&host.local.urls().endpoint, &host.local.urls().table);
    let item = json!({ "pk": { "S": "C#ä" }, "n": { "N": "1" } });
    for _ in 0..3 {
        let put = json!({ "TableName": table, "Item": item });
        assert_eq!(
            http::aws(endpoint, "DynamoDB_20120810.PutItem", &put)
                .await
                .status,
            200
        );
    }
    let get = json!({ "TableName": table, "Key": { "pk": { "S": "C#ä" } } });
    let answer = http::aws(endpoint, "DynamoDB_20120810.GetItem", &get).await;
    assert_eq!(answer.json()["Item"], item);
    assert!(answer.header("x-amz-crc32").is_some());
    let bad = json!({ "TableName": "nobody's" });
    let answer = http::aws(endpoint, "DynamoDB_20120810.DescribeTable", &bad).await;
    assert_eq!(answer.status, 400);
    let ttl = json!({ "TableName": table });
    let ttl = http::aws(endpoint, "DynamoDB_20120810.DescribeTimeToLive", &ttl)
        .await
        .json();
    assert_eq!(ttl["TimeToLiveDescription"]["AttributeName"], "ttl");
    host.local.stop().await;
}

#[tokio::test]
async fn an_unknown_service_is_an_unknown_operation() {
    let host = host().await;
    let endpoint = &host.local.urls().endpoint;
    for target in ["Kinesis_20131202.PutRecord", "nonsense", ""] {
        let answer = http::aws(endpoint, target, &json!({})).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["__type"], "UnknownOperationException");
    }
    host.local.stop().await;
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let host = host().await;
    let port = host
        .local
        .urls()
        .endpoint
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    let options = Options {
        port,
        ..Options::default()
    };
    let refused = rps_local::start(options).await.err().unwrap();
    assert!(matches!(refused, StartError::PortInUse(named) if named == port));
    host.local.stop().await;
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let options = Options {
        functions: vec![FunctionProcess {
            function: rps_contract::names::Function::Decide,
            program: "/nowhere/decide".into(),
            args: Vec::new(),
        }],
        ..Options::default()
    };
    let refused = rps_local::start(options).await.err().unwrap();
    assert_eq!(
        refused.to_string(),
        "the program of the function decide is not there: /nowhere/decide"
    );
}
