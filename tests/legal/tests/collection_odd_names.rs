//! Raw identifiers, modules inside functions, fields named as what generated code uses.
#![deny(warnings)]

use wfruntime::collection::IntoDraft;
use wfruntime::prelude::*;

mod inner {
    use wfruntime::prelude::*;

    #[collection]
    pub(super) struct Private {
        given: String,
        pub(super) set: i64,
        missing: Option<bool>,
        r#type: String,
        new: i32,
        changes: i32,
        from: i32,
        to: i32,
        is_set: bool,
        into_draft: f32,
        value: Vec<u8>,
        #[cfg(any())]
        never: NoSuchType,
        #[cfg(test)]
        always: i16,
    }

    pub(super) fn new() -> impl wfruntime::collection::IntoDraft<Private> {
        let texts = Private::new().given("g").set(1).r#type("t").new(1).changes(2).from(3).to(4);
        texts.is_set(true).into_draft(0.5).value(vec![1]).always(1)
    }
}

#[collection]
struct r#Struct {
    r#match: String,
}

fn in_a_function() -> &'static str {
    mod here {
        use super::*;

        #[collection]
        pub(super) struct Here {
            there: BelongsTo<super::r#Struct>,
        }
    }
    here::Here::definition().name()
}

#[derive(Debug)]
struct Unrelated;

#[collection]
#[derive(Debug, Clone, Default, std::cmp::PartialEq)]
struct Derived {
    title: String,
}

#[choice]
#[derive(Debug, PartialOrd, Ord, Default)]
enum r#Enum {
    #[default]
    r#As,
    #[cfg(any())]
    Never,
    HTTPError,
}

#[test]
fn compiles_and_is_right() {
    assert_eq!(inner::new().into_draft().into_values().len(), 5 + 12);
    assert_eq!(r#Struct::definition().name(), "structs");
    assert_eq!(in_a_function(), "heres");
    assert_eq!(Derived::default().title, "");
    assert_eq!(Enum::default().name(), "as");
    assert_eq!("http_error".parse(), Ok(Enum::HTTPError));
    let _ = Unrelated;
}
