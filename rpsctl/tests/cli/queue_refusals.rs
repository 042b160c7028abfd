//! What `rpsctl queue` and `rpsctl dlq` say when AWS refuses, throttles, or does not have what they ask for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::aws::Table;
use crate::drain_all::{DRAIN, SWITCH};
use crate::proxy::{proxy, refusal};
use crate::queues::{Queues, THEN_MS, at, foreign, of_local, stranded, tick};
use crate::rpsctl::Game as Local;

/// An AWS with something to do for every command.
fn busy() -> (Local, Queues) {
    let game = Local::start();
    let queues = Queues::at(game.endpoint());
    queues.turn(false);
    Table::at(game.endpoint(), "rps").keep(&stranded("stuck"));
    queues.send(&tick("gone", 2, THEN_MS));
    queues.bury(&foreign());
    (game, queues)
}

/// Whatever is not allowed is said by its name, and nothing was done.
#[test]
fn not_allowed() {
    let (game, queues) = busy();
    let scan = ("scan", "dynamodb:Scan on the table rps");
    let counts = (
        "getqueueattributes",
        "sqs:GetQueueAttributes on the queue rps-rounds",
    );
    let mapping = (
        "get /2015-03-31/event-source-mappings",
        "lambda:GetEventSourceMapping on the event source mapping",
    );
    let receive = (
        "receivemessage",
        "sqs:ReceiveMessage on the queue rps-rounds",
    );
    let receive_dead = (
        "receivemessage",
        "sqs:ReceiveMessage on the queue rps-rounds-dead",
    );
    let moves = (
        "listmessagemovetasks",
        "sqs:ListMessageMoveTasks on the queue rps-rounds-dead",
    );
    let start = (
        "startmessagemovetask",
        "sqs:StartMessageMoveTask on the queue rps-rounds-dead",
    );
    for ((words, refused), line) in [
        (scan, "queue status"),
        (scan, "queue drain --yes"),
        (scan, "queue drain --all --yes"),
        (counts, "queue status"),
        (mapping, "queue drain --resume --yes"),
        (receive, "queue drain --yes"),
        (receive_dead, "dlq list"),
        (receive_dead, "dlq purge --yes"),
        (moves, "dlq redrive --yes"),
        (start, "dlq redrive --yes"),
    ] {
        let url = proxy(game.endpoint(), move |head| {
            let is_it = head.contains(words);
            is_it.then(|| refusal("AccessDeniedException")).flatten()
        });
        let ended = at(&url, line);
        assert_eq!(ended.code, Some(3), "{line}: {ended:?}");
        let says = format!(
            "rpsctl: AWS does not allow {refused}: ask for that permission, or pass another --profile (AWS says no)"
        );
        assert_eq!(ended.stderr.lines().last(), Some(&*says), "{line}");
        assert_eq!(
            (queues.counts(), queues.dead()),
            ([1, 0, 0], [1, 0, 0]),
            "{line}"
        );
    }
}

#[test]
fn a_message_that_may_not_be_deleted_is_given_back() {
    let (game, queues) = busy();
    let url = proxy(game.endpoint(), |head| {
        let is_it = head.contains("amazonsqs.deletemessage");
        is_it.then(|| refusal("AccessDeniedException")).flatten()
    });
    let ended = at(&url, "dlq purge --yes");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stdout.ends_with("\n1 failed: run it again\n"),
        "{ended:?}"
    );
    assert!(
        ended
            .stderr
            .contains(r#""result":"failed","why":"AWS does not allow sqs:DeleteMessage"#)
    );
    assert_eq!(queues.dead(), [1, 0, 0]);
}

#[test]
fn what_cannot_be_given_back_is_said() {
    let (game, queues) = busy();
    let url = proxy(game.endpoint(), |head| {
        let is_it = head.contains("changemessagevisibilitybatch");
        is_it.then(|| refusal("AccessDeniedException")).flatten()
    });
    let ended = at(&url, "dlq list");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let says = "could not be given back: 1 message; what was received comes back by itself within minutes\n";
    assert!(ended.stderr.starts_with(says), "{ended:?}");
    assert_eq!(queues.dead(), [0, 0, 1]);
}

