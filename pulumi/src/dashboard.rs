//! The dashboard: what an operator looks at.
//!
//! What only the game knows (draws, lateness) is asked of the functions' logs when somebody looks. Games are a metric
//! (`log_metrics`): more of them would cost while nobody looks.

use rps_contract::log_metrics::GAMES;
use rps_contract::names::Function;
use rps_contract::stack;
use serde_json::{Value, json};

use crate::aws::cloudwatch::{Dashboard, MetricAlarm};
use crate::dependencies::Dependencies;
use crate::functions::Functions;
use crate::log_metrics;
use crate::program::{Handle, Program, STACK, Text};

/// The width of the grid, and of a widget in it.
const COLUMNS: usize = 24;
const WIDTH: usize = 8;
const HEIGHT: usize = 6;

pub(crate) fn dashboard(
    program: &mut Program,
    dependencies: &Dependencies,
    functions: &Functions,
    alarms: &[Handle<MetricAlarm>],
) {
    // An ARN has it: arn:aws:dynamodb:REGION:ACCOUNT:table/NAME.
    let parts = json!({ "fn::split": [":", dependencies.table.arn()] });
    let region = program.variable("region", json!({ "fn::select": [3, parts] }));
    let arns: Vec<_> = alarms.iter().map(Handle::<MetricAlarm>::arn).collect();
    let states = json!({ "title": "Alarms", "alarms": arns });
    let mut widgets = vec![json!({ "type": "alarm", "properties": states })];
    widgets.extend(the_game(functions, &region));
    widgets.extend(cost_drivers(dependencies, functions, &region));
    for (index, widget) in widgets.iter_mut().enumerate() {
        let place = index * WIDTH;
        widget["x"] = (place % COLUMNS).into();
        widget["y"] = (place / COLUMNS * HEIGHT).into();
        widget["width"] = WIDTH.into();
        widget["height"] = HEIGHT.into();
    }
    let dashboard = Dashboard {
        dashboard_name: stack::table(STACK).into(),
        dashboard_body: json!({ "widgets": widgets }).into(),
    };
    program.add("dashboard", dashboard);
}

fn the_game(functions: &Functions, region: &Text) -> [Value; 4] {
    let asked = |title: &str, of: &[Function], query: &str| {
        let sources = of
            .iter()
            .map(|function| format!("SOURCE '{}'", functions.get(*function).logs.name()));
        let query = format!("{} | {query}", sources.collect::<Vec<_>>().join(" | "));
        let view =
            json!({ "title": title, "region": region, "view": "timeSeries", "query": query });
        json!({ "type": "log", "properties": view })
    };
    [
        sums(
            "Games",
            region,
            &[json!([log_metrics::namespace(), GAMES.name])],
        ),
        asked(
            "Drawn rounds a minute",
            &[Function::Decide],
            r#"filter fields.message = "round drawn" | stats count(*) as draws by bin(1m)"#,
        ),
        asked(
            "Lateness of decide, ms",
            &[Function::Decide],
            "filter ispresent(fields.late_ms) | stats pct(fields.late_ms, 50) as p50, \
             pct(fields.late_ms, 95) as p95, pct(fields.late_ms, 99) as p99 by bin(1m)",
        ),
        // A function that AWS refuses something answers all the same, and says so here alone.
        asked(
            "Lines of functions with level ERROR or WARN",
            &Function::ALL,
            r#"filter level in ["ERROR", "WARN"] | stats count(*) as lines by bin(1m)"#,
        ),
    ]
}

/// A widget of sums, one value a minute.
fn sums(title: &str, region: &Text, metrics: &[Value]) -> Value {
    let view = json!({
        "title": title,
        "region": region,
        "view": "timeSeries",
        "stat": "Sum",
        "period": 60,
        "metrics": metrics,
    });
    json!({ "type": "metric", "properties": view })
}

fn cost_drivers(dependencies: &Dependencies, functions: &Functions, region: &Text) -> [Value; 5] {
    let (api, stage) = (
        dependencies.socket.api.id(),
        dependencies.socket.stage.name(),
    );
    let on_stage = |metric| json!(["AWS/ApiGateway", metric, "ApiId", api, "Stage", stage]);
    let names = Function::ALL.map(|which| functions.get(which).function.name());
    let on_functions = |metric: &str| {
        names
            .clone()
            .map(|name| json!(["AWS/Lambda", metric, "FunctionName", name]))
    };
    let table = dependencies.table.name();
    let on_table = |metric| json!(["AWS/DynamoDB", metric, "TableName", table]);
    let queue = dependencies.queues.rounds.name();
    let on_queue = |metric| json!(["AWS/SQS", metric, "QueueName", queue]);
    [
        sums(
            "Connections and messages",
            region,
            &[
                "ConnectCount",
                "MessageCount",
                "ClientError",
                "ExecutionError",
            ]
            .map(on_stage),
        ),
        sums("Invocations", region, &on_functions("Invocations")),
        sums(
            "Duration of functions, ms",
            region,
            &on_functions("Duration"),
        ),
        sums(
            "Table units",
            region,
            &["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"].map(on_table),
        ),
        sums(
            "Queue requests, idle polling among them",
            region,
            &[
                "NumberOfMessagesSent",
                "NumberOfMessagesReceived",
                "NumberOfMessagesDeleted",
                "NumberOfEmptyReceives",
            ]
            .map(on_queue),
        ),
    ]
}
