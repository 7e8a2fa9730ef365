//! `dec!`: exact decimal numbers in source text, without another dependency.

use rust_decimal::Decimal;

/// An exact decimal number, checked when it is compiled: `dec!(500)`, `dec!(-12.50)`.
///
/// ```
/// use wfruntime::prelude::*;
///
/// assert_eq!(dec!(0.1) + dec!(0.2), dec!(0.3));
/// ```
#[macro_export]
macro_rules! dec {
    ($($number:tt)+) => {
        const { $crate::private::decimal(::core::stringify!($($number)+)) }
    };
}

/// The number that a text says; used by `dec!` in a constant.
///
/// # Panics
/// The text is no decimal number of at most 28 digits: an error when it is compiled.
#[must_use]
pub const fn decimal(text: &str) -> Decimal {
    let bytes = text.as_bytes();
    let (mut number, mut digits, mut scale, mut index) = (0_u128, 0_u32, 0_u32, 0);
    let (mut negative, mut fraction) = (false, false);
    while index < bytes.len() {
        match bytes[index] {
            b'-' if index == 0 => negative = true,
            b' ' | b'_' => {}
            b'.' if !fraction => fraction = true,
            digit @ b'0'..=b'9' => {
                number = number * 10 + (digit - b'0') as u128;
                digits += 1;
                scale += fraction as u32;
                assert!(number < 1 << 96 && scale <= 28 && digits < 38, "too many digits");
            }
            _ => panic!("expected a decimal number such as `12.50`"),
        }
        index += 1;
    }
    assert!(digits > 0, "expected a decimal number such as `12.50`");
    let (low, middle, high) = (number as u32, (number >> 32) as u32, (number >> 64) as u32);
    Decimal::from_parts(low, middle, high, negative, scale)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    #[test]
    fn numbers_in_source_text() {
        for (number, text) in [
            (dec!(500), "500"),
            (dec!(-12.50), "-12.50"),
            (dec!(1_000.001), "1000.001"),
            (dec!(0), "0"),
            (dec!(7.), "7"),
            (dec!(79228162514264337593543950335), "79228162514264337593543950335"),
        ] {
            assert_eq!(number.to_string(), text);
        }
        assert_eq!(dec!(-0.5), Decimal::new(-5, 1));
    }
}
