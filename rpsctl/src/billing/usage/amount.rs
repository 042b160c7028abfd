use rust_decimal::Decimal;

use crate::billing::prices::Item;
use crate::billing::usage::{Hours, Known, Line, Period};

/// Said where CloudWatch has no datapoint at all.
pub(crate) const NOTHING: &str = "CloudWatch has counted nothing";

/// What is known of a line, in units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Amount {
    Counted(Hours),
    /// What has come together until now. It says nothing of what will.
    UntilNow(Decimal),
    /// As it is now, it is this much for a whole month.
    Standing(Decimal),
    Unknown(String),
}

impl Amount {
    /// How much of it is of the month, so far; none if that is not known.
    pub(crate) fn used(&self, period: Period) -> Option<Decimal> {
        match self {
            Self::Counted(hours) => Some(period.used(hours)),
            Self::UntilNow(amount) => Some(*amount),
            Self::Standing(amount) => Some(amount * period.elapsed()),
            Self::Unknown(_) => None,
        }
    }

    /// How much it is a day, by the last days.
    pub(crate) fn a_day(&self, period: Period) -> Option<Decimal> {
        match self {
            Self::Counted(hours) => Some(period.a_day(hours)),
            Self::UntilNow(_) => Some(Decimal::ZERO),
            Self::Standing(amount) => Some(amount / Decimal::from(period.month.days())),
            Self::Unknown(_) => None,
        }
    }

    /// How much it will be in the whole month, if it goes on like the last days.
    pub(crate) fn forecast(&self, period: Period) -> Option<Decimal> {
        Some(self.used(period)? + self.a_day(period)? * period.days_left())
    }

    pub(crate) fn unknown(&self) -> Option<String> {
        match self {
            Self::Unknown(why) => Some(why.clone()),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) line: Line,
    pub(crate) item: Item,
    pub(crate) amount: Amount,
    pub(crate) note: Option<String>,
    pub(crate) is_estimate: bool,
}

impl Used {
    pub(crate) fn new(line: Line, amount: Amount) -> Self {
        let nothing = matches!(&amount, Amount::Counted(hours) if hours.is_empty());
        Self {
            line,
            item: line.item(),
            amount,
            note: nothing.then(|| NOTHING.to_owned()),
            is_estimate: false,
        }
    }

    pub(super) fn counted(line: Line, hours: Known<Hours>) -> Self {
        Self::new(line, hours.map_or_else(Amount::Unknown, Amount::Counted))
    }

    pub(super) fn standing(line: Line, amount: Known<Decimal>) -> Self {
        Self::new(line, amount.map_or_else(Amount::Unknown, Amount::Standing))
    }

    pub(super) fn unknown(line: Line, why: impl Into<String>) -> Self {
        Self::new(line, Amount::Unknown(why.into()))
    }

    /// How it stood in a month that is over is not known: how it stands now has to do.
    pub(super) fn of_today(self) -> Self {
        match self.amount {
            Amount::Standing(_) => self.estimate("estimate: as it is today"),
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

    pub(super) fn has_happened(&self) -> bool {
        matches!(&self.amount, Amount::Counted(hours) if !hours.is_empty())
    }
}
