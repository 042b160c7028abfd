//! Read the account's free tier plan from the Free Tier API.

use aws_sdk_freetier::Client;
use aws_sdk_freetier::types::AccountPlanType;
use rust_decimal::Decimal;

use crate::aws::Deployment;
use crate::exit::Failure;

/// The only region of the Free Tier API.
const REGION: &str = "us-east-1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountPlan {
    /// Whether the account has the free plan, which credits pay for.
    pub(crate) is_free: bool,
    /// The remaining credits in USD.
    pub(crate) credits: Option<Decimal>,
}

impl Deployment {
    pub(crate) async fn account_plan(&self) -> Result<AccountPlan, Failure> {
        let client = Client::new(&self.account.config_in(REGION));
        let response = client.get_account_plan_state().send().await;
        let plan = response.map_err(|error| {
            self.explain("freetier:GetAccountPlanState", "the account's plan", &error)
        })?;
        let credits = plan.account_plan_remaining_credits();
        let credits = credits.and_then(|it| Decimal::try_from(it.amount()).ok());
        Ok(AccountPlan {
            is_free: plan.account_plan_type() == &AccountPlanType::Free,
            credits: credits.filter(|left| *left > Decimal::ZERO),
        })
    }
}
