//! The alarms: what an operator wants to be woken for. `docs/runbook.md` says what to do about each.
//!
//! Ten metrics are always free in alarms (<https://aws.amazon.com/cloudwatch/pricing/>), and these use
//! exactly ten. So where AWS offers a metric for each function or operation, the one is taken that cannot
//! stay silent when the others would speak.

use rps_contract::names::Function;
use rps_contract::stack;

use crate::aws::cloudwatch::{Dimensions, Metric, MetricAlarm, MetricQuery};
use crate::aws::sns::{Topic, TopicSubscription};
use crate::functions::{Functions, World};
use crate::program::{Handle, Program, Text};
use crate::{STACK, Settings};

/// One value in so many seconds.
const PERIOD_S: u32 = 60;

/// How much later than its window a round's message may be taken before somebody should look, seconds.
/// (One that is taken and fails leaves this metric at its third delivery, and ends as a dead letter.)
const LATE_S: u32 = 60;

/// An alarm on one metric.
struct Alarm {
    name: &'static str,
    means: &'static str,
    of: Metric,
    threshold: u32,
    /// Minutes in a row.
    minutes: u32,
}

/// The alarms.
pub(crate) fn alarms(
    program: &mut Program,
    settings: &Settings,
    world: &World,
    functions: &Functions,
) -> Vec<Handle<MetricAlarm>> {
    let told = topic(program, settings);
    let failing = functions_failing(functions, &told);
    let mut added = vec![program.add("alarm-functions-failing", failing)];
    for alarm in single(settings, world) {
        let name = format!("alarm-{}", alarm.name);
        added.push(program.add(name, on_one_metric(alarm, &told)));
    }
    added
}

/// Whom alarms are sent to: nobody, unless an address is set.
fn topic(program: &mut Program, settings: &Settings) -> Vec<Text> {
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

fn single(settings: &Settings, world: &World) -> Vec<Alarm> {
    let queue = |queue: Text| Dimensions::from([("QueueName", queue)]);
    let table = || Dimensions::from([("TableName", world.table.name())]);
    let mut updates = table();
    updates.insert("Operation", "UpdateItem".into());
    let stage = Dimensions::from([
        ("ApiId", world.socket.api.id()),
        ("Stage", world.socket.stage.name()),
    ]);
    vec![
        Alarm {
            name: "functions-throttled",
            // Functions without a reserve share the account's concurrency, and this is the account's metric.
            means: "Lambda refuses to run functions, these or others of the account",
            of: metric("AWS/Lambda", "Throttles", Dimensions::new(), "Sum"),
            threshold: 1,
            minutes: 1,
        },
        Alarm {
            name: "rounds-late",
            means: "Rounds are not decided: their messages are not taken from the queue",
            of: metric(
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                queue(world.queues.rounds.name()),
                "Maximum",
            ),
            threshold: u32::from(settings.rules.window_s()) + LATE_S,
            minutes: 2,
        },
        Alarm {
            name: "dead-letters",
            means: "A round's message failed five times; its game may not have ended",
            of: metric(
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                queue(world.queues.dead_letters.name()),
                "Maximum",
            ),
            threshold: 1,
            minutes: 1,
        },
        Alarm {
            name: "table-throttled",
            // Writes are what a game needs most of, and what one busy lobby runs out of first.
            means: "DynamoDB throttles writes to the table",
            of: metric("AWS/DynamoDB", "WriteThrottleEvents", table(), "Sum"),
            threshold: 1,
            minutes: 1,
        },
        Alarm {
            name: "table-failing",
            // Every join, play and decision updates an item.
            means: "DynamoDB fails (UpdateItem)",
            of: metric("AWS/DynamoDB", "SystemErrors", updates, "Sum"),
            threshold: 1,
            minutes: 1,
        },
        Alarm {
            name: "socket-failing",
            means: "API Gateway cannot invoke a function",
            of: metric("AWS/ApiGateway", "ExecutionError", stage, "Sum"),
            threshold: 1,
            minutes: 1,
        },
    ]
}

fn on_one_metric(alarm: Alarm, told: &[Text]) -> MetricAlarm {
    let quiet = MetricAlarm {
        threshold: alarm.threshold,
        evaluation_periods: alarm.minutes,
        ..quiet(alarm.name, alarm.means, told)
    };
    // Alarms on DynamoDB's own metrics keep their state while there is no data, whatever they are told
    // (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>). What is
    // computed from them need not.
    let of = alarm.of;
    if of.namespace == "AWS/DynamoDB" {
        let queries = vec![
            found("found", None, of),
            computed("filled", None, "FILL(found, 0)".to_owned()),
        ];
        return MetricAlarm {
            metric_queries: Some(queries),
            ..quiet
        };
    }
    MetricAlarm {
        namespace: Some(of.namespace),
        metric_name: Some(of.metric_name),
        dimensions: Some(of.dimensions),
        statistic: Some(of.stat),
        period: Some(of.period),
        ..quiet
    }
}

/// One alarm for the errors of all four functions, so that a broken deployment is one mail.
fn functions_failing(functions: &Functions, told: &[Text]) -> MetricAlarm {
    let errors = |which: Function| {
        let function = functions.get(which).function.name();
        metric(
            "AWS/Lambda",
            "Errors",
            [("FunctionName", function)].into(),
            "Sum",
        )
    };
    let ids = ["errors_0", "errors_1", "errors_2", "errors_3"];
    let mut queries: Vec<_> = ids
        .into_iter()
        .zip(Function::ALL)
        .map(|(id, which)| found(id, Some(which.name()), errors(which)))
        .collect();
    let filled = ids.map(|id| format!("FILL({id}, 0)")).join(" + ");
    queries.push(computed("errors", Some("errors"), filled));
    MetricAlarm {
        metric_queries: Some(queries),
        ..quiet(
            "functions-failing",
            "A function crashed, did not start, or took longer than it may",
            told,
        )
    }
}

/// A metric, one value in each period.
fn metric(
    namespace: &'static str,
    metric_name: &'static str,
    dimensions: Dimensions,
    stat: &'static str,
) -> Metric {
    Metric {
        namespace,
        metric_name,
        dimensions,
        stat,
        period: PERIOD_S,
    }
}

/// A metric that an alarm computes with.
fn found(id: &'static str, label: Option<&'static str>, of: Metric) -> MetricQuery {
    MetricQuery {
        id,
        label,
        expression: None,
        metric: Some(of),
        return_data: false,
    }
}

/// What the alarm is about, computed from the metrics before it.
fn computed(id: &'static str, label: Option<&'static str>, expression: String) -> MetricQuery {
    MetricQuery {
        id,
        label,
        expression: Some(expression),
        metric: None,
        return_data: true,
    }
}

/// An alarm that is not yet about anything. No data is no trouble: nobody plays.
fn quiet(name: &str, means: &str, told: &[Text]) -> MetricAlarm {
    let stack = stack::table(STACK);
    MetricAlarm {
        name: format!("{stack}-{name}").into(),
        alarm_description: format!("{means}. Runbook: docs/runbook.md, {name}."),
        comparison_operator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        evaluation_periods: 1,
        treat_missing_data: "notBreaching",
        namespace: None,
        metric_name: None,
        dimensions: None,
        statistic: None,
        period: None,
        metric_queries: None,
        alarm_actions: told.to_vec(),
        ok_actions: told.to_vec(),
    }
}
