//! Tests Lambda's control plane with the unmodified SDK.

use std::time::Duration;

use aws_sdk_lambda::types::{
    Architecture, LastUpdateStatus, RecursiveLoop, Runtime, State as FunctionState,
};
use rps_contract::names::{Function, ROUTES, Route};
use rps_local::Options;
use serde_json::Value;

use crate::support::{Host, host, options, sdk};

#[tokio::test]
async fn a_description_matches_the_running_function() {
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
        let description = get.send().await.unwrap();
        let arn = format!(
            "arn:aws:lambda:us-east-1:000000000000:function:{}",
            function.name()
        );
        assert_eq!(description.function_name.as_deref(), Some(function.name()));
        assert_eq!(description.function_arn.as_deref(), Some(arn.as_str()));
        assert_eq!(description.state, Some(FunctionState::Active));
        let last_update = description.last_update_status;
        assert_eq!(last_update, Some(LastUpdateStatus::Successful));
        assert_eq!(description.runtime, Some(Runtime::Providedal2023));
        assert_eq!(description.timeout, Some(3));
        assert_eq!(description.memory_size, Some(128));
        assert_eq!(description.version.as_deref(), Some("$LATEST"));
        let architecture = &description.architectures.unwrap()[0];
        assert!(Architecture::values().contains(&architecture.as_str()));
        let variables = description.environment.unwrap().variables.unwrap();
        assert_eq!(variables["RPS_PLAY_WINDOW_S"], "3");
        assert_eq!(variables["RPS_TABLE"], host.local.urls().table);
        // AWS does not list the variables that it sets itself.
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
async fn no_function_has_a_reserved_concurrency() {
    let host = host().await;
    let get = sdk::lambda(&host).get_function_concurrency();
    let concurrency = get.function_name("decide").send().await.unwrap();
    assert_eq!(concurrency.reserved_concurrent_executions, None);
}

#[tokio::test]
async fn a_functions_policy_allows_its_routes_to_invoke_it() {
    let host = host().await;
    let lambda = sdk::lambda(&host);
    for function in Function::ALL {
        let is_of_function = |route: &&Route| route.function == function;
        let routes: Vec<_> = ROUTES.iter().filter(is_of_function).collect();
        let get = lambda.get_policy().function_name(function.name());
        let result = get.send().await;
        if routes.is_empty() {
            assert_eq!(sdk::error_code(result), "ResourceNotFoundException");
            continue;
        }
        let policy: Value = serde_json::from_str(&result.unwrap().policy.unwrap()).unwrap();
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
async fn a_function_without_a_program_does_not_exist() {
    let mut options = options();
    options
        .functions
        .retain(|process| process.function != Function::JoinGame);
    let host = Host::start(options).await;
    let lambda = sdk::lambda(&host);
    for name in ["join-game", "another"] {
        let configuration = lambda.get_function_configuration().function_name(name);
        let error = configuration.send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 404);
        assert_eq!(
            sdk::error_code(Err::<(), _>(error)),
            "ResourceNotFoundException"
        );
        let recursion = lambda.get_function_recursion_config().function_name(name);
        assert_eq!(
            sdk::error_code(recursion.send().await),
            "ResourceNotFoundException"
        );
        let concurrency = lambda.get_function_concurrency().function_name(name);
        assert_eq!(
            sdk::error_code(concurrency.send().await),
            "ResourceNotFoundException"
        );
        let policy = lambda.get_policy().function_name(name);
        assert_eq!(
            sdk::error_code(policy.send().await),
            "ResourceNotFoundException"
        );
    }
}
