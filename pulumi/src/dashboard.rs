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
use crate::program::{Handle, Program, STACK};

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
    let mut widgets = the_game(functions).to_vec();
    widgets.extend(cost_drivers(dependencies, functions));
    for widget in &mut widgets {
        widget["properties"]["region"] = json!(region);
        widget["properties"]["view"] = "timeSeries".into();
    }
    let arns: Vec<_> = alarms.iter().map(Handle::<MetricAlarm>::arn).collect();
    let states = json!({ "title": "Alarms", "alarms": arns });
    widgets.insert(0, json!({ "type": "alarm", "properties": states }));
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

fn the_game(functions: &Functions) -> [Value; 4] {
    let logged = |title: &str, by: &[Function], query: &str| {
        let source = |which: &Function| format!("SOURCE '{}'", functions.get(*which).logs.name());
        let sources: Vec<_> = by.iter().map(source).collect();
        let query = format!("{} | {query}", sources.join(" | "));
        json!({ "type": "log", "properties": { "title": title, "query": query } })
    };
    [
        sums("Games", &[json!([log_metrics::namespace(), GAMES.name])]),
        logged(
            "Drawn rounds a minute",
            &[Function::Decide],
            r#"filter fields.message = "round drawn" | stats count(*) as draws by bin(1m)"#,
        ),
        logged(
            "Lateness of decide, ms",
            &[Function::Decide],
            "filter ispresent(fields.late_ms) | stats pct(fields.late_ms, 50) as p50, \
             pct(fields.late_ms, 95) as p95, pct(fields.late_ms, 99) as p99 by bin(1m)",
        ),
        // A function that AWS refuses something answers all the same, and says so here alone.
        logged(
            "Lines of functions with level ERROR or WARN",
            &Function::ALL,
            r#"filter level in ["ERROR", "WARN"] | stats count(*) as lines by bin(1m)"#,
        ),
    ]
}

/// A widget of sums, one value a minute.
fn sums(title: &str, metrics: &[Value]) -> Value {
    let properties = json!({ "title": title, "stat": "Sum", "period": 60, "metrics": metrics });
    json!({ "type": "metric", "properties": properties })
}

fn cost_drivers(dependencies: &Dependencies, functions: &Functions) -> [Value; 5] {
    let socket = &dependencies.socket;
    let (api, stage) = (socket.api.id(), socket.stage.name());
    let (table, queue) = (dependencies.table.name(), dependencies.queues.rounds.name());
    let names = Function::ALL.map(|which| functions.get(which).function.name());
    let on_stage = |metric| json!(["AWS/ApiGateway", metric, "ApiId", api, "Stage", stage]);
    let on_functions = |metric: &str| {
        let names = names.each_ref();
        names.map(|name| json!(["AWS/Lambda", metric, "FunctionName", name]))
    };
    let on_table = |metric| json!(["AWS/DynamoDB", metric, "TableName", table]);
    let on_queue = |metric| json!(["AWS/SQS", metric, "QueueName", queue]);
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
    let polling = "Queue requests, idle polling among them";
    [
        sums("Connections and messages", &messages.map(on_stage)),
        sums("Invocations", &on_functions("Invocations")),
        sums("Duration of functions, ms", &on_functions("Duration")),
        sums("Table units", &units.map(on_table)),
        sums(polling, &requests.map(on_queue)),
    ]
}
