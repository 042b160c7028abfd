//! What the tests of the program share.

use rps_infra::{Billing, Settings, program};
use serde_json::Value;

/// The settings of a stack that has all there is.
pub(crate) fn everything() -> Settings {
    Settings {
        billing: Billing::Provisioned,
        production: true,
        alarm_email: Some("on-call@example.com".to_owned()),
        access_logs: true,
        site: true,
        ..Settings::default()
    }
}

/// The program, as Pulumi reads it.
pub(crate) fn printed(settings: &Settings) -> Value {
    serde_json::to_value(program(settings)).expect("plain data")
}
