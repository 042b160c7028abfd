use serde_json::{Value, json};

use crate::program::{JsonText, Text, resources};

resources! {
    /// A role without a name: Pulumi generates one. Role names belong to the account, not to a region, and their
    /// 64 characters have no room for both the stack's name and the region.
    Role = "aws:iam:Role" {
        description: Text,
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

/// A trust policy that lets one AWS service assume the role, under a condition unless that is null.
pub(crate) fn assumed_by(service: &str, condition: &Value) -> JsonText {
    policy(&[json!({
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "sts:AssumeRole",
        "Condition": condition,
    })])
}

pub(crate) fn policy(statements: &[Value]) -> JsonText {
    json!({ "Version": "2012-10-17", "Statement": statements }).into()
}
