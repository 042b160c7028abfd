//! The operator's dashboard.
//!
//! The dashboard queries the functions' logs for draws and lateness only while somebody looks at it. Finished games
//! have a metric of their own (`log_metrics`); more custom metrics would cost money all the time.

use rps_contract::log_metrics::{BOT_GAMES, GAMES};
use rps_contract::names::Function;
use serde_json::{Value, json};

use crate::aws::cloudwatch::{Dashboard, MetricAlarm};
use crate::dependencies::Dependencies;
use crate::functions::Functions;
use crate::log_metrics;
use crate::program::{Handle, Program, STACK};
use crate::websocket::STAGE;

/// The grid's width.
const COLUMNS: usize = 24;
const WIDTH: usize = 8;
const HEIGHT: usize = 6;

pub(crate) fn dashboard(
    program: &mut Program,
    dependencies: &Dependencies,
    functions: &Functions,
    alarms: &[Handle<MetricAlarm>],
) {
    let mut widgets = game_widgets(functions).to_vec();
    widgets.extend(cost_widgets(dependencies, functions));
    for widget in &mut widgets {
        widget["properties"]["region"] = json!(dependencies.region);
        widget["properties"]["view"] = "timeSeries".into();
    }
    let arns: Vec<_> = alarms.iter().map(Handle::<MetricAlarm>::arn).collect();
    let states = json!({ "title": "Alarms", "alarms": arns });
    widgets.insert(0, json!({ "type": "alarm", "properties": states }));
    for (index, widget) in widgets.iter_mut().enumerate() {
        let offset = index * WIDTH;
        widget["x"] = (offset % COLUMNS).into();
        widget["y"] = (offset / COLUMNS * HEIGHT).into();
        widget["width"] = WIDTH.into();
        widget["height"] = HEIGHT.into();
    }
    let dashboard = Dashboard {
        // Dashboard names belong to the account, not to a region.
        dashboard_name: format!("rps-{STACK}-{}", dependencies.region).into(),
        dashboard_body: json!({ "widgets": widgets }).into(),
    };
    program.add("dashboard", dashboard);
}

fn game_widgets(functions: &Functions) -> [Value; 4] {
    let log_widget = |title: &str, logged_by: &[Function], query: &str| {
        let log_group = |function: &Function| functions.get(*function).logs.name();
        let source = |function: &Function| format!("SOURCE '{}'", log_group(function));
        let sources: Vec<_> = logged_by.iter().map(source).collect();
        let query = format!("{} | {query}", sources.join(" | "));
        json!({ "type": "log", "properties": { "title": title, "query": query } })
    };
    [
        sum_widget(
            "Finished games",
            &[GAMES, BOT_GAMES].map(|metric| json!([log_metrics::namespace(), metric.name])),
        ),
        log_widget(
            "Drawn rounds per minute",
            &[Function::Decide],
            r#"filter fields.message = "round drawn" | stats count(*) as draws by bin(1m)"#,
        ),
        log_widget(
            "Delay of decide, ms",
            &[Function::Decide],
            "filter ispresent(fields.late_ms) | stats pct(fields.late_ms, 50) as p50, \
             pct(fields.late_ms, 95) as p95, pct(fields.late_ms, 99) as p99 by bin(1m)",
        ),
        // A function still responds when AWS denies its requests; only these log lines show it.
        log_widget(
            "Log lines with level ERROR or WARN",
            &Function::ALL,
            r#"filter level in ["ERROR", "WARN"] | stats count(*) as lines by bin(1m)"#,
        ),
    ]
}

/// A widget with one sum per minute for each metric.
fn sum_widget(title: &str, metrics: &[Value]) -> Value {
    let properties = json!({ "title": title, "stat": "Sum", "period": 60, "metrics": metrics });
    json!({ "type": "metric", "properties": properties })
}

fn cost_widgets(dependencies: &Dependencies, functions: &Functions) -> [Value; 5] {
    let websocket = &dependencies.websocket;
    let api = websocket.api.id();
    let (table, queue) = (dependencies.table.name(), dependencies.queues.rounds.name());
    let names = Function::ALL.map(|function| functions.get(function).function.name());
    let stage_metric = |metric| json!(["AWS/ApiGateway", metric, "ApiId", api, "Stage", STAGE]);
    let function_metrics = |metric: &str| {
        let names = names.each_ref();
        names.map(|name| json!(["AWS/Lambda", metric, "FunctionName", name]))
    };
    let table_metric = |metric| json!(["AWS/DynamoDB", metric, "TableName", table]);
    let queue_metric = |metric| json!(["AWS/SQS", metric, "QueueName", queue]);
    let messages = [
        "ConnectCount",
        "MessageCount",
        "ClientError",
        "ExecutionError",
    ];
    let requests = [
        "NumberOfMessagesSent",
        "NumberOfMessagesReceived",
        "NumberOfMessagesDeleted",
        "NumberOfEmptyReceives",
    ];
    let units = ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"];
    let queue_requests = "Queue requests, including idle polling";
    [
        sum_widget("Connections and messages", &messages.map(stage_metric)),
        sum_widget("Function invocations", &function_metrics("Invocations")),
        sum_widget("Function duration, ms", &function_metrics("Duration")),
        sum_widget("Table capacity units", &units.map(table_metric)),
        sum_widget(queue_requests, &requests.map(queue_metric)),
    ]
}
