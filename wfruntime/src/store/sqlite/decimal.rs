//! Exact decimals on SQLite, which has none: how they compare and how they add up.

use std::cmp::Ordering;
use std::fmt::Write;
use std::str::FromStr;

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::{Connection, Error, Result};
use rust_decimal::Decimal;

/// Teaches a connection the collation `decimal` and the aggregates `decimal_sum`, `decimal_avg`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_collation("decimal", compare)?;
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_aggregate_function("decimal_sum", 1, flags, Sum)?;
    connection.create_aggregate_function("decimal_avg", 1, flags, Average)
}

/// Numbers by their value; a text that is none comes after all numbers.
fn compare(left: &str, right: &str) -> Ordering {
    match (Decimal::from_str_exact(left), Decimal::from_str_exact(right)) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => left.cmp(right),
    }
}

/// A sum that no order of additions rounds: one total for each number of decimal places.
#[derive(Default)]
struct Total {
    places: [i128; 29],
    count: i64,
}

impl Total {
    fn step(&mut self, context: &Context<'_>) -> Result<()> {
        let Some(text) = context.get::<Option<String>>(0)? else { return Ok(()) };
        let number = Decimal::from_str_exact(&text).map_err(failed)?;
        // 96 bits of a number: 2^31 rows fit, more than a table of decimals holds in practice.
        let total = &mut self.places[number.scale() as usize];
        *total = total.checked_add(number.mantissa()).ok_or_else(|| failed(Overflow))?;
        self.count += 1;
        Ok(())
    }

    fn sum(mut self) -> Result<Decimal> {
        let mut digits = [0_i128; 29];
        for place in (1..self.places.len()).rev() {
            digits[place] = self.places[place].rem_euclid(10);
            self.places[place - 1] += self.places[place].div_euclid(10);
        }
        let mut whole = self.places[0];
        let negative = whole < 0;
        if negative && digits.iter().any(|digit| *digit != 0) {
            // -2 + 0.25 is written -1.75: the fraction is what is missing to one.
            whole += 1;
            let last = digits.iter().rposition(|digit| *digit != 0).unwrap_or(0);
            for digit in &mut digits[1..last] {
                *digit = 9 - *digit;
            }
            digits[last] = 10 - digits[last];
        }
        let mut text = String::with_capacity(64);
        let sign = if negative { "-" } else { "" };
        write!(text, "{sign}{}.", whole.unsigned_abs()).map_err(failed)?;
        for digit in &digits[1..] {
            write!(text, "{digit}").map_err(failed)?;
        }
        Ok(Decimal::from_str(&text).map_err(|_| failed(Overflow))?.normalize())
    }
}

struct Sum;

impl Aggregate<Total, Option<String>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<Total> {
        Ok(Total::default())
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.step(context)
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        match total {
            Some(total) if total.count > 0 => Ok(Some(total.sum()?.to_string())),
            _ => Ok(None),
        }
    }
}

struct Average;

impl Aggregate<Total, Option<String>> for Average {
    fn init(&self, _: &mut Context<'_>) -> Result<Total> {
        Ok(Total::default())
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.step(context)
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        let Some(total) = total.filter(|total| total.count > 0) else { return Ok(None) };
        let count = Decimal::from(total.count);
        let average = total.sum()?.checked_div(count).ok_or_else(|| failed(Overflow))?;
        Ok(Some(average.normalize().to_string()))
    }
}

/// What a statement says whose sum has more digits than a decimal.
pub(super) const OVERFLOW: &str = "a sum of decimals is too large";

#[derive(Debug, thiserror::Error)]
#[error("{OVERFLOW}")]
struct Overflow;

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::UserFunctionError(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value_and_before_other_texts() {
        let mut texts = ["x", "10", "9.5", "-1", "a", "9.50", "1e3"];
        texts.sort_by(|left, right| compare(left, right));
        assert_eq!(texts, ["-1", "9.5", "9.50", "10", "1e3", "a", "x"]);
        assert_eq!(compare("9.5", "9.50"), Ordering::Equal);
    }

    #[test]
    fn totals_are_exact_and_too_large_ones_are_refused() {
        let sum = |numbers: &[&str]| {
            let mut total = Total::default();
            for number in numbers {
                let number = Decimal::from_str_exact(number).expect("a number");
                total.places[number.scale() as usize] += number.mantissa();
            }
            total.sum().map(|sum| sum.to_string()).ok()
        };
        let largest = "79228162514264337593543950335";
        for (numbers, expected) in [
            (&["0.1", "0.2"][..], Some("0.3")),
            (&["-2", "0.25"], Some("-1.75")),
            (&["-0.001"], Some("-0.001")),
            (&["-1", "1"], Some("0")),
            (&["-10.5", "0.5"], Some("-10")),
            (&["0.999", "0.001"], Some("1")),
            (&[largest, "1", "-1"], Some(largest)),
            (&[largest, "1"], None),
        ] {
            assert_eq!(sum(numbers).as_deref(), expected, "{numbers:?}");
        }
    }
}
