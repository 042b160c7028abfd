//! The checks with changed responses of AWS.

use std::collections::HashSet;

use rps_handlers::time::now_ms;

use super::{doctor, not_ok};
use crate::golden::Golden;
use crate::proxy::{Answer, ChangeAnswer, between, changed};
use crate::rpsctl::{LocalSystem, run};

/// The checks, each with a text in the heads of its requests.
const CALLS: [(&str, &str); 14] = [
    ("table", ".describetable\r\n"),
    ("ttl", ".describetimetolive"),
    ("queue", "amazonsqs.getqueueattributes"),
    ("dead-letters", "amazonsqs.getqueueattributes"),
    ("mapping", "/event-source-mappings/"),
    ("functions", "/configuration "),
    ("concurrency", "/concurrency "),
    ("recursion", "/recursion-config "),
    ("stage", "/@connections/"),
    ("permissions", "/policy "),
    ("alarms", "/operation/describealarms"),
    ("errors", "/operation/getmetricstatistics"),
    ("logs", ".filterlogevents"),
    ("orphans", ".scan"),
];

/// A refused check is unknown and names the missing permission. The other checks continue.
#[test]
fn a_refused_request_makes_its_check_unknown() {
    let game = LocalSystem::start();
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
fn every_request_may_be_refused() {
    let game = LocalSystem::start();
    let endpoint = between(game.endpoint(), |_, answer| {
        answer.refuse(400, "AccessDeniedException");
        answer.date(1_700_000_000);
    });
    let mut golden = Golden::at(&endpoint);
    assert_eq!(golden.run("doctor").code, Some(4));
    golden.is("doctor_refused_all");
}

#[test]
fn throttled_checks_are_retried() {
    let game = LocalSystem::start();
    let mut asked = HashSet::new();
    let endpoint = between(game.endpoint(), move |head, answer| {
        let call = |line: &&str| line.contains(" http/") || line.starts_with("x-amz-target");
        if asked.insert(head.lines().filter(call).collect::<String>()) {
            answer.refuse(400, "ThrottlingException");
        }
    });
    doctor(&endpoint).ends(0);
}

/// A few seconds may come from the network.
#[test]
fn a_wrong_local_clock_is_reported() {
    let game = LocalSystem::start();
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

/// Blocks of a check and a request, and rows of a text in the response, its replacement, and the finding.
const CHANGES: &str = r#"
table .describetable
"TableStatus":"ACTIVE" | "TableStatus":"UPDATING" | rps is UPDATING
"KeySchema":[{"AttributeName":"pk" | "KeySchema":[{"AttributeName":"id" | rps has the key id, so it does not belong to this game

ttl .describetimetolive
"AttributeName":"ttl" | "AttributeName":"until" | on, with the attribute until

mapping /event-source-mappings/
["ReportBatchItemFailures"] | [] | one failed message returns its whole batch to the queue (ReportBatchItemFailures is missing)
:function:decide | :function:another | the mapping delivers to arn:aws:lambda:us-east-1:000000000000:function:another
:rps-rounds | :another | the mapping reads from arn:aws:sqs:us-east-1:000000000000:another
"Enabled" | "Updating" | Updating
InSeconds":0 | InSeconds":5 | messages wait up to 5 seconds for a batch, so rounds end late

functions /decide/configuration
"State":"Active" | "State":"Failed","StateReason":"no disk" | decide is Failed (no disk)
"Successful" | "Failed","LastUpdateStatusReason":"no image" | the last update of decide is Failed (no image)
"Timeout":4 | "Timeout":3 | decide has a timeout of 3 seconds, not 4
"RPS_TABLE":"rps" | "RPS_TABLE":"another" | RPS_TABLE of decide is another, not rps
000000000000/rps-rounds | 000000000000/another | RPS_QUEUE_URL of decide is http://
"RPS_PLAY_WINDOW_S":"1" | "RPS_PLAY_WINDOW_S":"banana" | decide cannot start: invalid RPS_PLAY_WINDOW_S \"banana\"; use whole seconds from 1 to 60

functions /connection/configuration
RPS_SOCKET_URL | RPS_SOCKET | connection cannot start: the environment variable RPS_SOCKET_URL is not set
"RPS_TABLE" | "RPS_ALLOWED_ORIGINS":"a.example","RPS_TABLE" | connection cannot start: invalid RPS_ALLOWED_ORIGINS

functions /join-game/configuration
"RPS_LOBBY_PLACES":"28" | "RPS_LOBBY_PLACES":"29" | join-game cannot start: invalid RPS_LOBBY_PLACES

concurrency /join-game/concurrency
{} | {"ReservedConcurrentExecutions":0} | Lambda never runs join-game: its reserved concurrency is 0
{} | {"ReservedConcurrentExecutions":3} | Lambda runs join-game at most 3 times at once: this is its reserved concurrency

recursion /join-game/recursion-config
Terminate | Allow | recursive loop detection of join-game is Allow, not Terminate

permissions /join-game/policy
:local/ | :another/ | routes of API local that may not invoke their functions: join-game, resume-game"

permissions /connection/policy
$disconnect | $disconnected | routes of API local that may not invoke their functions: $disconnect"
"#;

#[test]
fn each_difference_is_reported() {
    let game = LocalSystem::start();
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

/// API Gateway answers this, and no more, if the stage does not exist. A refused caller is told the permission.
#[test]
fn a_missing_stage_is_reported() {
    let game = LocalSystem::start();
    let endpoint = changed(game.endpoint(), "/@connections/", |answer| {
        answer.refuse(403, "ForbiddenException");
        answer.body = r#"{"message":"Forbidden"}"#.into();
    });
    let ended = doctor(&endpoint).ends(4);
    assert_eq!(not_ok(&ended), ["stage wrong"], "{ended:?}");
    ended.prints(r#""found":"stage ws of API local not found at http://127.0.0.1:"#);
}

/// `pulumi up` could not restore it, because the stack only relies on Lambda's default.
#[test]
fn the_remedy_for_recursion_is_a_command_of_the_aws_cli() {
    let game = LocalSystem::start();
    let endpoint = changed(game.endpoint(), "/recursion-config ", |answer| {
        answer.replace("Terminate", "Allow");
    });
    let command =
        "aws lambda put-function-recursion-config --recursive-loop Terminate --function-name";
    let remedy = format!(r#""remedy":"run `{command} connection --endpoint-url "#);
    doctor(&endpoint).ends(4).prints(&remedy);
}

#[test]
fn executions_may_be_reserved_for_decide() {
    let game = LocalSystem::start();
    let endpoint = changed(game.endpoint(), "/decide/concurrency ", |answer| {
        answer.replace("{}", r#"{"ReservedConcurrentExecutions":2}"#);
    });
    doctor(&endpoint)
        .ends(0)
        .prints("2 executions are reserved for decide");
}

#[test]
fn doctor_fails_if_no_check_can_run() {
    let game = LocalSystem::start();
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
    ended.says(1, "cannot reach AWS at http://127.0.0.1:1: Connection refused (os error 111); start a game with `rpsctl local`, or check the URL");
}
