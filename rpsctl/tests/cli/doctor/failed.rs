//! The checks `errors` and `logs`.

use ciborium::Value as Cbor;
use rps_handlers::time::now_ms;

use super::{doctor, not_ok};
use crate::golden::Golden;
use crate::proxy::{between, changed};
use crate::rpsctl::LocalSystem;

#[test]
fn failed_functions_are_reported() {
    let game = LocalSystem::start();
    let endpoint = between(game.endpoint(), |head, answer| {
        if head.contains("/operation/getmetricstatistics") {
            let sum = |sum: f64| {
                let member = |name: &str, value: Cbor| (Cbor::Text(name.to_owned()), value);
                Cbor::Map(vec![member("Sum", sum.into())])
            };
            let points = Cbor::Array(vec![sum(2.0), sum(1.0)]);
            let body = Cbor::Map(vec![("Datapoints".into(), points)]);
            answer.body.clear();
            ciborium::into_writer(&body, &mut answer.body).expect("written");
        }
        if head.contains(".filterlogevents") {
            let line = r#"{\"level\":\"ERROR\",\"fields\":{\"message\":\"\\u001b[31mred\",\"failure\":\"why\"}}"#;
            let body = format!(r#"{{"events":[{{"timestamp":1,"message":"{line}"}}]}}"#);
            answer.body = body.into();
        }
    });
    let mut golden = Golden::at(&endpoint);
    assert_eq!(golden.run("doctor").code, Some(4));
    assert_eq!(not_ok(&doctor(&endpoint)), ["errors wrong", "logs wrong"]);
    golden.is("doctor_functions");
}

#[test]
fn an_alarm_that_is_on_is_reported() {
    let game = LocalSystem::start();
    let alarm = |name: &str, state: &str| {
        let members = [
            ("AlarmName", name),
            ("StateValue", state),
            ("StateReason", "1 datapoint"),
        ];
        let member = |(name, value): (&str, &str)| (Cbor::from(name), Cbor::from(value));
        Cbor::Map(members.map(member).into())
    };
    let alarms = [
        alarm("rps-dead-letters", "ALARM"),
        alarm("rps-rounds-late", "INSUFFICIENT_DATA"),
        alarm("rps-table-failing", "OK"),
    ];
    let alarms = Cbor::Map(vec![("MetricAlarms".into(), Cbor::Array(alarms.into()))]);
    let endpoint = changed(
        game.endpoint(),
        "/operation/describealarms",
        move |answer| {
            answer.body.clear();
            ciborium::into_writer(&alarms, &mut answer.body).expect("written");
        },
    );
    let ended = doctor(&endpoint).ends(4);
    assert_eq!(not_ok(&ended), ["alarms wrong"], "{ended:?}");
    ended.prints(r#""found":"rps-dead-letters is on: 1 datapoint","#);
    ended.prints(
        "`aws cloudwatch describe-alarm-history --alarm-name rps-dead-letters --endpoint-url ",
    );
}

/// There are more lines than a search reads, so the counts are lower bounds, or the check is unknown.
#[test]
fn a_search_of_long_logs_is_incomplete() {
    let game = LocalSystem::start();
    for (events, state, words) in [
        (
            "[]",
            "logs unknown",
            "the search ended before it covered the last hour",
        ),
        (
            r#"[{"timestamp":1,"message":"{\"level\":\"WARN\"}"},{"timestamp":2,"message":"m"}]"#,
            "logs wrong",
            "at least 20 from decide",
        ),
    ] {
        let endpoint = changed(game.endpoint(), ".filterlogevents", move |answer| {
            // The local AWS has one page only, and refuses to be asked for another.
            answer.status = 200;
            answer.body = format!(r#"{{"events":{events},"nextToken":"{}"}}"#, now_ms()).into();
        });
        let ended = doctor(&endpoint);
        assert_eq!(not_ok(&ended), [state], "{ended:?}");
        ended.prints(words);
    }
}
