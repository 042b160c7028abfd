use rust_decimal::Decimal;

use crate::billing::prices::BilledItem;
use crate::billing::usage::{BillLine, Hours, Period, UsageResult};

/// The note for a line without any datapoint in CloudWatch.
pub(crate) const NOTHING: &str = "CloudWatch has no data";

/// The amount of a line, in units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Amount {
    Measured(Hours),
    /// The total until now. It does not predict the rest of the month.
    UntilNow(Decimal),
    /// The current level, as the amount for a whole month.
    Standing(Decimal),
    /// Unknown, for this reason.
    Unknown(String),
}

impl Amount {
    /// The amount in the month so far; none if it is unknown.
    pub(crate) fn used(&self, period: Period) -> Option<Decimal> {
        match self {
            Self::Measured(hours) => Some(period.used(hours)),
            Self::UntilNow(amount) => Some(*amount),
            Self::Standing(amount) => Some(amount * period.elapsed()),
            Self::Unknown(_) => None,
        }
    }

    /// The amount per day, by the mean of the last days.
    pub(crate) fn per_day(&self, period: Period) -> Option<Decimal> {
        match self {
            Self::Measured(hours) => Some(period.per_day(hours)),
            Self::UntilNow(_) => Some(Decimal::ZERO),
            Self::Standing(amount) => Some(amount / Decimal::from(period.month.days())),
            Self::Unknown(_) => None,
        }
    }

    /// The amount in the whole month, if the rest is like the last days.
    pub(crate) fn forecast(&self, period: Period) -> Option<Decimal> {
        Some(self.used(period)? + self.per_day(period)? * period.days_left())
    }

    pub(crate) fn unknown(&self) -> Option<String> {
        match self {
            Self::Unknown(why) => Some(why.clone()),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineUsage {
    pub(crate) line: BillLine,
    pub(crate) item: BilledItem,
    pub(crate) amount: Amount,
    pub(crate) note: Option<String>,
    pub(crate) is_estimate: bool,
}

impl LineUsage {
    pub(crate) fn new(line: BillLine, amount: Amount) -> Self {
        let is_empty = matches!(&amount, Amount::Measured(hours) if hours.is_empty());
        Self {
            line,
            item: line.item(),
            amount,
            note: is_empty.then(|| NOTHING.to_owned()),
            is_estimate: false,
        }
    }

    pub(super) fn measured(line: BillLine, hours: UsageResult<Hours>) -> Self {
        Self::new(line, hours.map_or_else(Amount::Unknown, Amount::Measured))
    }

    pub(super) fn standing(line: BillLine, amount: UsageResult<Decimal>) -> Self {
        Self::new(line, amount.map_or_else(Amount::Unknown, Amount::Standing))
    }

    pub(super) fn unknown(line: BillLine, why: impl Into<String>) -> Self {
        Self::new(line, Amount::Unknown(why.into()))
    }

    /// Marks a current level as an estimate for a past month, because AWS does not report past levels.
    pub(super) fn into_past_estimate(self) -> Self {
        match self.amount {
            Amount::Standing(_) => self.estimate("estimate: the current value"),
            _ => self,
        }
    }

    pub(super) fn with_note(self, note: impl Into<String>) -> Self {
        let note = Some(note.into());
        Self { note, ..self }
    }

    pub(crate) fn estimate(self, how: impl Into<String>) -> Self {
        let is_estimate = true;
        Self {
            is_estimate,
            ..self.with_note(how)
        }
    }

    pub(super) fn has_data(&self) -> bool {
        matches!(&self.amount, Amount::Measured(hours) if !hours.is_empty())
    }
}
