//! The one port: the endpoint, and not starting.

use rps_local::{FunctionProcess, Options, StartError};
use serde_json::json;

use crate::support::{host, http};

#[tokio::test]
async fn an_unknown_service_is_an_unknown_operation() {
    let host = host().await;
    let endpoint = &host.local.urls().endpoint;
    for target in ["Kinesis_20131202.PutRecord", "nonsense", ""] {
        let answer = http::aws(endpoint, target, &json!({})).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["__type"], "UnknownOperationException");
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let host = host().await;
    let (_, port) = host.local.urls().endpoint.rsplit_once(':').unwrap();
    let port = port.parse().unwrap();
    let options = Options {
        port,
        ..Options::default()
    };
    let refused = rps_local::start(options).await.err().unwrap();
    assert!(matches!(refused, StartError::PortInUse(named) if named == port));
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
