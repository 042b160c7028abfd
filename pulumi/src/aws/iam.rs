use serde_json::{Value, json};

use crate::program::{JsonText, Text, resources};

resources! {
    Role = "aws:iam:Role" {
        name: Text,
        description: String,
        assume_role_policy: JsonText,
    } outputs arn = "arn", name = "name";

    /// Attaches a policy that AWS manages to a role.
    RolePolicyAttachment = "aws:iam:RolePolicyAttachment" {
        role: Text,
        policy_arn: Text,
    };

    RolePolicy = "aws:iam:RolePolicy" {
        name: &'static str,
        role: Text,
        policy: JsonText,
    };
}

/// A trust policy that lets one AWS service assume the role.
pub(crate) fn assumed_by(service: &str) -> JsonText {
    policy(&[json!({
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "sts:AssumeRole",
    })])
}

pub(crate) fn policy(statements: &[Value]) -> JsonText {
    json!({ "Version": "2012-10-17", "Statement": statements }).into()
}
