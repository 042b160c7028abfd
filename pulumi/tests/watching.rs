//! What is watched in a stack, by the names under which others look for it.

mod reading;
mod support;

use std::collections::BTreeSet;

use reading::of_type;
use rps_contract::names::ALARMS;
use serde_json::Value;
use support::{everything, printed};

#[test]
fn each_alarm_has_a_name_that_others_know() {
    let program = printed(&everything());
    let names = of_type(&program, "aws:cloudwatch:MetricAlarm").map(|alarm| {
        let name = alarm["name"].as_str().expect("a name");
        name.trim_start_matches("rps-${pulumi.stack}-").to_owned()
    });
    assert_eq!(
        names.collect::<BTreeSet<_>>(),
        ALARMS.map(str::to_owned).into()
    );
}

#[test]
fn games_and_minutes_are_taken_out_of_the_lines_of_those_who_log_them() {
    let program = printed(&everything());
    let filters = of_type(&program, "aws:cloudwatch:LogMetricFilter").map(|filter| {
        let metric = &filter["metricTransformation"];
        assert_eq!(metric["namespace"], "rps-${pulumi.stack}");
        assert_eq!(metric["name"], filter["name"]);
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        [
            &filter["logGroupName"],
            &filter["pattern"],
            &metric["name"],
            &metric["value"],
        ]
        .map(text)
    });
    let expected = [
        [
            "connection",
            "connection closed",
            "ConnectionMinutes",
            "$.fields.minutes",
        ],
        ["connection", "game over", "Games", "1"],
        ["decide", "game over", "Games", "1"],
    ];
    let expected = expected.map(|[function, line, name, value]| {
        let pattern = format!(r#"{{ $.fields.message = "{line}" }}"#);
        [
            format!("${{{function}-logs.name}}"),
            pattern,
            name.to_owned(),
            value.to_owned(),
        ]
    });
    assert_eq!(filters.collect::<BTreeSet<_>>(), expected.into());
}
