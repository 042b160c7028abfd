//! Functions as operators see them, with the unmodified SDK.

use std::time::Duration;

use aws_sdk_lambda::types::{
    Architecture, LastUpdateStatus, RecursiveLoop, Runtime, State as FunctionState,
};
use rps_contract::names::{Function, ROUTES};
use rps_local::Options;
use serde_json::Value;

use crate::support::{Host, host, options, sdk};

#[tokio::test]
async fn a_function_is_described_as_it_runs() {
    let host = Host::start(
        Options {
            function_timeout: Duration::from_millis(2500),
            ..options()
        }
        .env("RPS_PLAY_WINDOW_S", "3"),
    )
    .await;
    let lambda = sdk::lambda(&host);
    for function in Function::ALL {
        let get = lambda
            .get_function_configuration()
            .function_name(function.name());
        let it = get.send().await.unwrap();
        let arn = format!(
            "arn:aws:lambda:us-east-1:000000000000:function:{}",
            function.name()
        );
        assert_eq!(it.function_name.as_deref(), Some(function.name()));
        assert_eq!(it.function_arn.as_deref(), Some(arn.as_str()));
        assert_eq!(it.state, Some(FunctionState::Active));
        assert_eq!(it.last_update_status, Some(LastUpdateStatus::Successful));
        assert_eq!(it.runtime, Some(Runtime::Providedal2023));
        assert_eq!((it.timeout, it.memory_size), (Some(3), Some(128)));
        assert_eq!(it.version.as_deref(), Some("$LATEST"));
        let known = Architecture::values();
        assert!(known.contains(&it.architectures.unwrap()[0].as_str()));
        let variables = it.environment.unwrap().variables.unwrap();
        assert_eq!(variables["RPS_PLAY_WINDOW_S"], "3");
        assert_eq!(variables["RPS_TABLE"], host.local.urls().table);
        // AWS does not list those it sets itself.
        assert!(!variables.contains_key("AWS_LAMBDA_FUNCTION_NAME"));
        let recursion = lambda.get_function_recursion_config();
        let recursion = recursion.function_name(&arn).send().await.unwrap();
        assert_eq!(recursion.recursive_loop, Some(RecursiveLoop::Terminate));
        let by_arn = lambda.get_function_configuration().function_name(arn);
        let by_arn = by_arn.send().await.unwrap();
        assert_eq!(by_arn.function_name.as_deref(), Some(function.name()));
    }
}

#[tokio::test]
async fn each_route_may_invoke_its_function() {
    let host = host().await;
    let lambda = sdk::lambda(&host);
    for function in Function::ALL {
        let routes: Vec<_> = ROUTES.iter().filter(|it| it.function == function).collect();
        let answer = lambda.get_policy().function_name(function.name());
        let answer = answer.send().await;
        if routes.is_empty() {
            assert_eq!(sdk::code(answer), "ResourceNotFoundException");
            continue;
        }
        let policy: Value = serde_json::from_str(&answer.unwrap().policy.unwrap()).unwrap();
        let statements = policy["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), routes.len());
        for (statement, route) in statements.iter().zip(routes) {
            assert_eq!(
                statement["Principal"]["Service"],
                "apigateway.amazonaws.com"
            );
            assert_eq!(statement["Effect"], "Allow");
            assert_eq!(statement["Action"], "lambda:InvokeFunction");
            let source = format!(
                "arn:aws:execute-api:us-east-1:000000000000:local/ws/{}",
                route.key
            );
            assert_eq!(statement["Condition"]["ArnLike"]["AWS:SourceArn"], source);
        }
    }
}

#[tokio::test]
async fn a_function_without_a_program_is_not_there() {
    let mut options = options();
    options
        .functions
        .retain(|it| it.function != Function::JoinGame);
    let host = Host::start(options).await;
    let lambda = sdk::lambda(&host);
    for name in ["join-game", "another"] {
        let configuration = lambda.get_function_configuration().function_name(name);
        let error = configuration.send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 404);
        assert_eq!(sdk::code(Err::<(), _>(error)), "ResourceNotFoundException");
        let recursion = lambda.get_function_recursion_config().function_name(name);
        assert_eq!(
            sdk::code(recursion.send().await),
            "ResourceNotFoundException"
        );
        let policy = lambda.get_policy().function_name(name);
        assert_eq!(sdk::code(policy.send().await), "ResourceNotFoundException");
    }
}
