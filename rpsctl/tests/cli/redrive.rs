//! `rpsctl dlq redrive`: what SQS does by itself is started once, waited for, and told.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use crate::proxy::proxy;
use crate::queues::{Queues, THEN_MS, at, end, local, start, stranded, tick, tick_of, until};
use crate::rpsctl::{Game as Local, send};

/// A game whose message is a dead letter ends once that is sent back.
#[test]
fn redrive_brings_a_game_to_its_end() {
    let (game, table, queues) = local();
    let lost = stranded("lost");
    table.keep(&lost);
    queues.bury(&tick_of(&lost));
    let ended = at(game.endpoint(), "dlq redrive --yes --output json").ends(0);
    let end = ended.stdout.lines().last();
    let expected = r#"{"v":1,"kind":"moved","status":"COMPLETED","moved":1,"of":1,"why":null}"#;
    assert_eq!(end, Some(expected));
    until(|| !table.has("G#lost") && queues.counts() == [0; 3]);
    assert_eq!(queues.dead(), [0; 3]);
}

/// A list of moves, as SQS gives it.
fn moves(status: &str, started: u64, more: &Value) -> (u16, String) {
    let mut task = json!({
        "Status": status, "ApproximateNumberOfMessagesMoved": 3, "ApproximateNumberOfMessagesToMove": 12,
        "SourceArn": "arn", "StartedTimestamp": started,
    });
    let members = task.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    (200, json!({ "Results": [task] }).to_string())
}

#[test]
fn a_move_that_runs_already() {
    let (game, _, queues) = local();
    queues.bury(&tick("gone", 2, THEN_MS));
    let url = proxy(game.endpoint(), |head| {
        let asked = head.contains("listmessagemovetasks");
        asked.then(|| moves("RUNNING", THEN_MS, &json!({"TaskHandle": "h"})))
    });
    let ended = at(&url, "dlq redrive --yes").ends(3);
    assert_eq!(ended.stdout, "");
    ended.notes("rpsctl: nothing was done: a move that was started ");
    ended.notes(" days ago is still running, 3 of 12 moved; SQS has one at a time\n");
    assert_eq!(queues.dead(), [1, 0, 0]);
}

#[test]
fn a_move_that_fails_or_is_cancelled() {
    for (status, more, why) in [
        (
            "FAILED",
            json!({"FailureReason": "AccessDenied"}),
            "FAILED (AccessDenied)",
        ),
        ("CANCELLED", json!({}), "CANCELLED"),
    ] {
        let game = Local::start();
        Queues::at(game.endpoint()).bury("a letter");
        let asked = AtomicUsize::new(0);
        // First an older one, then this one running, then its end.
        let url = proxy(game.endpoint(), move |head| {
            if !head.contains("listmessagemovetasks") {
                return None;
            }
            Some(match asked.fetch_add(1, Relaxed) {
                0 | 1 => moves("COMPLETED", 1, &json!({})),
                2 => moves("RUNNING", 2, &json!({"TaskHandle": "h"})),
                _ => moves(status, 2, &more),
            })
        });
        let ended = at(&url, "dlq redrive --yes").ends(1);
        assert!(ended.stdout.ends_with("\n3 of 12 moved\n"), "{ended:?}");
        let says = format!(
            "\nrpsctl: SQS ended the move as {why}: what was not moved is still a dead letter; run it again\n"
        );
        assert!(ended.stderr.ends_with(&says), "{ended:?}");
    }
}

#[test]
fn an_interrupted_wait_for_a_move() {
    let game = Local::start();
    Queues::at(game.endpoint()).bury("a letter");
    let (arrive, arrived) = channel();
    let asked = AtomicUsize::new(0);
    let url = proxy(game.endpoint(), move |head| {
        if !head.contains("listmessagemovetasks") {
            return None;
        }
        let _ = arrive.send(());
        Some(match asked.fetch_add(1, Relaxed) {
            0 => (200, "{}".to_owned()),
            _ => moves("RUNNING", 2, &json!({"TaskHandle": "the-handle"})),
        })
    });
    let child = start(&url, "dlq redrive --yes");
    // Asked before the start, and while it runs.
    for _ in 0..3 {
        arrived.recv().expect("it asks");
    }
    send("INT", child.id());
    let ended = end(child).ends(1);
    let says = "\ninterrupted: SQS goes on by itself, 3 of 12 moved until now; to stop it run \
        `aws sqs cancel-message-move-task --task-handle the-handle`\n";
    assert!(ended.stderr.ends_with(says), "{ended:?}");
}
