//! The alarms that wake an operator. `docs/runbook.md` explains how to respond to each.
//!
//! The alarms use exactly the ten alarm metrics that are always free
//! (<https://aws.amazon.com/cloudwatch/pricing/>). Where AWS has one metric per operation, the alarm uses only
//! the operation that every game needs, because it fails whenever the others do.

use rps_contract::names::Function;
use rps_contract::stack;
use serde_json::{Value, json};

use crate::aws::cloudwatch::{AlarmMetric, Dimensions, MetricAlarm};
use crate::aws::sns::{Topic, TopicSubscription};
use crate::aws::sqs::Queue;
use crate::dependencies::Dependencies;
use crate::functions::Functions;
use crate::program::{Handle, Program, STACK, Text};
use crate::settings::Settings;
use crate::websocket::STAGE;

const PERIOD_S: u32 = 60;

/// How long after its round a timer may stay in the queue before the alarm goes off. SQS stops measuring a
/// message's age at its third delivery; a message that keeps failing becomes a dead letter instead, after 20
/// minutes.
const LATE_S: u32 = 60;

pub(crate) fn alarms(
    program: &mut Program,
    settings: &Settings,
    dependencies: &Dependencies,
    functions: &Functions,
) -> Vec<Handle<MetricAlarm>> {
    let recipients = recipients(program, settings);
    let alarms = alarms_without_actions(settings, dependencies, functions);
    let handles = alarms.into_iter().map(|(name, alarm)| {
        let description = alarm.alarm_description;
        let alarm = MetricAlarm {
            name: format!("{}-{name}", stack::table(STACK)).into(),
            alarm_description: format!("{description}. Runbook: docs/runbook.md, {name}."),
            alarm_actions: recipients.clone(),
            ok_actions: recipients.clone(),
            ..alarm
        };
        program.add(format!("alarm-{name}"), alarm)
    });
    handles.collect()
}

/// Adds an SNS topic that sends alarms to `alarmEmail`, if that is set.
fn recipients(program: &mut Program, settings: &Settings) -> Vec<Text> {
    let topic = settings.alarm_email.as_ref().map(|address| {
        let name = format!("rps-{STACK}-alarms").into();
        let topic = program.add("alarm-topic", Topic { name });
        let subscription = TopicSubscription {
            topic: topic.arn(),
            protocol: "email",
            endpoint: address.clone(),
        };
        program.add("alarm-e-mail", subscription);
        topic.arn()
    });
    topic.into_iter().collect()
}

