//! Which free tier the account has, as the Free Tier API says.

use aws_sdk_freetier::Client;
use aws_sdk_freetier::types::AccountPlanType;
use rust_decimal::Decimal;

use crate::aws::Deployment;
use crate::exit::Failure;

/// The one region in which the Free Tier API answers.
const REGION: &str = "us-east-1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountPlan {
    /// Whether it is the free plan, which lives on credits.
    pub(crate) is_free: bool,
    /// Credits that are left, USD.
    pub(crate) credits: Option<Decimal>,
}

impl Deployment {
    pub(crate) async fn account_plan(&self) -> Result<AccountPlan, Failure> {
        let client = Client::new(&self.account.config_in(REGION));
        let found = client.get_account_plan_state().send().await;
        let found = found.map_err(|error| {
            self.explain("freetier:GetAccountPlanState", "the account's plan", &error)
        })?;
        let credits = found.account_plan_remaining_credits();
        let credits = credits.and_then(|it| Decimal::try_from(it.amount()).ok());
        Ok(AccountPlan {
            is_free: found.account_plan_type() == &AccountPlanType::Free,
            credits: credits.filter(|left| *left > Decimal::ZERO),
        })
    }
}
