//! Expressions that can be read, and what is said of those that cannot.

use super::parse;

/// The values of a field: `9,10`.
fn values(bits: u64) -> String {
    let set = (0..64).filter(|bit| bits & 1_u64 << bit != 0).map(|bit| bit.to_string());
    set.collect::<Vec<_>>().join(",")
}

#[test]
fn fields() {
    let cron = parse("*/15 8-10 1,L JAN-mar 1-5").expect("it is sound");
    assert_eq!(values(cron.seconds), "0");
    assert_eq!(values(cron.minutes), "0,15,30,45");
    assert_eq!(values(cron.hours), "8,9,10");
    assert_eq!((values(cron.days).as_str(), cron.last_day), ("1", true));
    assert_eq!(values(cron.months), "1,2,3");
    assert_eq!(values(cron.weekdays), "1,2,3,4,5");
    assert!(cron.either);
    let cron = parse("30 5/20 0 * * 7").expect("it is sound");
    assert_eq!(values(cron.seconds), "30");
    assert_eq!(values(cron.minutes), "5,25,45");
    assert_eq!(values(cron.weekdays), "0");
    assert!(!cron.either);
    assert_eq!(values(parse("0 0 * * 5-7").map_or(0, |cron| cron.weekdays)), "0,5,6");
    assert!(parse("0 0 29 2 *").is_ok());
    assert!(parse("0 0 30 2 MON").is_ok(), "each Monday in February");
}

#[test]
fn mistakes() {
    for (text, part, headline) in [
        ("0 9 * *", "0 9 * *", "expected five or six fields, found 4"),
        ("@daily", "@daily", "unknown cron expression `@daily`"),
        ("61 9 * * *", "61", "`61` cannot be the minute"),
        ("0 24 * * *", "24", "`24` cannot be the hour"),
        ("0 9 0 * *", "0", "`0` cannot be the day"),
        ("0 9 * JUNE *", "JUNE", "`JUNE` cannot be the month"),
        ("0 9 * * 1-8", "8", "`8` cannot be the weekday"),
        ("0 9 * * +1", "+1", "`+1` cannot be the weekday"),
        ("*/0 9 * * *", "0", "`0` cannot be a step"),
        ("0 22-6 * * *", "22-6", "`22-6` begins behind its end"),
        ("0 0 * * FRI-SUN", "FRI-SUN", "`FRI-SUN` begins behind its end"),
        ("0 9 30 2 *", "30", "there is no day `30` in the months `2`"),
        ("0 9 ,1 * *", "", "`` cannot be the day"),
    ] {
        let wrong = parse(text).expect_err(text);
        assert_eq!(&text[wrong.at.clone()], part, "{text}");
        assert_eq!(wrong.message.lines().next(), Some(headline), "{text}");
    }
}
