//! Helpers for the program's tests.

use rps_infra::{BillingMode, Settings, program};
use serde_json::Value;

/// Settings that enable every resource.
pub(crate) fn full_settings() -> Settings {
    Settings {
        billing: BillingMode::Provisioned,
        production: true,
        alarm_email: Some("on-call@example.com".to_owned()),
        monthly_budget_usd: Some(30),
        mapping_concurrency: Some(10),
        reserved_concurrency: Some(10),
        blocked_cidrs: Some("192.0.2.0/24".to_owned()),
        access_logs: true,
        site: true,
        ..Settings::default()
    }
}

/// The program as Pulumi reads it.
pub(crate) fn program_json(settings: &Settings) -> Value {
    serde_json::to_value(program(settings)).expect("plain data")
}
