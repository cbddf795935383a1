//! Values as the interface has them.

use nlib_interface::Value;

/// The largest integer that every reader of JSON can hold: 2^53 - 1.
const LARGEST: i128 = (1 << 53) - 1;

/// A whole number: as a text of digits beyond what every reader of JSON can hold.
pub fn integer_value(number: i128) -> Value {
    let small = i64::try_from(number)
        .ok()
        .filter(|_| number.abs() <= LARGEST);
    Value(match small {
        Some(small) => small.into(),
        None => number.to_string().into(),
    })
}

/// A floating-point number: as a text where JSON has none.
pub fn float_value(number: f64) -> Value {
    Value(match serde_json::Number::from_f64(number) {
        Some(finite) => finite.into(),
        None if number.is_nan() => "nan".into(),
        None if number > 0.0 => "inf".into(),
        None => "-inf".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(number: i128) -> String {
        integer_value(number).0.to_string()
    }

    #[test]
    fn numbers_that_json_cannot_hold_are_texts() {
        assert_eq!(integer((1 << 53) - 1), "9007199254740991");
        assert_eq!(integer(1 << 53), "\"9007199254740992\"");
        assert_eq!(integer(-(1 << 53) + 1), "-9007199254740991");
        assert_eq!(integer(u64::MAX.into()), "\"18446744073709551615\"");
        assert_eq!(float_value(0.25).0.to_string(), "0.25");
        assert_eq!(float_value(f64::NEG_INFINITY).0.to_string(), "\"-inf\"");
        assert_eq!(float_value(f64::NAN).0.to_string(), "\"nan\"");
    }
}
