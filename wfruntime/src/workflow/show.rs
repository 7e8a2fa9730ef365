//! How values read in the texts of `workflow!`: `"{data.amount} for {data.project}"`.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::collection::{BelongsTo, Id, Scalar};
use crate::identity::Actor;
use crate::value::Value;

/// A value that a text can show.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shown in a text",
    label = "has no text of its own",
    note = "a text shows fields, ids, users and `Option`s of these; `None` shows nothing"
)]
pub trait Show {
    /// Adds the value to the text.
    fn show(&self, text: &mut String);
}

/// Adds the value to a URL: nothing in it means what a character of a URL would.
pub fn show_in_url(value: &(impl Show + ?Sized), url: &mut String) {
    let mut text = String::new();
    value.show(&mut text);
    // A segment of dots leads out of the path, also if it is encoded: so it is encoded twice.
    if ["..", "."].contains(&text.as_str()) && !url.contains('?') {
        url.push_str(&text.replace('.', "%252E"));
    } else {
        url.extend(utf8_percent_encode(&text, RESERVED));
    }
}

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[diagnostic::do_not_recommend]
impl<S: Scalar> Show for S {
    fn show(&self, text: &mut String) {
        value(&self.clone().into_value(), text);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Show> Show for Option<T> {
    fn show(&self, text: &mut String) {
        if let Some(value) = self {
            value.show(text);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T> Show for Id<T> {
    fn show(&self, text: &mut String) {
        push(self, text);
    }
}

#[diagnostic::do_not_recommend]
impl<T> Show for BelongsTo<T> {
    fn show(&self, text: &mut String) {
        self.id().show(text);
    }
}

#[diagnostic::do_not_recommend]
impl Show for Actor {
    fn show(&self, text: &mut String) {
        text.push_str(&self.nickname);
    }
}

macro_rules! displayed {
    ($($rust:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Show for $rust {
            fn show(&self, text: &mut String) {
                push(self, text);
            }
        }
    )*};
}

displayed!(&str, u64, usize, isize, char);

fn push(value: &impl std::fmt::Display, text: &mut String) {
    // Writing to a `String` does not fail.
    let _ = write!(text, "{value}");
}

fn value(value: &Value, text: &mut String) {
    match value {
        Value::Null => {}
        Value::Bool(value) => push(value, text),
        Value::Int(value) => push(value, text),
        Value::Float(value) => push(value, text),
        Value::Text(value) => text.push_str(value),
        Value::Bytes(bytes) => push(&format_args!("{} bytes", bytes.len()), text),
        Value::Decimal(value) => push(value, text),
        Value::Timestamp(value) => push(value, text),
        Value::Date(value) => push(value, text),
        Value::Time(value) => push(value, text),
        Value::DateTime(value) => push(value, text),
        Value::Uuid(value) => push(value, text),
        Value::Json(serde_json::Value::String(value)) => text.push_str(value),
        Value::Json(value) => push(value, text),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn shown(value: &impl Show) -> String {
        let mut text = String::new();
        value.show(&mut text);
        text
    }

    #[test]
    fn values_read_as_people_write_them() {
        assert_eq!(shown(&Decimal::new(12_345, 2)), "123.45");
        assert_eq!(shown(&"Berlin".to_owned()), "Berlin");
        assert_eq!(shown(&Some(true)), "true");
        assert_eq!(shown(&None::<String>), "");
        assert_eq!(shown(&Id::<()>::new(7)), "7");
        assert_eq!(shown(&jiff::civil::date(2026, 11, 24)), "2026-11-24");
        assert_eq!(shown(&vec![1u8, 2]), "2 bytes");
        assert_eq!(shown(&serde_json::json!("text")), "text");
    }

    #[test]
    fn values_in_a_url_stand_for_themselves() {
        let mut url = "https://shop.example/".to_owned();
        show_in_url(&"a/../b?c=d&e#f %ü@-._~".to_owned(), &mut url);
        let expected = "https://shop.example/a%2F..%2Fb%3Fc%3Dd%26e%23f%20%25%C3%BC%40-._~";
        assert_eq!(url, expected);
        let mut url = "https://shop.example/".to_owned();
        show_in_url(&"..".to_owned(), &mut url);
        url.push_str("?by=");
        show_in_url(&".".to_owned(), &mut url);
        assert_eq!(url, "https://shop.example/%252E%252E?by=.");
    }
}
