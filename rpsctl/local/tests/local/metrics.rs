//! CloudWatch's metrics, with the unmodified SDK.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::{
    Client,
    operation::get_metric_statistics::{
        GetMetricStatisticsError, builders::GetMetricStatisticsFluentBuilder,
    },
    primitives::DateTime,
    types::{Datapoint, Dimension, StandardUnit, Statistic},
};
use rps_local::{DEAD_LETTER_QUEUE, Options, QUEUE};
use serde_json::json;

use crate::pause::pause;
use crate::support::{Host, host, http, options, player::Player, sdk, soon};

const ALL: [Statistic; 5] = [
    Statistic::SampleCount,
    Statistic::Sum,
    Statistic::Minimum,
    Statistic::Maximum,
    Statistic::Average,
];

fn now_s() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// The last quarter of an hour, and the next, as one datapoint.
fn request(cloudwatch: &Client, metric: [&str; 4]) -> GetMetricStatisticsFluentBuilder {
    let [namespace, name, dimension, of] = metric;
    let dimension = Dimension::builder().name(dimension).value(of).build();
    cloudwatch
        .get_metric_statistics()
        .namespace(namespace)
        .metric_name(name)
        .dimensions(dimension)
        .start_time(DateTime::from_secs(now_s() - 900))
        .end_time(DateTime::from_secs(now_s() + 900))
        .period(3600)
        .set_statistics(Some(ALL.to_vec()))
}

async fn datapoint(cloudwatch: &Client, metric: [&str; 4]) -> Option<Datapoint> {
    let answer = request(cloudwatch, metric).send().await.unwrap();
    assert_eq!(answer.label.as_deref(), Some(metric[1]));
    let mut datapoints = answer.datapoints.unwrap();
    assert!(datapoints.len() <= 1, "{datapoints:?}");
    datapoints.pop()
}

/// A function's invocations, errors and throttles.
async fn counted(host: &Host, function: &str) -> [f64; 3] {
    let cloudwatch = sdk::cloudwatch(host);
    let mut sums = [0.0; 3];
    for (sum, name) in sums.iter_mut().zip(["Invocations", "Errors", "Throttles"]) {
        let metric = ["AWS/Lambda", name, "FunctionName", function];
        let datapoint = datapoint(&cloudwatch, metric).await.expect("invoked");
        assert_eq!(datapoint.unit, Some(StandardUnit::Count));
        *sum = datapoint.sum.unwrap();
    }
    sums
}

#[tokio::test]
async fn a_function_that_fails_exits_or_hangs_has_errors() {
    let host = Host::start(Options {
        function_timeout: Duration::from_secs(2),
        ..options()
    })
    .await;
    let mut player = Player::connect(&host).await;
    player.pid().await;
    assert_eq!(counted(&host, "join-game").await, [1.0, 0.0, 0.0]);
    for (task, errors) in [("fail", 1.0), ("exit", 2.0), ("hang", 3.0)] {
        player.ask(task).await;
        assert_eq!(player.json().await["message"], "Internal server error");
        let expected = [1.0 + errors, errors, 0.0];
        assert_eq!(counted(&host, "join-game").await, expected, "{task}");
    }
    assert_eq!(counted(&host, "connection").await, [1.0, 0.0, 0.0]);
    host.local.stop().await;
}

#[tokio::test]
async fn a_function_that_does_not_start_has_errors() {
    let host = Host::start(options().env("CRASH_AT_START", "join-game")).await;
    let mut player = Player::connect(&host).await;
    player.ask("echo").await;
    assert_eq!(player.json().await["message"], "Internal server error");
    assert_eq!(counted(&host, "join-game").await, [1.0, 1.0, 0.0]);
    host.local.stop().await;
}

#[tokio::test]
async fn an_answer_that_only_the_gateway_minds_is_no_error() {
    let host = host().await;
    let mut player = Player::connect(&host).await;
    player.ask("refuse").await;
    assert_eq!(player.json().await["message"], "Internal server error");
    assert_eq!(counted(&host, "join-game").await, [1.0, 0.0, 0.0]);
    host.local.stop().await;
}

