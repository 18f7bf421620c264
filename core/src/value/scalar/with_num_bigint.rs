//! [`num_bigint::BigInt`], both ways (feature `num-bigint`).
//!
//! Writing borrows bytes, so they have to be somewhere first: `BigInt::from_le_bytes(&number.to_signed_bytes_le())`.

#![forbid(unsafe_code)]

use super::BigInt;
use crate::{error::Error, value::Value};

impl From<BigInt<'_>> for num_bigint::BigInt {
    /// A copy. O(length).
    fn from(int: BigInt<'_>) -> num_bigint::BigInt {
        num_bigint::BigInt::from_signed_bytes_le(int.as_le_bytes())
    }
}

impl TryFrom<Value<'_>> for num_bigint::BigInt {
    type Error = Error;

    /// A whole number of any size; [`Error::WrongType`] for anything else.
    fn try_from(value: Value<'_>) -> Result<num_bigint::BigInt, Error> {
        match value {
            Value::Int(int) => Ok(int.into()),
            Value::Uint(int) => Ok(int.into()),
            Value::BigInt(int) => Ok(int.into()),
            _ => Err(Error::WrongType),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_lead_back() {
        for power in [0, 7, 8, 63, 64, 4096] {
            let positive: num_bigint::BigInt = num_bigint::BigInt::from(1) << power;
            let negative = -&positive;
            for near in [positive, negative] {
                for number in [&near - 1, near.clone(), &near + 1] {
                    let bytes = number.to_signed_bytes_le();
                    let int = BigInt::from_le_bytes(&bytes);
                    assert_eq!(num_bigint::BigInt::from(int), number);
                    assert_eq!(num_bigint::BigInt::try_from(Value::BigInt(int)), Ok(number));
                }
            }
        }
        assert_eq!(num_bigint::BigInt::try_from(Value::Uint(u64::MAX)), Ok(u64::MAX.into()));
        assert_eq!(num_bigint::BigInt::try_from(Value::Null), Err(Error::WrongType));
    }
}
