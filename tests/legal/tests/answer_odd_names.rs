//! Raw identifiers, places inside functions, fields under `cfg`, what was derived, another crate's path.
#![deny(warnings, missing_docs, unreachable_pub)]
#![forbid(unsafe_code)]

mod ours {
    pub(crate) use wfruntime as workflows;
}

use ours::workflows::prelude::*;
use wfruntime::Answer;

#[answer(crate = "crate::ours::workflows")]
#[derive(Debug, Clone, Default)]
struct r#Struct {
    r#type: String,
    from: i32,
    to: Option<i64>,
    value: Vec<u8>,
    #[cfg(any())]
    never: NoSuchType,
    #[cfg(test)]
    always: i16,
}

/// Documented
#[answer]
pub struct Documented {
    /// In words.
    #[field(default = Channel::Cash)]
    pub channel: Channel,
    #[field(range = dec!(0)..=dec!(10), default = dec!(1))]
    amount: Decimal,
    #[field(default = now)]
    at: Timestamp,
}

/// How.
#[choice]
pub enum Channel {
    /// In coins.
    Cash,
}

fn in_a_function() -> &'static str {
    #[answer]
    struct Here {
        there: bool,
    }
    let here = Here { there: true };
    assert_eq!(here.clone(), here);
    assert_eq!(format!("{here:?}"), "Here { there: true }");
    <Here as Answer>::META.rust
}

#[test]
fn compiles_and_is_right() {
    assert_eq!(in_a_function(), "Here");
    assert_eq!(Documented::META.title, "Documented");
    let members = <r#Struct as Answer>::META.members;
    let names: Vec<&str> = members.iter().map(|member| member.json).collect();
    assert_eq!(names, ["type", "from", "to", "value", "always"]);
    let titles: Vec<_> = Documented::META.members.iter().map(|it| it.options.title).collect();
    assert_eq!(titles, [Some("In words"), Some("Amount"), Some("At")]);
    let kept = r#Struct { r#type: "a".to_owned(), always: 5, ..Default::default() };
    let _ = (kept.from, kept.to, &kept.value);
}
