//! Tests the endpoint's routing and the start errors.

use rps_local::{FunctionProcess, Options, StartError};
use serde_json::json;

use crate::support::{host, http};

#[tokio::test]
async fn a_request_for_an_unknown_service_is_an_unknown_operation() {
    let host = host().await;
    let endpoint = &host.local.urls().endpoint;
    for target in ["Kinesis_20131202.PutRecord", "nonsense", ""] {
        let response = http::aws(endpoint, target, &json!({})).await;
        assert_eq!(response.status, 400);
        assert_eq!(response.json()["__type"], "UnknownOperationException");
    }
}

#[tokio::test]
async fn the_start_error_names_a_port_in_use() {
    let host = host().await;
    let (_, port) = host.local.urls().endpoint.rsplit_once(':').unwrap();
    let port = port.parse().unwrap();
    let options = Options {
        port,
        ..Options::default()
    };
    let error = rps_local::start(options).await.err().unwrap();
    assert!(matches!(error, StartError::PortInUse(number) if number == port));
}

#[tokio::test]
async fn the_start_error_names_a_missing_program() {
    let options = Options {
        functions: vec![FunctionProcess {
            function: rps_contract::names::Function::Decide,
            program: "/nowhere/decide".into(),
            args: Vec::new(),
        }],
        ..Options::default()
    };
    let error = rps_local::start(options).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "the function decide has no program at /nowhere/decide: build it, or correct the path"
    );
}
