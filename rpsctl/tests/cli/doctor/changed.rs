//! An AWS that answers otherwise than the local one does.

use std::collections::HashSet;

use rps_handlers::time::now_ms;

use super::{doctor, not_ok};
use crate::golden::Golden;
use crate::proxy::{Answer, Changing, between, changed};
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

/// What may not be looked at is unknown, with the permission it needs, and all else is looked at.
#[test]
fn one_thing_is_refused() {
    let game = Game::start();
    let mut golden = Golden::at(game.endpoint());
    for (_, call) in CALLS {
        let refuse = |answer: &mut Answer| answer.refuse(400, "AccessDeniedException");
        let endpoint = changed(game.endpoint(), call, refuse);
        let ended = doctor(&endpoint).ends(4);
        let refused = CALLS.iter().filter(|(_, other)| *other == call);
        let unknown: Vec<_> = refused
            .map(|(check, _)| format!("{check} unknown"))
            .collect();
        assert_eq!(not_ok(&ended), unknown, "{ended:?}");
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
    doctor(&endpoint).ends(0);
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

/// Blocks of a check and a call, and the rows under it: a text in the call's answer, its replacement, and the finding.
const CHANGES: &str = r#"
table .describetable
"TableStatus":"ACTIVE" | "TableStatus":"UPDATING" | rps is UPDATING
"KeySchema":[{"AttributeName":"pk" | "KeySchema":[{"AttributeName":"id" | rps has the key id: it is not of this game

ttl .describetimetolive
"AttributeName":"ttl" | "AttributeName":"until" | on, by the attribute until

mapping /event-source-mappings/
["ReportBatchItemFailures"] | [] | one failure brings back all messages of its batch (no ReportBatchItemFailures)
:function:decide | :function:another | its messages go to arn:aws:lambda:us-east-1:000000000000:function:another
:rps-rounds | :another | its messages come from arn:aws:sqs:us-east-1:000000000000:another
"Enabled" | "Updating" | Updating

functions /decide/configuration
"State":"Active" | "State":"Failed","StateReason":"no disk" | decide is Failed (no disk)
"Successful" | "Failed","LastUpdateStatusReason":"no image" | the last update of decide is Failed (no image)
"Timeout":4 | "Timeout":3 | decide has a timeout of 3 seconds, not 4
"RPS_TABLE":"rps" | "RPS_TABLE":"another" | RPS_TABLE of decide is another, not rps
000000000000/rps-rounds | 000000000000/another | RPS_QUEUE_URL of decide is http://

functions /connection/configuration
RPS_SOCKET_URL | RPS_SOCKET | RPS_SOCKET_URL of connection is not set, not ws://

recursion /join-game/recursion-config
Terminate | Allow | chains without end of join-game are not ended: Allow

permissions /join-game/policy
:local/ | :another/ | routes of API local that may not invoke their functions: join-game"

permissions /connection/policy
$disconnect | $disconnected | routes of API local that may not invoke their functions: $disconnect"
"#;

#[test]
fn one_thing_is_wrong() {
    let game = Game::start();
    for block in CHANGES.trim().split("\n\n") {
        let (head, rows) = block.split_once('\n').expect("rows");
        let (check, call) = head.split_once(' ').expect("a call");
        for row in rows.lines() {
            let row: Vec<_> = row.split(" | ").collect();
            let [old, new, found] = row[..] else {
                panic!("{row:?}")
            };
            let endpoint = changed(game.endpoint(), call, |answer| answer.replace(old, new));
            let ended = doctor(&endpoint).ends(4);
            assert_eq!(not_ok(&ended), [format!("{check} wrong")], "{ended:?}");
            ended.prints(&format!(r#""found":"{found}"#));
        }
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
        let endpoint = changed(game.endpoint(), ".describetable\r\n", move |it| {
            it.refuse(400, code);
        });
        let ended = doctor(&endpoint).ends(exit);
        assert_eq!(ended.stdout, "");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
    let ended = run(["doctor", "--endpoint-url", "http://127.0.0.1:1"]);
    ended.says(1, "nothing answers at http://127.0.0.1:1: Connection refused (os error 111); start a game with `rpsctl local`, or check the URL");
}
