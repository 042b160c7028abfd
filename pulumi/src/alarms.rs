//! The alarms: what an operator wants to be woken for. `docs/runbook.md` says what to do about each.
//!
//! Ten metrics are always free in alarms (<https://aws.amazon.com/cloudwatch/pricing/>), and these use
//! exactly ten. So where AWS offers a metric for each function or operation, the one is taken that cannot
//! stay silent when the others would speak.

use rps_contract::names::Function;
use rps_contract::stack;
use serde_json::{Value, json};

use crate::aws::cloudwatch::{Dimensions, Metric, MetricAlarm};
use crate::aws::sns::{Topic, TopicSubscription};
use crate::aws::sqs::Queue;
use crate::dependencies::Dependencies;
use crate::functions::Functions;
use crate::program::{Handle, Program, STACK, Text};
use crate::settings::Settings;

/// One value in so many seconds.
const PERIOD_S: u32 = 60;

/// How much later than its window a round's message may be taken before somebody should look, seconds.
/// (One that is taken and fails leaves this metric at its third delivery, and ends as a dead letter.)
const LATE_S: u32 = 60;

pub(crate) fn alarms(
    program: &mut Program,
    settings: &Settings,
    dependencies: &Dependencies,
    functions: &Functions,
) -> Vec<Handle<MetricAlarm>> {
    let recipients = recipients(program, settings);
    let alarms = quiet_alarms(settings, dependencies, functions);
    let added = alarms.into_iter().map(|(name, alarm)| {
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
    added.collect()
}

/// The topic that sends alarms to an address, if one is set.
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

/// The alarms by their names in the runbook, before they are sent to anybody.
fn quiet_alarms(
    settings: &Settings,
    dependencies: &Dependencies,
    functions: &Functions,
) -> [(&'static str, MetricAlarm); 7] {
    let (queues, socket) = (&dependencies.queues, &dependencies.socket);
    let table = Dimensions::from([("TableName", dependencies.table.name())]);
    let mut updates = table.clone();
    updates.insert("Operation", "UpdateItem".into());
    let stage = [("ApiId", socket.api.id()), ("Stage", socket.stage.name())];

    // Functions without a reserve share the account's concurrency, and this is the account's metric.
    let throttles = sum("AWS/Lambda", "Throttles", Dimensions::new());
    let age = highest("ApproximateAgeOfOldestMessage", &queues.rounds);
    let dead = highest("ApproximateNumberOfMessagesVisible", &queues.dead_letters);
    // Writes are what a game needs most of, and what one busy lobby runs out of first.
    let throttled_writes = sum("AWS/DynamoDB", "WriteThrottleEvents", table);
    // Every join, play and decision updates an item.
    let failed_updates = sum("AWS/DynamoDB", "SystemErrors", updates);
    let refused = sum("AWS/ApiGateway", "ExecutionError", stage.into());
    let late = MetricAlarm {
        threshold: u32::from(settings.rules.window_s()) + LATE_S,
        evaluation_periods: 2,
        ..alarm(
            "Rounds are not decided: their messages are not taken from the queue",
            age,
        )
    };
    let account = "Lambda refuses to run functions, these or others of the account";
    let failed = "A round's message failed five times; its game may not have ended";
    [
        ("functions-failing", functions_failing(functions)),
        ("functions-throttled", alarm(account, throttles)),
        ("rounds-late", late),
        ("dead-letters", alarm(failed, dead)),
        (
            "table-throttled",
            on_table("DynamoDB throttles writes to the table", &throttled_writes),
        ),
        (
            "table-failing",
            on_table("DynamoDB fails (UpdateItem)", &failed_updates),
        ),
        (
            "socket-failing",
            alarm("API Gateway cannot invoke a function", refused),
        ),
    ]
}

/// One alarm for the errors of all four functions, so that a broken deployment is one mail.
fn functions_failing(functions: &Functions) -> MetricAlarm {
    let ids = ["errors_0", "errors_1", "errors_2", "errors_3"];
    let errors = ids.into_iter().zip(Function::ALL).map(|(id, which)| {
        let function = [("FunctionName", functions.get(which).function.name())];
        let metric = sum("AWS/Lambda", "Errors", function.into());
        let mut query = input(id, &metric);
        query["label"] = which.name().into();
        query
    });
    let filled = ids.map(|id| format!("FILL({id}, 0)")).join(" + ");
    let mut total = result("errors", &filled);
    total["label"] = "errors".into();
    MetricAlarm {
        metric_queries: Some(errors.chain([total]).collect()),
        ..quiet("A function crashed, did not start, or took longer than it may")
    }
}

fn sum(namespace: &'static str, metric_name: &'static str, dimensions: Dimensions) -> Metric {
    Metric {
        namespace,
        metric_name,
        dimensions,
        stat: "Sum",
        period: PERIOD_S,
    }
}

fn highest(metric_name: &'static str, queue: &Handle<Queue>) -> Metric {
    Metric {
        stat: "Maximum",
        ..sum("AWS/SQS", metric_name, [("QueueName", queue.name())].into())
    }
}

fn alarm(means: &str, of: Metric) -> MetricAlarm {
    MetricAlarm {
        namespace: Some(of.namespace),
        metric_name: Some(of.metric_name),
        dimensions: Some(of.dimensions),
        statistic: Some(of.stat),
        period: Some(of.period),
        ..quiet(means)
    }
}

/// An alarm on a metric of DynamoDB. Alarms on these keep their state while there is no data, whatever they are told
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>). What is
/// computed from them need not.
fn on_table(means: &str, of: &Metric) -> MetricAlarm {
    let filled = result("filled", "FILL(found, 0)");
    MetricAlarm {
        metric_queries: Some(vec![input("found", of), filled]),
        ..quiet(means)
    }
}

/// A metric that an alarm computes with.
fn input(id: &str, of: &Metric) -> Value {
    json!({ "id": id, "metric": of, "returnData": false })
}

/// What an alarm is about, computed from its inputs.
fn result(id: &str, expression: &str) -> Value {
    json!({ "id": id, "expression": expression, "returnData": true })
}

/// An alarm that is not yet about anything. No data is no trouble: nobody plays.
fn quiet(means: &str) -> MetricAlarm {
    MetricAlarm {
        alarm_description: means.to_owned(),
        comparison_operator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        evaluation_periods: 1,
        treat_missing_data: "notBreaching",
        ..MetricAlarm::default()
    }
}
