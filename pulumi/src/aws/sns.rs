use crate::program::{Text, resources};

resources! {
    Topic = "aws:sns:Topic" {
        name: Text,
    } gives arn = "arn";

    TopicSubscription = "aws:sns:TopicSubscription" {
        topic: Text,
        protocol: &'static str,
        endpoint: String,
    };
}
