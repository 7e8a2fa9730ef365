//! Which fields have sums and averages, and of which type those are.

use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::value::Value;

/// A field that holds numbers.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` holds no numbers",
    label = "expected integers, floats or a `Decimal`"
)]
pub trait Numeric {
    /// The type of a sum: wide enough for all sums the store computes.
    type Sum: Serialize + DeserializeOwned + Send + 'static;
    /// The type of an average.
    type Average: Serialize + DeserializeOwned + Send + 'static;

    /// The sum that the store computed.
    ///
    /// # Errors
    /// The value, if it is none.
    fn sum(value: Value) -> Result<Self::Sum, Value>;

    /// The average that the store computed.
    ///
    /// # Errors
    /// The value, if it is none.
    fn average(value: Value) -> Result<Self::Average, Value>;
}

macro_rules! numeric {
    ($($rust:ty => $sum:ty, $read_sum:ident, $average:ty, $read_average:ident);* $(;)?) => {$(
        #[diagnostic::do_not_recommend]
        impl Numeric for $rust {
            type Sum = $sum;
            type Average = $average;

            fn sum(value: Value) -> Result<$sum, Value> {
                $read_sum(value)
            }

            fn average(value: Value) -> Result<$average, Value> {
                $read_average(value)
            }
        }

        #[diagnostic::do_not_recommend]
        impl Numeric for Option<$rust> {
            type Sum = $sum;
            type Average = $average;

            fn sum(value: Value) -> Result<$sum, Value> {
                $read_sum(value)
            }

            fn average(value: Value) -> Result<$average, Value> {
                $read_average(value)
            }
        }
    )*};
}

numeric! {
    i8 => i64, integer, f64, float;
    i16 => i64, integer, f64, float;
    i32 => i64, integer, f64, float;
    i64 => i64, integer, f64, float;
    u8 => i64, integer, f64, float;
    u16 => i64, integer, f64, float;
    u32 => i64, integer, f64, float;
    f32 => f64, float, f64, float;
    f64 => f64, float, f64, float;
    Decimal => Decimal, decimal, Decimal, decimal;
}

fn integer(value: Value) -> Result<i64, Value> {
    value.as_int().ok_or(value)
}

fn float(value: Value) -> Result<f64, Value> {
    match value {
        // A sum of large ones can be infinite, which no field can be.
        Value::Float(number) if number.is_finite() => Ok(number),
        other => Err(other),
    }
}

fn decimal(value: Value) -> Result<Decimal, Value> {
    match value {
        Value::Decimal(number) => Ok(number),
        other => Err(other),
    }
}
