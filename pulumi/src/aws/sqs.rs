use crate::program::{JsonText, Text, resources};

resources! {
    Queue = "aws:sqs:Queue" {
        name: Text,
        visibility_timeout_seconds: Option<u32>,
        message_retention_seconds: u32,
        sqs_managed_sse_enabled: bool,
        redrive_policy: Option<JsonText>,
    } outputs arn = "arn", url = "url", name = "name";

    RedriveAllowPolicy = "aws:sqs:RedriveAllowPolicy" {
        queue_url: Text,
        redrive_allow_policy: JsonText,
    };
}
