//! The errors of `rpsctl queue` and `rpsctl dlq` when AWS refuses or throttles a request, or a resource is missing.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use crate::aws::Table;
use crate::drain_all::{DRAIN, SWITCH};
use crate::proxy::{not_allowed, proxy, refusal, refusing};
use crate::queues::{Queues, THEN_MS, at, local, round_timer, stranded};
use crate::rpsctl::LocalSystem as Local;

/// A command, an action that it needs, and the resource.
const NEEDED: [[&str; 3]; 12] = [
    ["queue status", "dynamodb:Scan", "table rps"],
    ["queue drain --yes", "dynamodb:Scan", "table rps"],
    ["queue drain --all --yes", "dynamodb:Scan", "table rps"],
    ["queue status", "sqs:GetQueueAttributes", "queue rps-rounds"],
    [
        "queue resume --yes",
        "lambda:GetEventSourceMapping",
        "event source mapping",
    ],
    [
        "queue drain --yes",
        "sqs:ReceiveMessage",
        "queue rps-rounds",
    ],
    ["queue drain --yes", "dynamodb:GetItem", "table rps"],
    ["dlq purge --yes", "dynamodb:GetItem", "table rps"],
    ["dlq list", "sqs:ReceiveMessage", "queue rps-rounds-dead"],
    [
        "dlq purge --yes",
        "sqs:ReceiveMessage",
        "queue rps-rounds-dead",
    ],
    [
        "dlq redrive --yes",
        "sqs:ListMessageMoveTasks",
        "queue rps-rounds-dead",
    ],
    [
        "dlq redrive --yes",
        "sqs:StartMessageMoveTask",
        "queue rps-rounds-dead",
    ],
];

/// The result of a step that AWS refused.
pub(crate) const REFUSED: &str =
    "refused by AWS, or skipped because the state changed after the plan was made";

/// A local AWS with work for every command.
fn busy() -> (Local, Queues) {
    let (game, table, queues) = local();
    queues.turn(false);
    table.keep(&stranded("stuck"));
    queues.send(&round_timer("gone", 2, THEN_MS));
    queues.bury(&round_timer("gone", 2, THEN_MS));
    (game, queues)
}

/// The error names the missing permission, and nothing has changed.
#[test]
fn a_missing_permission_is_named_and_nothing_changes() {
    let (game, queues) = busy();
    for [line, action, on] in NEEDED {
        let words = match action.split_once(':') {
            Some(("lambda", _)) => "get /2015-03-31/event-source-mappings".to_owned(),
            other => other.expect("an action").1.to_lowercase(),
        };
        let ended = at(&refusing(game.endpoint(), &words), line).ends(3);
        let says = format!("rpsctl: {}", not_allowed(action, on));
        assert_eq!(ended.stderr.lines().last(), Some(&*says), "{line}");
        assert_eq!([queues.counts(), queues.dead()], [[1, 0, 0]; 2], "{line}");
    }
}

