use serde_json::Value;

use crate::program::{Text, resources};

resources! {
    Budget = "aws:budgets:Budget" {
        name: Text,
        budget_type: &'static str,
        time_unit: &'static str,
        limit_amount: String,
        limit_unit: &'static str,
        notifications: Value,
    };
}
