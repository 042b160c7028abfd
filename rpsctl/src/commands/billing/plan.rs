//! Which free tier the account has.

use super::usd;
use crate::aws::Deployment;
use crate::billing::prices::Plan;
use crate::output;
use crate::target::Target;

/// The one that is given, or that AWS tells, or else what everybody has.
pub(super) async fn chosen(given: Option<Plan>, deployment: &Deployment) -> Plan {
    if let Some(plan) = given {
        return plan;
    }
    if let Target::Local { .. } = deployment.target() {
        return Plan::AlwaysFree;
    }
    match deployment.account_plan().await {
        Ok(account) => {
            if let Some(credits) = account.credits {
                output::note(format_args!(
                    "the account has credits of {} USD left, which pay for what is not free",
                    usd(credits)
                ));
            }
            // An account that has credits is one opened since 2025-07-15; of another the API does not say whether it
            // is in its first 12 months.
            if account.is_free || account.credits.is_some() {
                Plan::Credits
            } else {
                Plan::AlwaysFree
            }
        }
        Err(why) => {
            output::note(format_args!(
                "the account's free tier is not known, so only what is always free counts; --plan says otherwise ({why})"
            ));
            Plan::AlwaysFree
        }
    }
}
