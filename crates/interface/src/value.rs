//! Values of constants as numbers.

use crate::model::Value;

impl Value {
    /// The whole number that it is, one that JSON cannot hold among them; nothing when it is something else.
    pub fn integer(&self) -> Option<i128> {
        match &self.0 {
            serde_json::Value::Number(number) => number
                .as_i64()
                .map(i128::from)
                .or_else(|| number.as_u64().map(i128::from)),
            serde_json::Value::String(digits) => digits.parse().ok(),
            _ => None,
        }
    }
}
