//! AWS Identity and Access Management.

use crate::program::{Json, Text, resources};

resources! {
    /// A role.
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

    /// What a role may do.
    RolePolicy = "aws:iam:RolePolicy" {
        name: &'static str,
        role: Text,
        policy: Json,
    };
}