/// The alarms by their names in the runbook, without recipients.
fn alarms_without_actions(
    settings: &Settings,
    dependencies: &Dependencies,
    functions: &Functions,
) -> [(&'static str, MetricAlarm); 7] {
    let (queues, websocket) = (&dependencies.queues, &dependencies.websocket);
    let table = Dimensions::from([("TableName", dependencies.table.name())]);
    let mut updates = table.clone();
    updates.insert("Operation", "UpdateItem".into());
    let stage = [("ApiId", websocket.api.id()), ("Stage", STAGE.into())];

    // This is the account's metric: functions without reserved concurrency share the account's limit.
    let throttles = sum("AWS/Lambda", "Throttles", Dimensions::new());
    let oldest_age = queue_maximum("ApproximateAgeOfOldestMessage", &queues.rounds);
    let dead_letters = queue_maximum("ApproximateNumberOfMessagesVisible", &queues.dead_letters);
    // A game needs more writes than reads, and a busy lobby exhausts the write capacity first.
    let throttled_writes = sum("AWS/DynamoDB", "WriteThrottleEvents", table);
    // Every join, play and decision updates an item.
    let failed_updates = sum("AWS/DynamoDB", "SystemErrors", updates);
    let failed_invocations = sum("AWS/ApiGateway", "ExecutionError", stage.into());
    let late = "Rounds do not end: nothing receives the round timers from the queue";
    let late_rounds = MetricAlarm {
        threshold: u32::from(settings.rules.window_s()) + LATE_S,
        evaluation_periods: 2,
        ..alarm(late, oldest_age)
    };
    let over_limit = "Lambda throttles functions of this account, maybe of another application";
    let dead = "A round timer failed for 20 minutes; its game may be stuck";
    [
        ("functions-failing", functions_failing(functions)),
        ("functions-throttled", alarm(over_limit, throttles)),
        ("rounds-late", late_rounds),
        ("dead-letters", alarm(dead, dead_letters)),
        (
            "table-throttled",
            dynamodb_alarm("DynamoDB throttles writes to the table", &throttled_writes),
        ),
        (
            "table-failing",
            dynamodb_alarm("DynamoDB fails to update items", &failed_updates),
        ),
        (
            "socket-failing",
            alarm("API Gateway cannot invoke a function", failed_invocations),
        ),
    ]
}

/// A single alarm for the errors of all four functions, so that a broken deployment sends one mail.
fn functions_failing(functions: &Functions) -> MetricAlarm {
    let ids = ["errors_0", "errors_1", "errors_2", "errors_3"];
    let errors = ids.into_iter().zip(Function::ALL).map(|(id, function)| {
        let dimensions = [("FunctionName", functions.get(function).function.name())];
        let metric = sum("AWS/Lambda", "Errors", dimensions.into());
        let mut query = input(id, &metric);
        query["label"] = function.name().into();
        query
    });
    let sum_of_errors = ids.map(|id| format!("FILL({id}, 0)")).join(" + ");
    let mut total = result("errors", &sum_of_errors);
    total["label"] = "errors".into();
    MetricAlarm {
        metric_queries: Some(errors.chain([total]).collect()),
        ..base_alarm("A function crashed, failed to start, or timed out")
    }
}

fn sum(namespace: &'static str, metric_name: &'static str, dimensions: Dimensions) -> AlarmMetric {
    AlarmMetric {
        namespace,
        metric_name,
        dimensions,
        stat: "Sum",
        period: PERIOD_S,
    }
}

fn queue_maximum(metric_name: &'static str, queue: &Handle<Queue>) -> AlarmMetric {
    AlarmMetric {
        stat: "Maximum",
        ..sum("AWS/SQS", metric_name, [("QueueName", queue.name())].into())
    }
}

fn alarm(description: &str, metric: AlarmMetric) -> MetricAlarm {
    MetricAlarm {
        namespace: Some(metric.namespace),
        metric_name: Some(metric.metric_name),
        dimensions: Some(metric.dimensions),
        statistic: Some(metric.stat),
        period: Some(metric.period),
        ..base_alarm(description)
    }
}

/// An alarm on a DynamoDB metric. It computes an expression, because CloudWatch ignores `treatMissingData` for
/// plain DynamoDB metrics and would keep the alarm's last state
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>).
fn dynamodb_alarm(description: &str, metric: &AlarmMetric) -> MetricAlarm {
    let filled = result("filled", "FILL(found, 0)");
    MetricAlarm {
        metric_queries: Some(vec![input("found", metric), filled]),
        ..base_alarm(description)
    }
}

/// A metric in an alarm's expression.
fn input(id: &str, metric: &AlarmMetric) -> Value {
    json!({ "id": id, "metric": metric, "returnData": false })
}

/// The expression whose value an alarm watches.
fn result(id: &str, expression: &str) -> Value {
    json!({ "id": id, "expression": expression, "returnData": true })
}

/// An alarm without a metric. Missing data is no reason for an alarm: it means that nobody plays.
fn base_alarm(description: &str) -> MetricAlarm {
    MetricAlarm {
        alarm_description: description.to_owned(),
        comparison_operator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        evaluation_periods: 1,
        treat_missing_data: "notBreaching",
        ..MetricAlarm::default()
    }
}
