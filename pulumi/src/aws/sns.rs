//! Amazon SNS.

use crate::program::{Text, resources};

resources! {
    /// A topic.
    Topic = "aws:sns:Topic" {
        name: Text,
    } gives arn = "arn";

    /// Who hears of what is published to a topic.
    TopicSubscription = "aws:sns:TopicSubscription" {
        topic: Text,
        protocol: &'static str,
        endpoint: String,
    };
}
