//! Moments of records, bounds, and what is caught up.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::Planned;
use crate::schedule::{CatchUp, Plan, Schedule};
use crate::value::{Type, Value};

const DAY: i64 = 86_400_000;

const BARE: Schedule = Schedule {
    plan: Plan::Every(Duration::from_secs(3600)),
    timezone: "Europe/Berlin",
    start: None,
    end: None,
    repeat: None,
    catch_up: CatchUp::Latest,
    text: "",
};

fn planned(schedule: Schedule) -> Planned {
    let column = matches!(schedule.plan, Plan::Field { .. }).then_some(5);
    Planned::new(Box::leak(Box::new(schedule)), column).expect("it is sound")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn of_field(offset: i64) -> Planned {
    planned(Schedule { plan: Plan::Field { name: "due_on", offset, every: None }, ..BARE })
}

#[test]
fn days_before_a_date_are_days_of_the_calendar() {
    let two_days_before = of_field(-2 * DAY);
    // The clocks change on 29 March.
    let due = Value::from("2026-03-30".parse::<Date>().expect("a date"));
    assert_eq!(two_days_before.moment(&due, 0), Some(at("2026-03-27T23:00:00Z")));
    let nine_hours_after = of_field(-2 * DAY + 9 * 3_600_000);
    assert_eq!(nine_hours_after.moment(&due, 0), Some(at("2026-03-28T08:00:00Z")));
    let moment = Value::from(at("2026-03-30T00:00:00Z"));
    assert_eq!(two_days_before.moment(&moment, 0), Some(at("2026-03-28T00:00:00Z")));
    let local = Value::from("2026-03-30T12:00".parse::<DateTime>().expect("a time"));
    assert_eq!(two_days_before.moment(&local, 0), Some(at("2026-03-28T11:00:00Z")));
    assert_eq!(two_days_before.moment(&Value::Null, 0), None);
}

/// What `values` asks for holds every value whose moment is due, at each hour of a year.
#[test]
fn no_value_that_is_due_is_left_out() {
    let hour = jiff::SignedDuration::from_hours(1);
    for offset in [0, -2 * DAY, 36 * 3_600_000, -1] {
        let planned = of_field(offset);
        let mut date = "2026-03-20".parse::<Date>().expect("a date");
        for _ in 0..240 {
            let local = date.at(2, 30, 0, 0);
            let dated = [(Type::Date, Value::from(date)), (Type::DateTime, Value::from(local))];
            for (ty, value) in dated {
                let moment = planned.moment(&value, 0).expect("a moment");
                let edge = moment.checked_sub(jiff::SignedDuration::from_micros(1));
                for after in [moment.checked_sub(hour), edge].map(|it| it.expect("a moment")) {
                    let (low, high) = planned.values(ty, 0, after, moment).expect("values");
                    let is_in = match (&value, &low, &high) {
                        (Value::Date(it), Value::Date(low), Value::Date(high)) => {
                            low < it && it <= high
                        }
                        (Value::DateTime(it), Value::DateTime(low), Value::DateTime(high)) => {
                            low < it && it <= high
                        }
                        _ => false,
                    };
                    assert!(is_in, "{value:?} with {offset}, after {after}: {low:?} to {high:?}");
                }
            }
            date = date.tomorrow().expect("a day");
        }
    }
}

#[test]
fn repeated_for_each_record() {
    let weekly =
        Plan::Field { name: "due_on", offset: 0, every: Some(Duration::from_secs(7 * 24 * 3600)) };
    let weekly = planned(Schedule { plan: weekly, repeat: Some(3), ..BARE });
    let due = Value::from("2026-03-23".parse::<Date>().expect("a date"));
    // Midnight each time, in summer too.
    assert_eq!(weekly.moment(&due, 1), Some(at("2026-03-29T22:00:00Z")));
    assert_eq!(weekly.repeats(), 3);
}

#[test]
fn start_and_end() {
    let bounded = planned(Schedule {
        start: Some("2026-01-01T00:30"),
        end: Some("2026-01-01T02:30:00"),
        ..BARE
    });
    // In Berlin it is an hour later than in UTC.
    assert_eq!(bounded.next(at("2020-01-01T00:00:00Z")), Some(at("2025-12-31T23:30:00Z")));
    assert_eq!(bounded.next(at("2025-12-31T23:30:00Z")), Some(at("2026-01-01T00:30:00Z")));
    assert_eq!(bounded.next(at("2026-01-01T00:30:00Z")), None);
}

#[test]
fn words_without_a_meaning() {
    let fault = |schedule: Schedule| Planned::new(Box::leak(Box::new(schedule)), None).err();
    let wrong = fault(Schedule { timezone: "Europe/Pariss", ..BARE }).unwrap_or_default();
    assert!(wrong.starts_with("unknown time zone `Europe/Pariss`\n"), "{wrong}");
    let backwards = Schedule { start: Some("2026-02-01"), end: Some("2026-01-01"), ..BARE };
    assert_eq!(fault(backwards).as_deref(), Some("the schedule ends before it starts"));
}

#[test]
fn what_was_missed() {
    let (now, moment) = (at("2026-01-05T09:00:00Z"), at("2026-01-05T08:00:00Z"));
    let runs =
        |catch_up, moment, later| planned(Schedule { catch_up, ..BARE }).runs(moment, later, now);
    assert!(runs(CatchUp::All, moment, Some(now)));
    assert!(!runs(CatchUp::Latest, moment, Some(now)));
    assert!(runs(CatchUp::Latest, moment, None));
    assert!(!runs(CatchUp::None, moment, None));
    assert!(runs(CatchUp::None, at("2026-01-05T08:59:30Z"), None));
}

#[test]
fn the_latest_is_found_without_a_search_through_all() {
    let every_second = Plan::Every(Duration::from_secs(1));
    let latest = planned(Schedule { plan: every_second, ..BARE });
    let (long_ago, now) = (at("1990-01-05T09:00:00Z"), at("2026-01-05T09:00:00.5Z"));
    assert_eq!(latest.search_from(long_ago, now), at("2026-01-05T08:59:00.5Z"));
    let recent = at("2026-01-05T08:59:59Z");
    assert_eq!(latest.search_from(recent, now), recent);
    let all = planned(Schedule { catch_up: CatchUp::All, ..BARE });
    assert_eq!(all.search_from(long_ago, now), long_ago);
}
