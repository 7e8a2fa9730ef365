//! A schedule that the registry resolved: its zone, its bounds, its moments.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::cron::moment_of;
use super::{CatchUp, Plan, Schedule};
use crate::value::{Type, Value};

/// A moment that is later than this was missed.
const PUNCTUAL: SignedDuration = SignedDuration::from_mins(1);
const DAY: i64 = 86_400_000;

/// A schedule with its time zone and its bounds.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) declared: &'static Schedule,
    /// The column that its moments follow.
    pub(crate) column: Option<usize>,
    zone: TimeZone,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

impl Planned {
    /// The schedule with what its words mean.
    ///
    /// # Errors
    /// What is wrong with its time zone or a bound, for the program's author.
    pub(crate) fn new(declared: &'static Schedule, column: Option<usize>) -> Result<Self, String> {
        let name = declared.timezone;
        let zone = TimeZone::get(name).map_err(|_| {
            format!(
                "unknown time zone `{name}`\n= help: write a name of the IANA database, as in `timezone = \"Europe/Paris\"`"
            )
        })?;
        let bound = |text: Option<&'static str>| {
            let moment = |text: &str| {
                let local = text.parse::<DateTime>().ok();
                let moment = local.and_then(|local| moment_of(local, &zone));
                moment.ok_or_else(|| format!("`{text}` is no date"))
            };
            text.map(moment).transpose()
        };
        let (start, end) = (bound(declared.start)?, bound(declared.end)?);
        if let (Some(start), Some(end)) = (start, end)
            && start >= end
        {
            return Err("the schedule ends before it starts".to_owned());
        }
        Ok(Self { declared, column, zone, start, end })
    }

    /// Whether its moments follow a field of records.
    pub(crate) fn is_of_records(&self) -> bool {
        self.column.is_some()
    }

    /// The first moment after this one, of a schedule that goes by the clock.
    pub(crate) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        // The start itself is a moment, if the plan says so.
        let after = match self.start.and_then(|start| start.checked_sub(TICK).ok()) {
            Some(start) => after.max(start),
            None => after,
        };
        let next = match &self.declared.plan {
            Plan::Cron(cron) => cron.next(after, &self.zone),
            Plan::Every(every) => self.next_of(*every, after),
            Plan::Field { .. } => None,
        };
        next.filter(|next| self.is_within(*next))
    }

    /// From the start on, or else from the beginning of 1970.
    fn next_of(&self, every: Duration, after: Timestamp) -> Option<Timestamp> {
        let origin = self.start.unwrap_or(Timestamp::UNIX_EPOCH).as_microsecond();
        let every = i64::try_from(every.as_micros()).ok().filter(|every| *every > 0)?;
        let passed = after.as_microsecond().checked_sub(origin)?;
        let next =
            origin.checked_add(passed.div_euclid(every).checked_add(1)?.checked_mul(every)?)?;
        Timestamp::from_microsecond(next).ok()
    }

    fn is_within(&self, moment: Timestamp) -> bool {
        self.start.is_none_or(|start| moment >= start) && self.end.is_none_or(|end| moment < end)
    }

    /// Where the search for moments that are due begins, if all before `from` is done: not so far
    /// back that much would be found and not run.
    pub(crate) fn search_from(&self, from: Timestamp, now: Timestamp) -> Timestamp {
        match self.declared.catch_up {
            CatchUp::All => from,
            CatchUp::None => now.checked_sub(PUNCTUAL + TICK).map_or(from, |low| from.max(low)),
            CatchUp::Latest => {
                let low = |window: &SignedDuration| now.checked_sub(*window).ok();
                let holds_one = |low: &Timestamp| {
                    *low <= from || self.next(*low).is_some_and(|moment| moment <= now)
                };
                let found = WINDOWS.iter().filter_map(low).find(holds_one);
                found.map_or(from, |low| from.max(low))
            }
        }
    }

    /// How many moments a record has.
    pub(crate) fn repeats(&self) -> u32 {
        self.declared.repeat.unwrap_or(1)
    }

    /// The `nth` moment of a record whose field holds this value.
    pub(crate) fn moment(&self, value: &Value, nth: u32) -> Option<Timestamp> {
        let (days, rest) = self.offset(nth)?;
        let moment = match value {
            // Time that passes: 2 days are 48 hours.
            Value::Timestamp(moment) => {
                let offset = SignedDuration::from_millis(days.checked_mul(DAY)?);
                moment.checked_add(offset).ok()?
            }
            // Days of the calendar: 2 days before midnight is midnight, whatever the clocks do.
            Value::Date(date) => moment_of(date.checked_add(days.days()).ok()?.into(), &self.zone)?,
            Value::DateTime(local) => moment_of(local.checked_add(days.days()).ok()?, &self.zone)?,
            _ => return None,
        };
        let moment = moment.checked_add(rest).ok()?;
        let micros = moment.as_microsecond();
        Timestamp::from_microsecond(micros).ok().filter(|moment| self.is_within(*moment))
    }

    /// Which values of the field have their `nth` moment after `after` and not after `until`: above
    /// the first, up to the second. It may be some more; [`Self::moment`] says which.
    pub(crate) fn values(
        &self,
        ty: Type,
        nth: u32,
        after: Timestamp,
        until: Timestamp,
    ) -> Option<(Value, Value)> {
        let (days, rest) = self.offset(nth)?;
        let [low, high] = [after, until].map(|moment| moment.checked_sub(rest).ok());
        let (low, high) = (low?, high?);
        let local = |moment: Timestamp| self.zone.to_datetime(moment);
        let back = |local: DateTime| local.checked_sub(days.days()).ok();
        Some(match ty {
            Type::Timestamp => {
                let offset = SignedDuration::from_millis(days.checked_mul(DAY)?);
                (low.checked_sub(offset).ok()?.into(), high.checked_sub(offset).ok()?.into())
            }
            Type::Date => {
                let date = |moment| -> Option<Date> { back(local(moment)).map(DateTime::date) };
                (date(low)?.into(), date(high)?.into())
            }
            // In an overlap the wall clock goes back.
            Type::DateTime => {
                let span = 3.hours();
                let low = back(local(low))?.checked_sub(span).ok()?;
                let high = back(local(high))?.checked_add(span).ok()?;
                (low.into(), high.into())
            }
            _ => return None,
        })
    }

    /// Whole days and the rest, from the field to the `nth` moment.
    fn offset(&self, nth: u32) -> Option<(i64, SignedDuration)> {
        let Plan::Field { offset, every, .. } = self.declared.plan else { return None };
        let every = i64::try_from(every.unwrap_or_default().as_millis()).ok()?;
        let millis = every.checked_mul(i64::from(nth))?.checked_add(offset)?;
        let (days, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
        Some((days, SignedDuration::from_millis(rest)))
    }

    /// Whether a moment that is due runs; `later` is the one that comes after it.
    pub(crate) fn runs(&self, moment: Timestamp, later: Option<Timestamp>, now: Timestamp) -> bool {
        match self.declared.catch_up {
            CatchUp::All => true,
            CatchUp::Latest => later.is_none_or(|later| later > now),
            CatchUp::None => now.duration_since(moment) <= PUNCTUAL,
        }
    }
}

/// In which the latest moment is looked for, the shortest first.
const WINDOWS: [SignedDuration; 4] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24 * 32),
];

const TICK: SignedDuration = SignedDuration::from_nanos(1);

#[cfg(test)]
mod tests;
