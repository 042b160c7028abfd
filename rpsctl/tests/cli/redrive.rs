//! `rpsctl dlq redrive` starts a move in SQS, waits for its end, and prints the result.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use crate::proxy::proxy;
use crate::queues::{
    Queues, THEN_MS, at, end, local, round_timer, round_timer_of, start, stranded, until,
};
use crate::rpsctl::{LocalSystem as Local, send};

#[test]
fn a_redrive_ends_the_game_of_a_dead_letter() {
    let (game, table, queues) = local();
    let lost = stranded("lost");
    table.keep(&lost);
    queues.bury(&round_timer_of(&lost));
    let ended = at(game.endpoint(), "dlq redrive --yes --output json").ends(0);
    let end = ended.stdout.lines().last();
    let expected = r#"{"v":1,"kind":"moved","status":"COMPLETED","moved":1,"of":1,"why":null}"#;
    assert_eq!(end, Some(expected));
    until(|| !table.has("G#lost") && queues.counts() == [0; 3]);
    assert_eq!(queues.dead(), [0; 3]);
}

/// A list of moves, as SQS returns it.
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
fn a_redrive_is_refused_while_a_move_is_running() {
    let (game, _, queues) = local();
    queues.bury(&round_timer("gone", 2, THEN_MS));
    let url = proxy(game.endpoint(), |head| {
        let asked = head.contains("listmessagemovetasks");
        asked.then(|| moves("RUNNING", THEN_MS, &json!({"TaskHandle": "h"})))
    });
    let ended = at(&url, "dlq redrive --yes").ends(3);
    assert_eq!(ended.stdout, "");
    ended.notes("rpsctl: nothing was changed: a move that started ");
    ended.notes(" days ago is still running (3 of 12 moved), and SQS allows one at a time; run the command again when it has ended\n");
    assert_eq!(queues.dead(), [1, 0, 0]);
}

#[test]
fn a_failed_or_cancelled_move_is_an_error() {
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
            "\nrpsctl: the move ended as {why}: the messages that were not moved are still dead letters; run the command again\n"
        );
        assert!(ended.stderr.ends_with(&says), "{ended:?}");
    }
}

#[test]
fn an_interruption_ends_the_wait_for_a_move() {
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
    let says = "\ninterrupted: SQS continues the move in the background (3 of 12 moved so far); to stop it, run \
        `aws sqs cancel-message-move-task --task-handle the-handle`\n";
    assert!(ended.stderr.ends_with(says), "{ended:?}");
}
