//! Tests periods, statistics and errors.

use super::*;
use crate::metrics::LocalMetric;

/// Values in the minutes 100, 101 and 103 since 1970.
fn metrics() -> Metrics {
    let errors = LocalMetric::for_function("Errors", "Count");
    let metrics = Metrics::default();
    for (minute, value) in [(100, 0.0), (100, 1.0), (101, 4.0), (103, 2.0)] {
        metrics.add(errors, &["decide"], value, minute * 60_000 + 59_999);
    }
    metrics
}

fn request() -> Value {
    json!({
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{ "Name": "FunctionName", "Value": "decide" }],
        "StartTime": 6000,
        "EndTime": 6240,
        "Period": 60,
        "Statistics": ["Sum"],
    })
}

/// Sends the request with changed members; null removes a member.
fn get_with(members: &Value) -> Result<Value, AwsError> {
    let mut request = request();
    for (name, value) in members.as_object().unwrap() {
        request[name] = value.clone();
    }
    get(&metrics(), request)
}

/// The periods' starts and sums.
fn sums(members: &Value) -> Vec<(u64, f64)> {
    let response = get_with(members).unwrap();
    let datapoints = response["Datapoints"].as_array().unwrap();
    let sum = |datapoint: &Value| {
        (
            datapoint["Timestamp"].as_u64().unwrap(),
            datapoint["Sum"].as_f64().unwrap(),
        )
    };
    datapoints.iter().map(sum).collect()
}

#[test]
fn a_minute_without_values_has_no_datapoint() {
    assert_eq!(sums(&json!({})), [(6000, 1.0), (6060, 4.0), (6180, 2.0)]);
}

#[test]
fn a_period_adds_up_its_minutes_from_the_start_time() {
    assert_eq!(sums(&json!({ "Period": 120 })), [(6000, 5.0), (6120, 2.0)]);
    let later = json!({ "StartTime": 6060, "Period": 180 });
    assert_eq!(sums(&later), [(6060, 6.0)]);
}

#[test]
fn the_start_is_rounded_down_to_the_minute_and_the_end_is_exclusive() {
    let narrow = json!({ "StartTime": 6059.9, "EndTime": 6060 });
    assert_eq!(sums(&narrow), [(6000, 1.0)]);
    let wider = json!({ "StartTime": 6059.9, "EndTime": 6060.001 });
    assert_eq!(sums(&wider), [(6000, 1.0), (6060, 4.0)]);
}

#[test]
fn every_statistic_can_be_requested() {
    let all = ["SampleCount", "Sum", "Minimum", "Maximum", "Average"];
    let response = get_with(&json!({ "Period": 240, "Statistics": all })).unwrap();
    let expected = json!({
        "Timestamp": 6000,
        "Unit": "Count",
        "SampleCount": 4.0,
        "Sum": 7.0,
        "Minimum": 0.0,
        "Maximum": 4.0,
        "Average": 1.75,
    });
    assert_eq!(
        response,
        json!({ "Label": "Errors", "Datapoints": [expected] })
    );
}

#[test]
fn an_unknown_series_has_no_datapoints() {
    for other in [
        json!({ "Namespace": "AWS/SQS" }),
        json!({ "MetricName": "Laughs" }),
        json!({ "Dimensions": [] }),
        json!({ "Dimensions": [{ "Name": "FunctionName", "Value": "connection" }] }),
        json!({ "Dimensions": [{ "Name": "QueueName", "Value": "decide" }] }),
        json!({ "Unit": "Seconds" }),
        json!({ "StartTime": 0, "EndTime": 6000 }),
    ] {
        assert_eq!(sums(&other), [], "{other}");
    }
}

#[test]
fn invalid_requests_return_the_error_codes_of_aws() {
    let code = |members: &Value| get_with(members).unwrap_err().query_code.unwrap();
    for name in [
        "Namespace",
        "MetricName",
        "StartTime",
        "EndTime",
        "Period",
        "Statistics",
    ] {
        let missing = json!({ name: null });
        assert_eq!(code(&missing), "MissingParameter", "{name}");
    }
    for wrong in [
        json!({ "Period": 0 }),
        json!({ "Period": 90 }),
        json!({ "EndTime": 6000 }),
        json!({ "Statistics": ["Median"] }),
        json!({ "ExtendedStatistics": ["p99"] }),
    ] {
        assert_eq!(code(&wrong), "InvalidParameterValue", "{wrong}");
    }
    let many = json!({ "StartTime": 0, "EndTime": 1441 * 60 });
    assert_eq!(code(&many), "InvalidParameterCombination");
    assert!(get_with(&json!({ "StartTime": 0, "EndTime": 1440 * 60 })).is_ok());
}
