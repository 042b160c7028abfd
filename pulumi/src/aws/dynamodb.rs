use serde_json::Value;

use crate::program::{JsonText, Text, resources};

resources! {
    Table = "aws:dynamodb:Table" {
        name: Text,
        billing_mode: &'static str,
        read_capacity: Option<u32>,
        write_capacity: Option<u32>,
        hash_key: &'static str,
        attributes: Value,
        ttl: Value,
        point_in_time_recovery: Value,
        deletion_protection_enabled: bool,
    } outputs arn = "arn", name = "name";

    TableItem = "aws:dynamodb:TableItem" {
        table_name: Text,
        hash_key: &'static str,
        item: JsonText,
    };
}
