//! Moments of cron expressions, against what the calendar shows and a search minute by minute.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Cron;

const ANY: Cron = Cron {
    seconds: 1,
    minutes: (1 << 60) - 1,
    hours: (1 << 24) - 1,
    days: 0xffff_fffe,
    last_day: false,
    months: 0x1ffe,
    weekdays: 0x7f,
    either: false,
};

fn moments(cron: Cron, zone: &str, after: &str, count: usize) -> Vec<String> {
    let zone = TimeZone::get(zone).expect("a zone");
    let mut at: Timestamp = after.parse().expect("a moment");
    let mut found = Vec::new();
    while found.len() < count {
        at = cron.next(at, &zone).expect("a next moment");
        found.push(format!("{}{}", zone.to_datetime(at), zone.to_offset(at)));
    }
    found
}

#[test]
fn working_days_at_nine() {
    let cron = Cron { minutes: 1, hours: 1 << 9, weekdays: 0b011_1110, ..ANY };
    // A Friday.
    assert_eq!(
        moments(cron, "Europe/Paris", "2026-01-09T08:00:00Z", 2),
        ["2026-01-12T09:00:00+01", "2026-01-13T09:00:00+01"]
    );
    assert_eq!(
        moments(cron, "Europe/Paris", "2026-01-09T07:59:59.5Z", 1),
        ["2026-01-09T09:00:00+01"]
    );
}

#[test]
fn a_named_hour_in_a_gap_comes_once_as_the_gap_ends() {
    let cron = Cron { minutes: 1 << 30, hours: 1 << 2, ..ANY };
    assert_eq!(
        moments(cron, "Europe/Berlin", "2026-03-28T00:00:00Z", 3),
        ["2026-03-28T02:30:00+01", "2026-03-29T03:00:00+02", "2026-03-30T02:30:00+02"]
    );
    // All that lies in the gap is one moment.
    let cron = Cron { minutes: 1 | 1 << 15 | 1 << 30, hours: 1 << 2 | 1 << 3, ..ANY };
    assert_eq!(
        moments(cron, "Europe/Berlin", "2026-03-29T00:00:00Z", 2),
        ["2026-03-29T03:00:00+02", "2026-03-29T03:15:00+02"]
    );
}

#[test]
fn a_named_hour_in_an_overlap_comes_once() {
    let cron = Cron { minutes: 1 << 30, hours: 1 << 2, ..ANY };
    assert_eq!(
        moments(cron, "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T02:30:00+02", "2026-10-26T02:30:00+01"]
    );
}

#[test]
fn without_a_named_hour_each_hour_that_passes_counts() {
    let cron = Cron { minutes: 1 << 30, ..ANY };
    assert_eq!(
        moments(cron, "Europe/Berlin", "2026-10-24T23:45:00Z", 4),
        [
            "2026-10-25T02:30:00+02",
            "2026-10-25T02:30:00+01",
            "2026-10-25T03:30:00+01",
            "2026-10-25T04:30:00+01"
        ]
    );
    assert_eq!(
        moments(cron, "Europe/Berlin", "2026-03-29T00:00:00Z", 3),
        ["2026-03-29T01:30:00+01", "2026-03-29T03:30:00+02", "2026-03-29T04:30:00+02"]
    );
}

#[test]
fn days_that_some_months_do_not_have() {
    let at_nine = Cron { minutes: 1, hours: 1 << 9, ..ANY };
    let thirty_first = Cron { days: 1 << 31, ..at_nine };
    assert_eq!(
        moments(thirty_first, "UTC", "2026-01-31T09:00:00Z", 3),
        ["2026-03-31T09:00:00+00", "2026-05-31T09:00:00+00", "2026-07-31T09:00:00+00"]
    );
    let last = Cron { days: 0, last_day: true, ..at_nine };
    assert_eq!(
        moments(last, "UTC", "2028-01-31T09:00:00Z", 2),
        ["2028-02-29T09:00:00+00", "2028-03-31T09:00:00+00"]
    );
    let leap = Cron { days: 1 << 29, months: 1 << 2, ..at_nine };
    assert_eq!(moments(leap, "UTC", "2096-03-01T00:00:00Z", 1), ["2104-02-29T09:00:00+00"]);
    let never = Cron { days: 1 << 30, months: 1 << 2, ..at_nine };
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a moment");
    assert_eq!(never.next(now, &TimeZone::UTC), None);
}

#[test]
fn either_of_day_and_weekday() {
    let cron = Cron { minutes: 1, hours: 1, days: 1 << 13, weekdays: 1 << 5, either: true, ..ANY };
    assert_eq!(
        moments(cron, "UTC", "2026-01-09T00:00:00Z", 2),
        ["2026-01-13T00:00:00+00", "2026-01-16T00:00:00+00"]
    );
}

/// Whatever the sets are: the next moment is what a search minute by minute finds first.
#[test]
fn as_a_search_minute_by_minute() {
    let zone = TimeZone::get("America/Toronto").expect("a zone");
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let minute = SignedDuration::from_mins(1);
    for _ in 0..300 {
        let cron = Cron {
            minutes: (random() & random() & ANY.minutes) | 1 << 7,
            hours: u32::try_from(random() & random() & 0x00ff_ffff).expect("24 bits") | 1 << 5,
            weekdays: u8::try_from(random() & 0x7f).expect("7 bits") | 1,
            ..ANY
        };
        // Around the gap of 8 March and the overlap of 1 November 2026, but in neither of them.
        let start: Timestamp = "2026-03-01T05:00:00Z".parse().expect("a moment");
        let hours = i64::try_from(random() % (250 * 24)).expect("small");
        let start = start.checked_add(SignedDuration::from_hours(hours)).expect("a moment");
        let shows = |moment: Timestamp| {
            let local = zone.to_datetime(moment);
            let bit = |value: i8| 1_u64 << value.cast_unsigned();
            cron.minutes & bit(local.minute()) != 0
                && u64::from(cron.hours) & bit(local.hour()) != 0
                && u64::from(cron.weekdays) & bit(local.weekday().to_sunday_zero_offset()) != 0
        };
        let is_odd = |moment: Timestamp| {
            ["2026-03-08", "2026-11-01"]
                .contains(&zone.to_datetime(moment).date().to_string().as_str())
        };
        let mut expected = start.checked_add(minute).expect("a moment");
        while !shows(expected) {
            expected = expected.checked_add(minute).expect("a moment");
        }
        let found = cron.next(start, &zone).expect("a next moment");
        if !is_odd(start) && !is_odd(expected) && !is_odd(found) {
            assert_eq!(found, expected, "{cron:?} after {start}");
        }
        assert!(found > start, "{cron:?} after {start}");
    }
}
