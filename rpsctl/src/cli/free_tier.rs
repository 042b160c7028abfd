use clap::Args;
use rust_decimal::Decimal;

use crate::cli::cost::BillingArgs;

/// How much of what is free is used, and when it will be used up
///
/// Each allowance that this system touches, the most endangered first. Allowances are an account's: what else is in it
/// uses them too, and is not counted here.
#[derive(Debug, Args)]
pub(crate) struct FreeTierArgs {
    #[command(flatten)]
    pub(crate) billing: BillingArgs,
    /// End with exit code 4 if more than so much of an allowance is used, or that is not known, for a cron job
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) fail_over: Option<Decimal>,
}

fn percent(text: &str) -> Result<Decimal, &'static str> {
    let percent: Option<Decimal> = text.trim_end_matches('%').parse().ok();
    let percent = percent.filter(|it| !it.is_sign_negative());
    percent.ok_or("it takes a number from 0 on, such as 80")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_read() {
        for text in ["80", "80%"] {
            assert_eq!(percent(text), Ok(80.into()));
        }
        for text in ["", "much", "-1"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