#[test]
fn a_message_that_may_not_be_deleted_is_given_back() {
    let (game, queues) = busy();
    let url = refusing(game.endpoint(), "amazonsqs.deletemessage");
    let ended = at(&url, "dlq purge --yes").ends(3);
    ended.prints(&format!("\n1 {REFUSED}\n"));
    ended.notes(r#""result":"refused","why":"AWS does not allow sqs:DeleteMessage"#);
    assert_eq!(queues.dead(), [1, 0, 0]);
}

#[test]
fn a_note_names_messages_that_cannot_be_given_back() {
    let (game, queues) = busy();
    let url = refusing(game.endpoint(), "changemessagevisibilitybatch");
    let ended = at(&url, "dlq list").ends(0);
    ended.notes(
        "could not return 1 message to the queue; SQS returns them by itself within minutes\n",
    );
    assert_eq!(queues.dead(), [0, 0, 1]);
}

/// AWS throttles each operation twice, as often as rpsctl retries a request.
#[test]
fn throttled_requests_are_retried() {
    let operations = [
        "getqueueattributes",
        "receivemessage",
        "amazonsqs.deletemessage",
        "changemessagevisibilitybatch",
        "listmessagemovetasks",
        "startmessagemovetask",
        "get /2015-03-31/event-source-mappings",
        "put /2015-03-31/event-source-mappings",
    ];
    let (game, queues) = busy();
    queues.send(&round_timer("stuck", 1, THEN_MS));
    let throttled = Arc::new(operations.map(|_| AtomicUsize::new(0)));
    let counted = Arc::clone(&throttled);
    let url = proxy(game.endpoint(), move |head| {
        let which = operations.iter().position(|words| head.contains(words))?;
        let again = counted[which].fetch_add(1, Relaxed);
        (again < 2).then(|| refusal("ThrottlingException"))
    });
    for line in [
        "queue drain --yes --limit 10",
        "dlq redrive --yes",
        "queue drain --all --yes",
        "queue status",
    ] {
        at(&url, line).ends(0);
    }
    for (operation, calls) in operations.iter().zip(&*throttled) {
        assert!(calls.load(Relaxed) > 2, "{operation} was not throttled");
    }
}

/// The table describes a stack whose queues do not exist.
#[test]
fn a_missing_queue_is_an_error() {
    let game = Local::start();
    Table::create(game.endpoint(), "rps-dev").describe(game.url());
    let endpoint = game.endpoint();
    for (line, what) in [
        ("queue status", "queue rps-dev-rounds"),
        ("queue drain --yes", "queue rps-dev-rounds"),
        ("queue resume --yes", "event source mapping"),
        ("dlq list", "queue rps-dev-rounds-dead"),
        ("dlq redrive --yes", "queue rps-dev-rounds-dead"),
        ("dlq purge --yes", "queue rps-dev-rounds-dead"),
    ] {
        let message = format!("{what} not found at {endpoint}; create it with `pulumi up`");
        at(endpoint, &format!("{line} --stack dev")).says(5, &message);
    }
}

#[test]
fn a_drain_resumes_the_mapping_after_a_refusal() {
    let switch = not_allowed("lambda:UpdateEventSourceMapping", "event source mapping");
    let not_on = format!(
        "the mapping is still paused: {switch}; resume it with `rpsctl queue resume --endpoint-url "
    );
    let receive = not_allowed("sqs:ReceiveMessage", "queue rps-rounds");
    for (words, nth, says, results, switches, state, games) in [
        (SWITCH, 0, &switch, "1 refused", 1, "Enabled", 1),
        (SWITCH, 1, &not_on, "2 done; 1 refused", 2, "Disabled", 0),
        ("receivemessage", 0, &receive, "3 done", 2, "Enabled", 0),
    ] {
        let (game, table, queues) = local();
        table.keep(&stranded("one"));
        let (calls, switched) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let switching = Arc::clone(&switched);
        let url = proxy(game.endpoint(), move |head| {
            switching.fetch_add(head.contains(SWITCH).into(), Relaxed);
            let is_it = head.contains(words) && calls.fetch_add(1, Relaxed) >= nth;
            is_it.then(|| refusal("AccessDeniedException"))
        });
        let ended = at(&url, DRAIN).ends(3);
        ended.notes(&format!("\nrpsctl: {says}"));
        ended.prints(&format!("\n{results}"));
        assert_eq!(switched.load(Relaxed), switches, "{ended:?}");
        assert_eq!(queues.state(), state, "{words} {nth}");
        assert_eq!(usize::from(table.has("G#one")), games, "{words} {nth}");
        at(game.endpoint(), DRAIN).ends(0);
        assert_eq!(queues.state(), "Enabled");
    }
}

/// Lambda accepts the pause. Then AWS refuses to show the mapping, so the mapping may be paused.
#[test]
fn a_drain_resumes_a_mapping_that_may_be_paused() {
    let (game, table, queues) = local();
    table.keep(&stranded("one"));
    let calls = AtomicUsize::new(0);
    let url = proxy(game.endpoint(), move |head| {
        let is_pause = head.contains(SWITCH) && calls.load(Relaxed) == 0;
        let is_next = head.contains("get /2015-03-31/event-source") && calls.load(Relaxed) == 1;
        calls.fetch_add(usize::from(is_pause || is_next), Relaxed);
        is_next.then(|| refusal("AccessDeniedException"))
    });
    let ended = at(&url, DRAIN).ends(3);
    ended.prints(&format!("\n1 done; 1 {REFUSED}; 1 of these half done"));
    let why = not_allowed("lambda:GetEventSourceMapping", "event source mapping");
    ended.notes(&format!(
        "\nrpsctl: {why}; half done: Lambda has accepted the change, and may still be making it\n"
    ));
    assert_eq!(queues.state(), "Enabled");
    assert!(table.has("G#one"));
}
