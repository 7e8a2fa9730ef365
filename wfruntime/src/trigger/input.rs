//! Values that come with a request and are no record: given their types before anything is written.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Fault, Result};

/// The values of an input; of none the nothing of its type.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field that does not fit.
pub(crate) fn read<V: DeserializeOwned>(input: Option<&Value>) -> Result<V> {
    let input = input.unwrap_or(&Value::Null);
    serde_path_to_error::deserialize(input).map_err(|error| {
        let (path, text) = (error.path().to_string(), error.inner().to_string());
        let at = if path == "." { missing(&text).map(str::to_owned) } else { Some(path) };
        let fault = Fault::new("wrong_value", text);
        let fault = match at {
            Some(at) => fault.at(at),
            None => fault,
        };
        Error::faults(ErrorKind::Invalid, vec![fault])
    })
}

/// The field of "missing field `name`".
fn missing(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("missing field `")?;
    rest.split_once('`').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        lines: Vec<Line>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Line {
        amount: u8,
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let told = |value: Value| match read::<Order>(Some(&value)) {
            Ok(_) => "fits".to_owned(),
            Err(error) => format!("{:?}", error.all()[0].field),
        };
        assert_eq!(told(json!({ "lines": [{ "amount": 1 }] })), "fits");
        assert_eq!(told(json!({})), r#"Some("lines")"#);
        assert_eq!(told(json!({ "lines": [{ "amount": 900 }] })), r#"Some("lines[0].amount")"#);
        assert_eq!(told(json!([3])), r#"Some("[0]")"#);
        assert_eq!(read::<()>(None).ok(), Some(()));
    }
}
