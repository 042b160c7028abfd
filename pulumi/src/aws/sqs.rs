//! Amazon SQS.

use crate::program::{Json, Text, resources};

resources! {
    /// A queue.
    Queue = "aws:sqs:Queue" {
        name: Text,
        visibility_timeout_seconds: Option<u32>,
        message_retention_seconds: u32,
        sqs_managed_sse_enabled: bool,
        redrive_policy: Option<Json>,
    } gives arn = "arn", url = "url", name = "name";

    /// Whose dead-letter queue a queue may be.
    RedriveAllowPolicy = "aws:sqs:RedriveAllowPolicy" {
        queue_url: Text,
        redrive_allow_policy: Json,
    };
}