/// Twice for each operation, which is as often as a call is tried again.
#[test]
fn throttling_is_waited_out() {
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
    queues.send(&tick("stuck", 1, THEN_MS));
    let throttled = Arc::new(operations.map(|_| AtomicUsize::new(0)));
    let counted = Arc::clone(&throttled);
    let url = proxy(game.endpoint(), move |head| {
        let which = operations.iter().position(|words| head.contains(words))?;
        let again = counted[which].fetch_add(1, Relaxed);
        (again < 2)
            .then(|| refusal("ThrottlingException"))
            .flatten()
    });
    for line in [
        "queue drain --yes --limit 10",
        "dlq redrive --yes",
        "queue drain --all --yes",
        "queue status",
    ] {
        let ended = at(&url, line);
        assert_eq!(ended.code, Some(0), "{line}: {ended:?}");
    }
    for (operation, calls) in operations.iter().zip(&*throttled) {
        assert!(calls.load(Relaxed) > 2, "{operation} was not throttled");
    }
}

/// The table says where they are, and they are not there.
#[test]
fn a_stack_without_its_queue() {
    let game = Local::start();
    Table::create(game.endpoint(), "rps-dev").describe(game.url());
    let endpoint = game.endpoint();
    for (line, what) in [
        ("queue status --stack dev", "queue rps-dev-rounds"),
        ("queue drain --stack dev --yes", "queue rps-dev-rounds"),
        (
            "queue drain --resume --stack dev --yes",
            "event source mapping",
        ),
        ("dlq list --stack dev", "queue rps-dev-rounds-dead"),
        ("dlq redrive --stack dev --yes", "queue rps-dev-rounds-dead"),
        ("dlq purge --stack dev --yes", "queue rps-dev-rounds-dead"),
    ] {
        let message = format!("there is no {what} at {endpoint}: `pulumi up` makes it");
        at(endpoint, line).says(5, &message);
    }
}

#[test]
fn aws_refuses_halfway() {
    let refused = "AWS does not allow ACTION on WHAT: ask for that permission, or pass another --profile (AWS says no)";
    let refused =
        |action: &str, what: &str| refused.replace("ACTION", action).replace("WHAT", what);
    let switch = refused(
        "lambda:UpdateEventSourceMapping",
        "the event source mapping",
    );
    let not_on = format!(
        "the mapping is not on again: {switch}; turn it on with `rpsctl queue drain --resume`"
    );
    let receive = refused("sqs:ReceiveMessage", "the queue rps-rounds");
    for (words, nth, code, says, state, games) in [
        (SWITCH, 0, 3, &switch, "Enabled", 1),
        (SWITCH, 1, 1, &not_on, "Disabled", 0),
        ("receivemessage", 0, 3, &receive, "Enabled", 0),
    ] {
        let game = Local::start();
        let (table, queues) = of_local(&game);
        table.keep(&stranded("one"));
        let calls = AtomicUsize::new(0);
        let url = proxy(game.endpoint(), move |head| {
            let is_it = head.contains(words) && calls.fetch_add(1, Relaxed) >= nth;
            is_it.then(|| refusal("AccessDeniedException")).flatten()
        });
        let ended = at(&url, DRAIN);
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(
            ended.stderr.ends_with(&format!("\nrpsctl: {says}\n")),
            "{ended:?}"
        );
        assert_eq!(queues.state(), state, "{words} {nth}");
        assert_eq!(usize::from(table.has("G#one")), games, "{words} {nth}");
        let again = at(game.endpoint(), DRAIN);
        assert_eq!(
            (again.code, queues.state()),
            (Some(0), "Enabled".to_owned()),
            "{again:?}"
        );
    }
}
