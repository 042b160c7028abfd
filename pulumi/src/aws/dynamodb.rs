use crate::program::{Json, Text, properties, resources};

resources! {
    Table = "aws:dynamodb:Table" {
        name: Text,
        billing_mode: &'static str,
        read_capacity: Option<u32>,
        write_capacity: Option<u32>,
        hash_key: &'static str,
        attributes: Vec<Attribute>,
        ttl: Ttl,
        point_in_time_recovery: Switch,
        deletion_protection_enabled: bool,
    } gives arn = "arn", name = "name";

    TableItem = "aws:dynamodb:TableItem" {
        table_name: Text,
        hash_key: &'static str,
        item: Json,
    };
}

properties! {
    Attribute { name: &'static str, r#type: &'static str }
    Ttl { attribute_name: &'static str, enabled: bool }
    Switch { enabled: bool }
}
