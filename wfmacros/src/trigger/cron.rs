//! Cron expressions: their grammar, checked as the program is compiled.

use std::ops::Range;

use crate::args::joined;
use crate::diag::message;
use crate::words;

/// A cron expression, each field as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cron {
    pub(crate) seconds: u64,
    pub(crate) minutes: u64,
    pub(crate) hours: u64,
    pub(crate) days: u64,
    pub(crate) last_day: bool,
    pub(crate) months: u64,
    pub(crate) weekdays: u64,
    /// Both days and weekdays are restricted.
    pub(crate) either: bool,
}

/// What is wrong in an expression, and where in its text.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) at: Range<usize>,
    pub(crate) message: String,
}

struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    words: &'static [&'static str],
}

const MONTHS: &[&str] =
    &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const SECOND: Field = Field { name: "second", least: 0, most: 59, words: &[] };
const MINUTE: Field = Field { name: "minute", least: 0, most: 59, words: &[] };
const HOUR: Field = Field { name: "hour", least: 0, most: 23, words: &[] };
const DAY: Field = Field { name: "day", least: 1, most: 31, words: &[] };
const MONTH: Field = Field { name: "month", least: 1, most: 12, words: MONTHS };
// 7 is Sunday too.
const WEEKDAY: Field = Field { name: "weekday", least: 0, most: 7, words: WEEKDAYS };

/// A part of the text and where it begins.
#[derive(Clone, Copy)]
struct Part<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Part<'t> {
    fn wrong(self, message: impl Into<String>) -> Wrong {
        Wrong { at: self.at..self.at + self.text.len(), message: message.into() }
    }

    fn split_once(self, by: char) -> Option<(Part<'t>, Part<'t>)> {
        let (left, right) = self.text.split_once(by)?;
        let behind = self.at + left.len() + by.len_utf8();
        Some((Part { text: left, at: self.at }, Part { text: right, at: behind }))
    }

    fn split(self, by: char) -> impl Iterator<Item = Part<'t>> {
        let mut at = self.at;
        self.text.split(by).map(move |text| {
            let part = Part { text, at };
            at += text.len() + by.len_utf8();
            part
        })
    }
}

/// Reads `minute hour day month weekday`, with seconds before it if there are six fields.
pub(crate) fn parse(text: &str) -> Result<Cron, Wrong> {
    let whole = Part { text, at: 0 };
    let fields: Vec<Part<'_>> = whole.split(' ').filter(|part| !part.text.is_empty()).collect();
    let (second, rest) = match fields.len() {
        5 => (None, &fields[..]),
        6 => (Some(fields[0]), &fields[1..]),
        count => return Err(whole.wrong(count_of_fields(text, count))),
    };
    let [minute, hour, day, month, weekday] = *rest else {
        return Err(whole.wrong(count_of_fields(text, fields.len())));
    };
    let last_day = day.split(',').any(|part| part.text == "L");
    let weekdays = set(weekday, &WEEKDAY)?;
    let cron = Cron {
        seconds: second.map_or(Ok(1), |part| set(part, &SECOND))?,
        minutes: set(minute, &MINUTE)?,
        hours: set(hour, &HOUR)?,
        days: set(day, &DAY)?,
        last_day,
        months: set(month, &MONTH)?,
        weekdays: (weekdays | weekdays >> 7) & 0x7f,
        either: !day.text.starts_with('*') && !weekday.text.starts_with('*'),
    };
    if !cron.comes() {
        return Err(day.wrong(message(
            format!("there is no day `{}` in the months `{}`", day.text, month.text),
            Some("the schedule would never run"),
            Some("write `L` for the last day of a month, as in `0 9 L * *`"),
        )));
    }
    Ok(cron)
}

impl Cron {
    /// Whether there is a day that it names.
    fn comes(&self) -> bool {
        if self.last_day || self.either {
            return true;
        }
        let longest = |month: u32| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let months = (1..=12).filter(|month| self.months & (1 << month) != 0);
        months.into_iter().any(|month| (1..=longest(month)).any(|day| self.days & (1 << day) != 0))
    }
}

fn count_of_fields(text: &str, count: usize) -> String {
    if text.trim_start().starts_with('@') {
        return message(
            format!("unknown cron expression `{text}`"),
            None,
            Some("write its fields, as in `cron = \"0 9 * * 1-5\"`"),
        );
    }
    message(
        format!("expected five or six fields, found {count}"),
        Some(
            "they are minute, hour, day of the month, month and day of the week, before them a second if there are six",
        ),
        Some("write them with spaces between, as in `cron = \"0 9 * * 1-5\"`"),
    )
}

/// The values of one field: a list of `*`, `5`, `1-5`, `*/15` and `10-20/5`.
fn set(part: Part<'_>, field: &Field) -> Result<u64, Wrong> {
    let mut bits = 0;
    for item in part.split(',') {
        bits |= item_of(item, field)?;
    }
    Ok(bits)
}

fn item_of(item: Part<'_>, field: &Field) -> Result<u64, Wrong> {
    if item.text == "L" && field.name == DAY.name {
        return Ok(0);
    }
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (item, None),
    };
    let (first, last) = match range.split_once('-') {
        _ if range.text == "*" => (field.least, field.most),
        Some((first, last)) => {
            let (low, high) = (value(first, field)?, value(last, field)?);
            if low > high {
                return Err(range.wrong(message(
                    format!("`{}` begins behind its end", range.text),
                    None,
                    Some(&format!(
                        "write two ranges, as in `{low}-{},{}-{high}`",
                        field.most, field.least
                    )),
                )));
            }
            (low, high)
        }
        None => {
            let value = value(range, field)?;
            // `5/10` is from 5 on, as everywhere.
            (value, if step.is_some() { field.most } else { value })
        }
    };
    let step = match step {
        None => 1,
        Some(step) => match step.text.parse::<usize>() {
            Ok(by) if by > 0 => by,
            _ => {
                return Err(step.wrong(message(
                    format!("`{}` cannot be a step", step.text),
                    None,
                    Some(&format!(
                        "write a number from 1 on, as in `*/{}`",
                        field.most.div_ceil(4)
                    )),
                )));
            }
        },
    };
    Ok((first..=last).step_by(step).fold(0, |bits, value| bits | 1 << value))
}

fn value(part: Part<'_>, field: &Field) -> Result<u32, Wrong> {
    let upper = part.text.to_ascii_uppercase();
    if let Some(index) = field.words.iter().position(|word| *word == upper) {
        return Ok(u32::try_from(index).unwrap_or(0) + field.least);
    }
    let is_number = !part.text.is_empty() && part.text.bytes().all(|byte| byte.is_ascii_digit());
    let number = part.text.parse::<u32>().ok().filter(|_| is_number);
    if let Some(number) = number.filter(|number| (field.least..=field.most).contains(number)) {
        return Ok(number);
    }
    let help = match words::closest(&upper, field.words.iter().copied()) {
        Some(close) => format!("write `{close}`"),
        None if field.words.is_empty() => {
            format!(
                "expected a number from {} to {}, `*`, a range or a list",
                field.least, field.most
            )
        }
        None => {
            let names: Vec<String> = [field.words[0], field.words[field.words.len() - 1]]
                .map(|it| format!("`{it}`"))
                .into();
            format!(
                "expected a number from {} to {}, or a name: {}",
                field.least,
                field.most,
                joined(&names).replace(" and ", " to ")
            )
        }
    };
    let headline = format!("`{}` cannot be the {}", part.text, field.name);
    Err(part.wrong(message(headline, None, Some(&help))))
}

#[cfg(test)]
mod tests;
