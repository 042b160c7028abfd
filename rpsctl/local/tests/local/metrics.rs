//! Tests CloudWatch's metrics with the unmodified SDK.

use std::time::Duration;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Datapoint, StandardUnit};
use rps_local::{DEAD_LETTER_QUEUE, QUEUE};
use serde_json::json;

use crate::pause::pause;
use crate::support::player::LocalPlayer;
use crate::support::{Host, host, http, meter, options, sdk, until};

/// Invocations, errors and throttles of a function.
async fn function_sums(host: &Host, function: &str) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (sum, name) in sums.iter_mut().zip(["Invocations", "Errors", "Throttles"]) {
        let metric = ("AWS/Lambda", name, &[("FunctionName", function)][..]);
        let datapoint = meter::datapoint(host, metric).await.expect("invoked");
        assert_eq!(datapoint.unit, Some(StandardUnit::Count));
        *sum = datapoint.sum.unwrap();
    }
    sums
}

#[tokio::test]
async fn a_failure_an_exit_and_a_timeout_count_as_errors() {
    let host = Host::with(|options| options.function_timeout = Duration::from_secs(3)).await;
    let mut player = LocalPlayer::connect(&host).await;
    player.pid().await;
    assert_eq!(function_sums(&host, "join-game").await, [1.0, 0.0, 0.0]);
    // Lambda does not count the response of `refuse` as an error; only the gateway rejects it.
    for (task, invocations, errors) in [
        ("refuse", 2.0, 0.0),
        ("fail", 3.0, 1.0),
        ("exit", 4.0, 2.0),
        ("hang", 5.0, 3.0),
    ] {
        player.send_task(task).await;
        assert_eq!(player.json().await["message"], "Internal server error");
        let expected = [invocations, errors, 0.0];
        assert_eq!(function_sums(&host, "join-game").await, expected, "{task}");
    }
    assert_eq!(function_sums(&host, "connection").await, [1.0, 0.0, 0.0]);
    // The hanging function ran until its timeout.
    let dimensions = [("FunctionName", "join-game")];
    let duration = meter::sum(&host, ("AWS/Lambda", "Duration", &dimensions)).await;
    assert!(duration >= 3000.0, "{duration} ms");
}

#[tokio::test]
async fn a_failed_start_counts_as_an_error() {
    let host = Host::start(options().env("CRASH_AT_START", "join-game")).await;
    let mut player = LocalPlayer::connect(&host).await;
    player.send_task("echo").await;
    assert_eq!(player.json().await["message"], "Internal server error");
    assert_eq!(function_sums(&host, "join-game").await, [1.0, 1.0, 0.0]);
}

async fn queue_datapoint(host: &Host, name: &str, queue: &str) -> Datapoint {
    let dimensions = [("QueueName", queue)];
    let datapoint = meter::datapoint(host, ("AWS/SQS", name, &dimensions));
    datapoint.await.expect("recorded")
}

#[tokio::test]
async fn the_oldest_message_ages_while_the_mapping_is_disabled() {
    const AGE: &str = "ApproximateAgeOfOldestMessage";
    const VISIBLE: &str = "ApproximateNumberOfMessagesVisible";
    let mut host = host().await;
    for (name, queue) in [
        (AGE, QUEUE),
        (AGE, DEAD_LETTER_QUEUE),
        (VISIBLE, QUEUE),
        (VISIBLE, DEAD_LETTER_QUEUE),
    ] {
        let maximum = queue_datapoint(&host, name, queue).await.maximum;
        assert_eq!(maximum, Some(0.0), "{name} {queue}");
    }
    pause(&sdk::lambda(&host)).await;
    // The delay is longer than the test, so the message is not visible and has no age.
    host.send_message("much later", 900).await;
    assert_eq!(
        queue_datapoint(&host, VISIBLE, QUEUE).await.maximum,
        Some(0.0)
    );
    for body in ["first", "second"] {
        host.send_message(body, 0).await;
    }
    until(async || queue_datapoint(&host, AGE, QUEUE).await.maximum >= Some(2.0)).await;
    assert_eq!(
        queue_datapoint(&host, VISIBLE, QUEUE).await.maximum,
        Some(2.0)
    );
    let dead_letters = queue_datapoint(&host, AGE, DEAD_LETTER_QUEUE).await;
    assert_eq!(dead_letters.maximum, Some(0.0));
    assert_eq!(dead_letters.unit, Some(StandardUnit::Seconds));
    host.local.stop().await;
    assert!(host.log.has_no_batch());
}

#[tokio::test]
async fn invalid_requests_return_the_error_codes_of_aws() {
    let host = host().await;
    let dimensions = [("FunctionName", "decide")];
    let request = || meter::request(&host, ("AWS/Lambda", "Errors", &dimensions));
    let invalid_period = request().period(90).send().await;
    assert_eq!(sdk::error_code(invalid_period), "InvalidParameterValue");
    let no_statistics = request().set_statistics(None).send().await;
    assert_eq!(sdk::error_code(no_statistics), "MissingParameter");
    let many = request().start_time(DateTime::from_secs(0)).period(60);
    assert_eq!(
        sdk::error_code(many.send().await),
        "InvalidParameterCombination"
    );
    let list = sdk::cloudwatch(&host).list_dashboards().send().await;
    assert_eq!(sdk::error_code(list), "InvalidAction");
}

#[tokio::test]
async fn the_aws_cli_gets_json_responses() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    player.pid().await;
    let request = json!({
        "Namespace": "AWS/Lambda",
        "MetricName": "Invocations",
        "Dimensions": [{ "Name": "FunctionName", "Value": "join-game" }],
        "StartTime": meter::now_s() - 900,
        "EndTime": meter::now_s() + 900,
        "Period": 3600,
        "Statistics": ["Sum"],
    });
    let target = "GraniteServiceVersion20100801.GetMetricStatistics";
    let endpoint = &host.local.urls().endpoint;
    let response = http::aws(endpoint, target, &request).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.json()["Datapoints"][0]["Sum"], 1.0);
    let error = http::aws(endpoint, target, &json!({})).await;
    assert_eq!(error.status, 400);
    let code = error.header("x-amzn-query-error");
    assert_eq!(code, Some("MissingParameter;Sender"));
}
