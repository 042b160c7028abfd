use crate::program::{Text, resources};

resources! {
    Topic = "aws:sns:Topic" {
        name: Text,
    } outputs arn = "arn";

    TopicSubscription = "aws:sns:TopicSubscription" {
        topic: Text,
        protocol: &'static str,
        endpoint: String,
    };
}
