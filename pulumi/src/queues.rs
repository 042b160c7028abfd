//! The queue for the round timers and its dead-letter queue.

use rps_contract::names::{
    DEAD_LETTER_RETENTION_S, MAX_RECEIVE_COUNT, RETENTION_S, VISIBILITY_TIMEOUT_S,
};
use rps_contract::stack;
use serde_json::json;

use crate::aws::sqs::{Queue, RedriveAllowPolicy};
use crate::program::{Handle, Program, STACK};

pub(crate) struct Queues {
    pub(crate) rounds: Handle<Queue>,
    pub(crate) dead_letters: Handle<Queue>,
}

pub(crate) fn queues(program: &mut Program) -> Queues {
    let queue = Queue {
        name: stack::dead_letter_queue(STACK).into(),
        visibility_timeout_seconds: None,
        message_retention_seconds: DEAD_LETTER_RETENTION_S,
        sqs_managed_sse_enabled: true,
        redrive_policy: None,
    };
    let dead_letters = program.add("dead-letters", queue);
    let redrive = json!({
        "deadLetterTargetArn": dead_letters.arn(),
        "maxReceiveCount": MAX_RECEIVE_COUNT,
    });
    let queue = Queue {
        name: stack::queue(STACK).into(),
        visibility_timeout_seconds: Some(VISIBILITY_TIMEOUT_S),
        message_retention_seconds: RETENTION_S,
        sqs_managed_sse_enabled: true,
        redrive_policy: Some(redrive.into()),
    };
    let rounds = program.add("rounds", queue);
    let allow = json!({ "redrivePermission": "byQueue", "sourceQueueArns": [rounds.arn()] });
    let policy = RedriveAllowPolicy {
        queue_url: dead_letters.url(),
        redrive_allow_policy: allow.into(),
    };
    program.add("dead-letters-of-rounds", policy);
    Queues {
        rounds,
        dead_letters,
    }
}
