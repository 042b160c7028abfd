//! An AWS that answers otherwise than the local one does.

use std::collections::HashSet;

use rps_handlers::time::now_ms;

use super::{doctor, not_ok};
use crate::golden::Golden;
use crate::proxy::{Answer, Changing, between};
use crate::rpsctl::{Game, run};

/// The checks, each with something that the heads of its calls have.
const CALLS: [(&str, &str); 11] = [
    ("table", ".describetable\r\n"),
    ("ttl", ".describetimetolive"),
    ("queue", "amazonsqs.getqueueattributes"),
    ("dead-letters", "amazonsqs.getqueueattributes"),
    ("mapping", "/event-source-mappings/"),
    ("functions", "/configuration "),
    ("recursion", "/recursion-config "),
    ("permissions", "/policy "),
    ("errors", "/operation/getmetricstatistics"),
    ("logs", ".filterlogevents"),
    ("orphans", ".scan"),
];

/// An AWS that changes the answers to that call.
pub(super) fn changed(
    game: &Game,
    call: &'static str,
    change: impl Fn(&mut Answer) + Send + 'static,
) -> String {
    between(game.endpoint(), move |head, answer| {
        if head.contains(call) {
            change(answer);
        }
    })
}

/// What may not be looked at is unknown, with the permission it needs, and all else is looked at.
#[test]
fn one_thing_is_refused() {
    let game = Game::start();
    let mut golden = Golden::at(game.endpoint());
    for (_, call) in CALLS {
        let refuse = |answer: &mut Answer| answer.refuse(400, "AccessDeniedException");
        let endpoint = changed(&game, call, refuse);
        let ended = doctor(&endpoint);
        let refused = CALLS.iter().filter(|(_, other)| *other == call);
        let unknown: Vec<_> = refused
            .map(|(check, _)| format!("{check} unknown"))
            .collect();
        assert_eq!(
            (ended.code, not_ok(&ended)),
            (Some(4), unknown),
            "{ended:?}"
        );
        if call == "/policy " {
            golden.run(&format!("doctor --endpoint-url {endpoint}"));
        }
    }
    golden.is("doctor_refused");
}

#[test]
fn everything_is_refused() {
    let game = Game::start();
    let endpoint = between(game.endpoint(), |_, answer| {
        answer.refuse(400, "AccessDeniedException");
        answer.date(1_700_000_000);
    });
    let mut golden = Golden::at(&endpoint);
    assert_eq!(golden.run("doctor").code, Some(4));
    golden.is("doctor_refused_all");
}

#[test]
fn throttling_is_waited_for() {
    let game = Game::start();
    let mut asked = HashSet::new();
    let endpoint = between(game.endpoint(), move |head, answer| {
        let call = |line: &&str| line.contains(" http/") || line.starts_with("x-amz-target");
        if asked.insert(head.lines().filter(call).collect::<String>()) {
            answer.refuse(400, "ThrottlingException");
        }
    });
    let ended = doctor(&endpoint);
    assert_eq!((ended.code, not_ok(&ended)), (Some(0), vec![]), "{ended:?}");
}

/// Both ways; a few seconds are the network's.
#[test]
fn the_clock_is_off() {
    let game = Game::start();
    for (by_s, wrong) in [
        (-3600, &["clock wrong"] as &[&str]),
        (3600, &["clock wrong"]),
        (-3, &[]),
    ] {
        let endpoint = between(game.endpoint(), move |_, answer| {
            let now_s = i64::try_from(now_ms() / 1000).expect("after 1970");
            answer.date(now_s + by_s);
        });
        let ended = doctor(&endpoint);
        assert_eq!(not_ok(&ended), wrong, "{by_s} {ended:?}");
    }
}

