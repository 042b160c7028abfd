//! Which free tier the account has, as the Free Tier API says.

use aws_sdk_freetier::Client;
use aws_sdk_freetier::types::AccountPlanType;
use rust_decimal::Decimal;

use super::Deployment;
use crate::billing::prices::Plan;
use crate::exit::Failure;

/// The one region in which the Free Tier API answers.
const REGION: &str = "us-east-1";

/// What the account is said to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountPlan {
    /// Its free tier.
    pub(crate) plan: Plan,
    /// Credits that are left, USD.
    pub(crate) credits: Option<Decimal>,
}

impl Deployment {
    /// The account's plan. An account that has credits is one opened since 2025-07-15; of another the API does not say
    /// whether it is in its first 12 months.
    pub(crate) async fn account_plan(&self) -> Result<AccountPlan, Failure> {
        let client = Client::new(&self.account.config_in(REGION));
        let found = client.get_account_plan_state().send().await;
        let found = found.map_err(|error| {
            self.explain("freetier:GetAccountPlanState", "the account's plan", &error)
        })?;
        let credits = found.account_plan_remaining_credits();
        let credits = credits.and_then(|it| Decimal::try_from(it.amount()).ok());
        let credits = credits.filter(|left| *left > Decimal::ZERO);
        let is_free = found.account_plan_type() == &AccountPlanType::Free;
        let plan = if is_free || credits.is_some() {
            Plan::Credits
        } else {
            Plan::AlwaysFree
        };
        Ok(AccountPlan { plan, credits })
    }
}
