//! CloudWatch's metrics, with the unmodified SDK.

use std::time::Duration;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Datapoint, StandardUnit};
use rps_local::{DEAD_LETTER_QUEUE, QUEUE};
use serde_json::json;

use crate::pause::pause;
use crate::support::player::Player;
use crate::support::{Host, host, http, meter, options, sdk, until};

async fn counted(host: &Host, function: &str) -> [f64; 3] {
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
async fn a_function_that_fails_exits_or_hangs_has_errors() {
    let host = Host::with(|it| it.function_timeout = Duration::from_secs(3)).await;
    let mut player = Player::connect(&host).await;
    player.pid().await;
    assert_eq!(counted(&host, "join-game").await, [1.0, 0.0, 0.0]);
    // Only the gateway minds the answer of `refuse`.
    for (task, invocations, errors) in [
        ("refuse", 2.0, 0.0),
        ("fail", 3.0, 1.0),
        ("exit", 4.0, 2.0),
        ("hang", 5.0, 3.0),
    ] {
        player.ask(task).await;
        assert_eq!(player.json().await["message"], "Internal server error");
        let expected = [invocations, errors, 0.0];
        assert_eq!(counted(&host, "join-game").await, expected, "{task}");
    }
    assert_eq!(counted(&host, "connection").await, [1.0, 0.0, 0.0]);
    // The function that hung took all its time.
    let of = [("FunctionName", "join-game")];
    let took = meter::sum(&host, ("AWS/Lambda", "Duration", &of)).await;
    assert!(took >= 3000.0, "{took} ms");
}

#[tokio::test]
async fn a_function_that_does_not_start_has_errors() {
    let host = Host::start(options().env("CRASH_AT_START", "join-game")).await;
    let mut player = Player::connect(&host).await;
    player.ask("echo").await;
    assert_eq!(player.json().await["message"], "Internal server error");
    assert_eq!(counted(&host, "join-game").await, [1.0, 1.0, 0.0]);
}

async fn of_queue(host: &Host, name: &str, queue: &str) -> Datapoint {
    let of = [("QueueName", queue)];
    let datapoint = meter::datapoint(host, ("AWS/SQS", name, &of));
    datapoint.await.expect("looked at")
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
        let maximum = of_queue(&host, name, queue).await.maximum;
        assert_eq!(maximum, Some(0.0), "{name} {queue}");
    }
    pause(&sdk::lambda(&host)).await;
    // Delayed for longer than the test may take: it is neither visible nor old.
    host.send_message("much later", 900).await;
    assert_eq!(of_queue(&host, VISIBLE, QUEUE).await.maximum, Some(0.0));
    for body in ["first", "second"] {
        host.send_message(body, 0).await;
    }
    until(async || of_queue(&host, AGE, QUEUE).await.maximum >= Some(2.0)).await;
    assert_eq!(of_queue(&host, VISIBLE, QUEUE).await.maximum, Some(2.0));
    let dead = of_queue(&host, AGE, DEAD_LETTER_QUEUE).await;
    assert_eq!(dead.maximum, Some(0.0));
    assert_eq!(dead.unit, Some(StandardUnit::Seconds));
    host.local.stop().await;
    assert!(host.log.nothing_of_a_batch());
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_refused_by_the_codes_of_aws() {
    let host = host().await;
    let of = [("FunctionName", "decide")];
    let request = || meter::request(&host, ("AWS/Lambda", "Errors", &of));
    let odd = request().period(90).send().await;
    assert_eq!(sdk::code(odd), "InvalidParameterValue");
    let none = request().set_statistics(None).send().await;
    assert_eq!(sdk::code(none), "MissingParameter");
    let many = request().start_time(DateTime::from_secs(0)).period(60);
    assert_eq!(sdk::code(many.send().await), "InvalidParameterCombination");
    let list = sdk::cloudwatch(&host).list_dashboards().send().await;
    assert_eq!(sdk::code(list), "InvalidAction");
}

#[tokio::test]
async fn the_aws_cli_is_answered_in_json() {
    let host = host().await;
    let mut player = Player::connect(&host).await;
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
    let answer = http::aws(endpoint, target, &request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["Datapoints"][0]["Sum"], 1.0);
    let refused = http::aws(endpoint, target, &json!({})).await;
    assert_eq!(refused.status, 400);
    let code = refused.header("x-amzn-query-error");
    assert_eq!(code, Some("MissingParameter;Sender"));
}
