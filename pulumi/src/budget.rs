//! The account's monthly budget. It stops nothing: AWS Budgets sends e-mails, hours after the costs arise.

use serde_json::json;

use crate::aws::budgets::Budget;
use crate::dependencies::Dependencies;
use crate::program::{Program, STACK};
use crate::settings::Settings;

/// Adds the budget if `monthlyBudget` is set. It covers the whole account, because AWS bills the account.
pub(crate) fn budget(program: &mut Program, settings: &Settings, dependencies: &Dependencies) {
    let (Some(limit_usd), Some(address)) = (settings.monthly_budget_usd, &settings.alarm_email)
    else {
        return;
    };
    let notifications = [
        ("ACTUAL", 50),
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ];
    let notifications = notifications.map(|(kind, percent)| {
        json!({
            "notificationType": kind,
            "comparisonOperator": "GREATER_THAN",
            "threshold": percent,
            "thresholdType": "PERCENTAGE",
            "subscriberEmailAddresses": [address],
        })
    });
    let budget = Budget {
        // Budgets belong to no region, and two regions may have a stack of this name.
        name: format!("rps-{STACK}-{}", dependencies.region).into(),
        budget_type: "COST",
        time_unit: "MONTHLY",
        limit_amount: limit_usd.to_string(),
        limit_unit: "USD",
        notifications: json!(notifications),
    };
    program.add("budget", budget);
}
