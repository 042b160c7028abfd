//! Format numbers and money: short for people, exact for programs.

use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, dec};
use serde::Serializer;

const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Formats a number with three significant digits and k, M or G, or with up to four digits.
pub(crate) fn short(number: Decimal) -> String {
    let units = [
        (dec!(1_000_000_000), dec!(1_000_000_000), " G"),
        (dec!(1_000_000), dec!(1_000_000), " M"),
        (dec!(10_000), dec!(1_000), " k"),
    ];
    let rounded = digits(number, 3);
    let unit = units.into_iter().find(|(from, ..)| rounded >= *from);
    if let Some((_, one, unit)) = unit {
        return format!("{}{unit}", (rounded / one).normalize());
    }
    let rounded = digits(number, 4).round_dp(4);
    if rounded.is_zero() && !number.is_zero() {
        return "<0.0001".to_owned();
    }
    rounded.normalize().to_string()
}

fn digits(number: Decimal, significant: u32) -> Decimal {
    number.round_sf(significant).unwrap_or(number)
}

/// Formats USD to the cent.
pub(crate) fn usd(amount: Decimal) -> String {
    if amount.is_zero() {
        "0".to_owned()
    } else if amount < dec!(0.005) {
        "<0.01".to_owned()
    } else {
        format!(
            "{:.2}",
            amount.round_dp_with_strategy(2, MidpointAwayFromZero)
        )
    }
}

/// Formats USD with three significant digits below 1, else to the cent.
pub(crate) fn money(amount: Decimal) -> String {
    if amount >= Decimal::ONE || amount.is_zero() {
        return usd(amount);
    }
    digits(amount, 3).normalize().to_string()
}

/// Draws a share, 0 to 1, as a bar of up to `characters` characters.
pub(crate) fn bar(share: Decimal, characters: u32) -> String {
    let eighths = share.clamp(Decimal::ZERO, Decimal::ONE) * Decimal::from(characters * 8);
    let eighths = eighths.ceil().to_usize().unwrap_or_default();
    let mut bar = "█".repeat(eighths / 8);
    if let Some(rest) = (eighths % 8).checked_sub(1) {
        bar.push(EIGHTHS[rest]);
    }
    bar
}

/// Draws one column for each value. The greatest value has the full height; a dot is zero.
pub(crate) fn sparkline(values: &[Decimal]) -> String {
    let most = values.iter().copied().max().unwrap_or_default();
    let column = |value: &Decimal| {
        if value.is_zero() {
            return '·';
        }
        let height = (value / most * dec!(8)).ceil().to_usize();
        HEIGHTS[height.unwrap_or_default().clamp(1, 8) - 1]
    };
    values.iter().map(column).collect()
}

pub(crate) mod json {
    use super::{Decimal, Serializer, ToPrimitive};

    const DIGITS: u32 = 12;

    /// Serializes a number or null. A JSON number keeps at most 15 digits.
    pub(crate) fn number<S: Serializer>(
        value: &(impl Copy + Into<Option<Decimal>>),
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let Some(value) = (*value).into() else {
            return to.serialize_none();
        };
        match value.to_i64() {
            Some(whole) if value.is_integer() => to.serialize_i64(whole),
            _ => to.serialize_f64(value.to_f64().unwrap_or_default()),
        }
    }

    /// Serializes money or null. It is a string, because JSON numbers are not decimal.
    pub(crate) fn money<S: Serializer>(
        value: &(impl Copy + Into<Option<Decimal>>),
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match (*value).into() {
            Some(value) => to.collect_str(&value.round_dp(DIGITS).normalize()),
            None => to.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (number, text) in [
            (dec!(0), "0"),
            (dec!(0.00001), "<0.0001"),
            (dec!(0.012345), "0.0123"),
            (dec!(14.04), "14.04"),
            (dec!(999.96), "1000"),
            (dec!(9994), "9994"),
            (dec!(10000), "10 k"),
            (dec!(648123), "648 k"),
            (dec!(999999), "1 M"),
            (dec!(1234567), "1.23 M"),
            (dec!(750000000), "750 M"),
            (dec!(2000000000), "2 G"),
        ] {
            assert_eq!(short(number), text, "{number}");
        }
    }

    #[test]
    fn money_has_cents_or_significant_digits() {
        for (amount, cents, digits) in [
            (dec!(0), "0", "0"),
            (dec!(0.0000123456), "<0.01", "0.0000123"),
            (dec!(0.005), "0.01", "0.005"),
            (dec!(0.125), "0.13", "0.125"),
            (dec!(12.345), "12.35", "12.35"),
            (dec!(1500), "1500.00", "1500.00"),
        ] {
            assert_eq!(
                (&*usd(amount), &*money(amount)),
                (cents, digits),
                "{amount}"
            );
        }
    }

    #[test]
    fn bars_show_shares() {
        for (share, text) in [
            (dec!(0), ""),
            (dec!(0.0001), "▏"),
            (dec!(0.5), "██"),
            (dec!(0.53), "██▏"),
            (dec!(1), "████"),
            (dec!(7), "████"),
        ] {
            assert_eq!(bar(share, 4), text, "{share}");
        }
        let values = [0, 1, 4, 8].map(Decimal::from);
        assert_eq!(sparkline(&values), "·▁▄█");
        assert_eq!(sparkline(&[Decimal::ZERO]), "·");
        assert_eq!(sparkline(&[]), "");
    }
}
