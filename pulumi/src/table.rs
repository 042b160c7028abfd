//! The table for connections, the lobby and games.

use rps_contract::names::attribute;
use rps_contract::stack;
use serde_json::json;

use crate::aws::dynamodb::Table;
use crate::program::{Handle, Program, STACK};
use crate::settings::{BillingMode, Settings};

/// The always-free capacity of provisioned tables: read units per second, and write units per second
/// (<https://aws.amazon.com/dynamodb/pricing/>).
const FREE_UNITS: u32 = 25;

pub(crate) fn table(program: &mut Program, settings: &Settings) -> Handle<Table> {
    let (billing_mode, capacity) = match settings.billing {
        BillingMode::OnDemand => ("PAY_PER_REQUEST", None),
        BillingMode::Provisioned => ("PROVISIONED", Some(FREE_UNITS)),
    };
    let table = Table {
        name: stack::table(STACK).into(),
        billing_mode,
        read_capacity: capacity,
        write_capacity: capacity,
        hash_key: attribute::KEY,
        attributes: json!([{ "name": attribute::KEY, "type": "S" }]),
        ttl: json!({ "attributeName": attribute::TTL, "enabled": true }),
        point_in_time_recovery: json!({ "enabled": settings.production }),
        deletion_protection_enabled: settings.production,
    };
    // DynamoDB's deletion protection alone is not enough: `destroy` deletes the table's dependents first.
    program.add_with("table", table, json!({ "protect": settings.production }))
}
