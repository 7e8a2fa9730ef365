//! The moments of a cron expression in a time zone: gaps, overlaps, leap years, last days.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// How many days are looked ahead: two leap days can be eight years apart.
const HORIZON: u32 = 9 * 366;

/// A cron expression as its macro has read it: each field as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the fields of a cron expression")]
pub struct Cron {
    pub seconds: u64,
    pub minutes: u64,
    pub hours: u32,
    /// Bit 1 to 31.
    pub days: u32,
    /// `L`: the last day of the month, whichever it is.
    pub last_day: bool,
    /// Bit 1 to 12.
    pub months: u16,
    /// Bit 0 to 6, Sunday first.
    pub weekdays: u8,
    /// Both days and weekdays are restricted: either of them is enough.
    pub either: bool,
}

impl Cron {
    const EVERY_HOUR: u32 = (1 << 24) - 1;

    /// The first moment after this one; none if there is none within nine years.
    #[must_use]
    pub(crate) fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.hours == Self::EVERY_HOUR {
            return self.next_elapsed(after, zone);
        }
        let mut local = zone.to_datetime(after);
        loop {
            local = self.next_local(local)?;
            // In an overlap the first of the two; what lay in a gap is due as it ends.
            let moment = moment_of(local, zone)?;
            if moment > after {
                return Some(moment);
            }
        }
    }

    /// Of an expression that names no hour, each hour that passes is one, also the second of an
    /// overlap: the wall clock is read anew after each change of the offset.
    fn next_elapsed(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut after = after;
        for _ in 0..HORIZON {
            let offset = zone.to_offset(after.checked_add(TICK).ok()?);
            // The offset of the moment itself may have ended with it.
            let local = offset.to_datetime(after);
            let found = self.next_local(local).and_then(|local| offset.to_timestamp(local).ok());
            let change = zone.following(after.checked_add(TICK).ok()?).next();
            match (found, change.map(|change| change.timestamp())) {
                (Some(found), Some(change)) if found >= change => {
                    after = change.checked_sub(TICK).ok()?;
                }
                (Some(found), _) => return Some(found),
                (None, _) => return None,
            }
        }
        None
    }

    /// The next time on the wall clock, without regard to the zone.
    fn next_local(&self, after: DateTime) -> Option<DateTime> {
        let start = after.checked_add(SignedDuration::from_nanos(1)).ok()?;
        let mut date = start.date();
        let mut earliest = start.time();
        for _ in 0..HORIZON {
            if self.is_on(date)
                && let Some(time) = self.next_time(earliest)
            {
                return Some(date.to_datetime(time));
            }
            date = date.tomorrow().ok()?;
            earliest = Time::midnight();
        }
        None
    }

    fn is_on(&self, date: Date) -> bool {
        if self.months & (1 << date.month()) == 0 {
            return false;
        }
        let is_day = self.days & (1 << date.day()) != 0
            || (self.last_day && date.day() == date.days_in_month());
        let is_weekday = self.weekdays & (1 << date.weekday().to_sunday_zero_offset()) != 0;
        if self.either { is_day || is_weekday } else { is_day && is_weekday }
    }

    /// The first time of a day at or after this one.
    fn next_time(&self, from: Time) -> Option<Time> {
        let started = i8::from(from.subsec_nanosecond() > 0);
        let seconds = u64::from(from.second().cast_unsigned()) + u64::from(started.cast_unsigned());
        let (mut hour, mut minute) =
            (u64::from(from.hour().cast_unsigned()), u64::from(from.minute().cast_unsigned()));
        let mut second = next_bit(self.seconds, seconds);
        if second.is_none() {
            minute += 1;
        }
        let mut found = next_bit(self.minutes, minute);
        if found != Some(u64::from(from.minute().cast_unsigned())) {
            second = next_bit(self.seconds, 0);
        }
        if found.is_none() {
            hour += 1;
        }
        let at = next_bit(u64::from(self.hours), hour)?;
        if at != u64::from(from.hour().cast_unsigned()) {
            (found, second) = (next_bit(self.minutes, 0), next_bit(self.seconds, 0));
        }
        let part = |value: u64| i8::try_from(value).ok();
        Time::new(part(at)?, part(found?)?, part(second?)?, 0).ok()
    }
}

/// The least step of a moment.
const TICK: SignedDuration = SignedDuration::from_nanos(1);

/// The first set bit at or after `from`.
fn next_bit(bits: u64, from: u64) -> Option<u64> {
    let left = bits.checked_shr(u32::try_from(from).ok()?).unwrap_or(0);
    (left != 0).then(|| from + u64::from(left.trailing_zeros()))
}

/// When the wall clock of a zone shows this: the first time, or as the gap ends that leaves it out.
pub(super) fn moment_of(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
        AmbiguousOffset::Gap { before, .. } => {
            let inside = before.to_timestamp(local).ok()?.checked_add(TICK).ok()?;
            zone.preceding(inside).next().map(|change| change.timestamp())
        }
    }
}

#[cfg(test)]
mod tests;
