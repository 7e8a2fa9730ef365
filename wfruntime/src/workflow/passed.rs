//! What own code is given, as people see it: without asking anything of the types that it takes.

use serde::Serialize;
use serde_json::Value;

/// A value that is given to own code.
///
/// `(&&Passed(&value)).shown()` finds [`ShownByValue`] where the type can be written as JSON, and one
/// step of references further [`ShownByType`], which every type has. A `Debug` text would not say
/// which parts of it are secrets.
#[derive(Debug)]
pub struct Passed<'v, T>(pub &'v T);

/// Shown as what it is.
pub trait ShownByValue {
    /// The value as JSON.
    fn shown(&self) -> Value;
}

impl<T: Serialize> ShownByValue for &Passed<'_, T> {
    fn shown(&self) -> Value {
        serde_json::to_value(self.0).unwrap_or_else(|_| type_name(self.0))
    }
}

/// Shown as what kind of thing it is.
pub trait ShownByType {
    /// The name of its type.
    fn shown(&self) -> Value;
}

impl<T> ShownByType for Passed<'_, T> {
    fn shown(&self) -> Value {
        type_name(self.0)
    }
}

fn type_name<T>(_: &T) -> Value {
    std::any::type_name::<T>().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    #[expect(clippy::needless_borrow, reason = "as generated code calls it, whatever the type")]
    fn a_value_is_shown_as_json_if_it_can_be() {
        struct Mute;
        assert_eq!((&&Passed(&"a")).shown(), json!("a"));
        assert_eq!((&&Passed(&vec![Some(1), None])).shown(), json!([1, null]));
        let shown = (&&Passed(&Mute)).shown();
        assert!(shown.as_str().is_some_and(|name| name.ends_with("::Mute")), "{shown}");
    }
}