/// One text in an answer put in the place of another, what that makes wrong, and how it is said.
type Change = [&'static str; 5];

const CHANGES: [Change; 16] = [
    [
        ".describetable\r\n",
        r#""TableStatus":"ACTIVE""#,
        r#""TableStatus":"UPDATING""#,
        "table wrong",
        "rps is UPDATING",
    ],
    [
        ".describetable\r\n",
        r#""KeySchema":[{"AttributeName":"pk""#,
        r#""KeySchema":[{"AttributeName":"id""#,
        "table wrong",
        "rps has the key id: it is not of this game",
    ],
    [
        ".describetimetolive",
        r#""AttributeName":"ttl""#,
        r#""AttributeName":"until""#,
        "ttl wrong",
        "on, by the attribute until",
    ],
    [
        "/event-source-mappings/",
        r#"["ReportBatchItemFailures"]"#,
        "[]",
        "mapping wrong",
        "one failure brings back all messages of its batch (no ReportBatchItemFailures)",
    ],
    [
        "/event-source-mappings/",
        ":function:decide",
        ":function:another",
        "mapping wrong",
        "its messages go to arn:aws:lambda:us-east-1:000000000000:function:another",
    ],
    [
        "/event-source-mappings/",
        ":rps-rounds",
        ":another",
        "mapping wrong",
        "its messages come from arn:aws:sqs:us-east-1:000000000000:another",
    ],
    [
        "/event-source-mappings/",
        r#""Enabled""#,
        r#""Updating""#,
        "mapping wrong",
        "Updating",
    ],
    [
        "/decide/configuration ",
        r#""State":"Active""#,
        r#""State":"Failed","StateReason":"no disk""#,
        "functions wrong",
        "decide is Failed (no disk)",
    ],
    [
        "/decide/configuration ",
        r#""Successful""#,
        r#""Failed","LastUpdateStatusReason":"no image""#,
        "functions wrong",
        "the last update of decide is Failed (no image)",
    ],
    [
        "/decide/configuration ",
        r#""Timeout":4"#,
        r#""Timeout":3"#,
        "functions wrong",
        "decide has a timeout of 3 seconds, not 4",
    ],
    [
        "/decide/configuration ",
        r#""RPS_TABLE":"rps""#,
        r#""RPS_TABLE":"another""#,
        "functions wrong",
        "RPS_TABLE of decide is another, not rps",
    ],
    [
        "/decide/configuration ",
        "000000000000/rps-rounds",
        "000000000000/another",
        "functions wrong",
        "RPS_QUEUE_URL of decide is http://",
    ],
    [
        "/connection/configuration ",
        "RPS_SOCKET_URL",
        "RPS_SOCKET",
        "functions wrong",
        "RPS_SOCKET_URL of connection is not set, not ws://",
    ],
    [
        "/join-game/recursion-config ",
        "Terminate",
        "Allow",
        "recursion wrong",
        "chains without end of join-game are not ended: Allow",
    ],
    [
        "/join-game/policy ",
        ":local/",
        ":another/",
        "permissions wrong",
        "routes of API local that may not invoke their functions: join-game\"",
    ],
    [
        "/connection/policy ",
        "$disconnect",
        "$disconnected",
        "permissions wrong",
        "routes of API local that may not invoke their functions: $disconnect\"",
    ],
];

#[test]
fn one_thing_is_wrong() {
    let game = Game::start();
    for [call, old, new, wrong, found] in CHANGES {
        let endpoint = changed(&game, call, |answer| answer.replace(old, new));
        let ended = doctor(&endpoint);
        assert_eq!(
            (ended.code, not_ok(&ended)),
            (Some(4), vec![wrong.to_owned()]),
            "{ended:?}"
        );
        let found = format!(r#""found":"{found}"#);
        assert!(ended.stdout.contains(&found), "{found} {}", ended.stdout);
    }
}

/// There is nothing to check: the command fails, as the others do.
#[test]
fn nothing_can_be_reached() {
    let game = Game::start();
    for (code, exit) in [
        ("ExpiredTokenException", 3),
        ("UnrecognizedClientException", 3),
        ("ResourceNotFoundException", 5),
    ] {
        let endpoint = changed(&game, ".describetable\r\n", move |it| it.refuse(400, code));
        let ended = doctor(&endpoint);
        assert_eq!((ended.code, &*ended.stdout), (Some(exit), ""), "{ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
    let ended = run(["doctor", "--endpoint-url", "http://127.0.0.1:1"]);
    ended.says(1, "nothing answers at http://127.0.0.1:1: Connection refused (os error 111); start a game with `rpsctl local`, or check the URL");
}
