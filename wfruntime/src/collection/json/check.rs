//! The limits that `#[field(length, range, pattern)]` sets.

use std::cmp::Ordering;

use super::fit::no_choice;
use super::slot::Slot;
use super::write::value_to_json;
use crate::collection::{Column, Definition};
use crate::error::Fault;
use crate::value::Value;

impl Column {
    /// Nothing, if the value keeps the limits of the field; `Null` has none.
    ///
    /// # Errors
    /// It does not; the fault says which limit.
    pub fn check(&self, value: &Value) -> Result<(), Fault> {
        self.slot().check(value)
    }
}

impl Slot<'_> {
    /// Nothing, if the value keeps the limits; `Null` has none.
    ///
    /// # Errors
    /// It does not; the fault says which limit.
    pub(crate) fn check(&self, value: &Value) -> Result<(), Fault> {
        let name = self.name;
        if value.is_null() {
            return Ok(());
        }
        if let Value::Float(number) = value
            && !number.is_finite()
        {
            let message = format!("`{name}` must be a finite number");
            return Err(Fault::new("out_of_range", message).at(name));
        }
        if before_year_0(value) {
            let message = format!("`{name}` must not lie before the year 0");
            return Err(Fault::new("out_of_range", message).at(name));
        }
        if has_nul(value) {
            let message = format!("`{name}` must not hold the character U+0000");
            return Err(Fault::new("nul", message).at(name));
        }
        if let (Some(choices), Value::Text(text)) = (&self.choices, value)
            && !choices.0.contains(&text.as_str())
        {
            return Err(no_choice(name, text, choices));
        }
        if let Some(limits) = self.length {
            self.check_length(limits, value)?;
        }
        let out = |bound: &Option<Value>, side: Ordering| {
            bound.clone().filter(|bound| compare(value, bound) == Some(side))
        };
        let (min, max) = (out(&self.min, Ordering::Less), out(&self.max, Ordering::Greater));
        let limit = min.map(|min| ("min", "at least", min));
        if let Some((arg, side, limit)) = limit.or(max.map(|max| ("max", "at most", max))) {
            let limit = value_to_json(&limit);
            let message = format!("`{name}` must be {side} {limit}");
            let limit = limit.as_str().map_or_else(|| limit.to_string(), str::to_owned);
            return Err(Fault::new("out_of_range", message).at(name).with(arg, limit));
        }
        if let (Some((pattern, compiled)), Value::Text(text)) = (self.pattern, value)
            && !compiled.is_match(text)
        {
            let message = format!("`{name}` does not fit the pattern `{pattern}`");
            return Err(Fault::new("pattern", message).at(name));
        }
        Ok(())
    }

    fn check_length(&self, (min, max): (u32, u32), value: &Value) -> Result<(), Fault> {
        let (count, unit) = match value {
            Value::Text(text) => (text.chars().count(), "characters"),
            Value::Bytes(bytes) => (bytes.len(), "bytes"),
            _ => return Ok(()),
        };
        let fits = |limit: u32| usize::try_from(limit).is_ok_and(|limit| count <= limit);
        let (code, arg, words, limit) = if !fits(max) {
            ("too_long", "max", "at most", max)
        } else if min > 0 && fits(min - 1) {
            ("too_short", "min", "at least", min)
        } else {
            return Ok(());
        };
        let message = format!("`{}` must have {words} {limit} {unit}, found {count}", self.name);
        Err(Fault::new(code, message).at(self.name).with(arg, limit))
    }
}

impl Definition {
    /// What is wrong with a new record's values, all of it: limits, and required ones left out.
    #[must_use]
    pub fn check_new(&self, values: &[Option<Value>]) -> Vec<Fault> {
        let missing = |column: &Column| {
            let message = format!("`{}` is required", column.json);
            Fault::new("required", message).at(column.json)
        };
        let columns = self.columns.iter().zip(values).filter(|(column, _)| !column.system);
        columns
            .filter_map(|(column, value)| match value {
                None if column.is_required() => Some(missing(column)),
                None => None,
                Some(Value::Null) if !column.nullable => Some(missing(column)),
                Some(value) => column.check(value).err(),
            })
            .collect()
    }

    /// What is wrong with changed values, by index of their column, all of it.
    #[must_use]
    pub fn check_changes(&self, changes: &[(usize, Value)]) -> Vec<Fault> {
        let fault = |(index, value): &(usize, Value)| {
            let column = &self.columns[*index];
            if value.is_null() && !column.nullable {
                let message = format!("`{}` must not be null", column.json);
                return Some(Fault::new("null", message).at(column.json));
            }
            column.check(value).err()
        };
        changes.iter().filter_map(fault).collect()
    }
}

/// The store keeps years from 0 to 9999, so that their texts sort.
fn before_year_0(value: &Value) -> bool {
    match value {
        Value::Date(date) => date.year() < 0,
        Value::DateTime(moment) => moment.year() < 0,
        Value::Timestamp(moment) => jiff::tz::Offset::UTC.to_datetime(*moment).year() < 0,
        _ => false,
    }
}

/// PostgreSQL keeps it in no text; so no store does, and a program can move to another.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.contains('\0'),
        Value::Json(json) => json_has_nul(json),
        _ => false,
    }
}

fn json_has_nul(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(items) => items.iter().any(json_has_nul),
        serde_json::Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.contains('\0') || json_has_nul(value))
        }
        _ => false,
    }
}

/// How two values of one type compare; `None` if their type has no order.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
