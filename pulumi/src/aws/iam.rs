use serde_json::{Value, json};

use crate::program::{Json, Text, resources};

resources! {
    Role = "aws:iam:Role" {
        name: Text,
        description: String,
        assume_role_policy: Json,
    } gives arn = "arn", name = "name";

    /// That a role may do what a policy of AWS's own says.
    RolePolicyAttachment = "aws:iam:RolePolicyAttachment" {
        role: Text,
        policy_arn: Text,
    };

    RolePolicy = "aws:iam:RolePolicy" {
        name: &'static str,
        role: Text,
        policy: Json,
    };
}

/// The trust policy of a role in which one AWS service acts.
pub(crate) fn assumed_by(service: &str) -> Json {
    policy(&[json!({
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "sts:AssumeRole",
    })])
}

pub(crate) fn policy(statements: &[Value]) -> Json {
    json!({ "Version": "2012-10-17", "Statement": statements }).into()
}