/// The maximum of a queue's metric.
async fn of_queue(cloudwatch: &Client, name: &str, queue: &str) -> f64 {
    let metric = ["AWS/SQS", name, "QueueName", queue];
    let datapoint = datapoint(cloudwatch, metric).await.expect("looked at");
    datapoint.maximum.unwrap()
}

#[tokio::test]
async fn the_oldest_message_ages_while_the_mapping_is_disabled() {
    const AGE: &str = "ApproximateAgeOfOldestMessage";
    const VISIBLE: &str = "ApproximateNumberOfMessagesVisible";
    let mut host = host().await;
    let cloudwatch = sdk::cloudwatch(&host);
    for queue in [QUEUE, DEAD_LETTER_QUEUE] {
        assert_eq!(of_queue(&cloudwatch, AGE, queue).await, 0.0);
        assert_eq!(of_queue(&cloudwatch, VISIBLE, queue).await, 0.0);
    }
    pause(&sdk::lambda(&host)).await;
    // Delayed for longer than the test may take: it is neither visible nor old.
    host.send_message("much later", 900).await;
    assert_eq!(of_queue(&cloudwatch, VISIBLE, QUEUE).await, 0.0);
    for body in ["first", "second"] {
        host.send_message(body, 0).await;
    }
    soon(async {
        while of_queue(&cloudwatch, AGE, QUEUE).await < 2.0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert_eq!(of_queue(&cloudwatch, VISIBLE, QUEUE).await, 2.0);
    assert_eq!(of_queue(&cloudwatch, AGE, DEAD_LETTER_QUEUE).await, 0.0);
    let metric = ["AWS/SQS", AGE, "QueueName", QUEUE];
    let unit = datapoint(&cloudwatch, metric).await.unwrap().unit;
    assert_eq!(unit, Some(StandardUnit::Seconds));
    host.local.stop().await;
    assert!(host.log.nothing_of_a_batch());
}

#[tokio::test]
async fn a_function_without_invocations_and_an_unknown_metric_have_no_datapoints() {
    let host = host().await;
    let cloudwatch = sdk::cloudwatch(&host);
    for metric in [
        ["AWS/Lambda", "Errors", "FunctionName", "decide"],
        ["AWS/Lambda", "Laughs", "FunctionName", "decide"],
        [
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            "QueueName",
            "another",
        ],
    ] {
        assert_eq!(datapoint(&cloudwatch, metric).await, None);
    }
    host.local.stop().await;
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_refused_by_the_codes_of_aws() {
    let host = host().await;
    let cloudwatch = sdk::cloudwatch(&host);
    let metric = ["AWS/Lambda", "Errors", "FunctionName", "decide"];
    let odd = request(&cloudwatch, metric).period(90).send().await;
    let error = odd.unwrap_err().into_service_error();
    assert!(
        matches!(
            error,
            GetMetricStatisticsError::InvalidParameterValueException(_)
        ),
        "{error:?}"
    );
    let none = request(&cloudwatch, metric).set_statistics(None);
    assert_eq!(sdk::code(none.send().await), "MissingParameter");
    let many = request(&cloudwatch, metric).start_time(DateTime::from_secs(0));
    let many = many.period(60).send().await;
    assert_eq!(sdk::code(many), "InvalidParameterCombination");
    let list = cloudwatch.list_dashboards().send().await;
    assert_eq!(sdk::code(list), "InvalidAction");
    host.local.stop().await;
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
        "StartTime": now_s() - 900,
        "EndTime": now_s() + 900,
        "Period": 3600,
        "Statistics": ["Sum"],
    });
    let target = "GraniteServiceVersion20100801.GetMetricStatistics";
    let endpoint = &host.local.urls().endpoint;
    let answer = http::aws(endpoint, target, &request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["Datapoints"][0]["Sum"], 1.0);
    let refused = http::aws(endpoint, target, &json!({})).await;
    assert_eq!(refused.status, 400);
    let code = refused.header("x-amzn-query-error");
    assert_eq!(code, Some("MissingParameter;Sender"));
    host.local.stop().await;
}
