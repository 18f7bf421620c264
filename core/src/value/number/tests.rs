use super::*;

fn order(a: Value<'_>, b: Value<'_>) -> Option<Ordering> {
    Some(Number::of(a)?.order(Number::of(b)?))
}

/// Numbers in ascending order, those that are equal in one row.
const RISING: &[&[Value<'static>]] = &[
    &[Value::Float(f64::NEG_INFINITY)],
    &[Value::Float(f64::MIN)],
    &[Value::Float(-9223372036854777856.0)],
    &[Value::Int(i64::MIN), Value::Float(-9223372036854775808.0)],
    &[Value::Int(i64::MIN + 1)],
    &[Value::Float(-9223372036854774784.0), Value::Int(-9223372036854774784)],
    &[Value::Int(-(1 << 53) - 1)],
    &[Value::Int(-(1 << 53)), Value::Float(-9007199254740992.0)],
    &[Value::Int(-1), Value::Float(-1.0)],
    &[Value::Float(-0.5)],
    &[Value::Float(-f64::MIN_POSITIVE)],
    &[Value::Float(-5e-324)],
    &[Value::Int(0), Value::Bool(false), Value::Float(0.0), Value::Float(-0.0), Value::Uint(0)],
    &[Value::Float(5e-324)],
    &[Value::Float(1e-323)],
    &[Value::Float(2.225073858507201e-308)],
    &[Value::Float(f64::MIN_POSITIVE)],
    &[Value::Float(0.1)],
    &[Value::Float(1.0 - f64::EPSILON / 2.0)],
    &[Value::Bool(true), Value::Int(1), Value::Float(1.0), Value::Uint(1)],
    &[Value::Float(1.0 + f64::EPSILON)],
    &[Value::Int(2), Value::Float(2.0)],
    &[Value::Int(1 << 53), Value::Float(9007199254740992.0)],
    &[Value::Int((1 << 53) + 1)],
    &[Value::Float(9007199254740994.0)],
    &[Value::Int(i64::MAX), Value::Uint(i64::MAX as u64)],
    &[Value::Uint(1 << 63), Value::Float(9223372036854775808.0)],
    &[Value::Uint(u64::MAX - 2047), Value::Float(18446744073709549568.0)],
    &[Value::Uint(u64::MAX)],
    &[Value::Float(18446744073709551616.0)],
    &[Value::Float(f64::MAX)],
    &[Value::Float(f64::INFINITY)],
];

#[test]
fn numbers_of_all_types_stand_in_one_order() {
    for (i, row) in RISING.iter().enumerate() {
        for (j, other) in RISING.iter().enumerate() {
            for a in row.iter() {
                for b in other.iter() {
                    assert_eq!(order(*a, *b), Some(i.cmp(&j)), "{a:?} beside {b:?}");
                }
            }
        }
    }
}

#[test]
fn floats_stand_as_the_processor_orders_them() {
    let mut state = 1u64;
    for _ in 0..if cfg!(miri) { 300 } else { 100_000 } {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let a = f64::from_bits(state ^ state >> 17);
        let b = f64::from_bits((state ^ state >> 17) ^ 1 << (state >> 58));
        assert_eq!(order(Value::Float(a), Value::Float(b)), a.partial_cmp(&b), "{a} beside {b}");
    }
}

#[test]
fn nan_stands_nowhere() {
    for (other, _) in RISING.iter().flat_map(|row| row.iter().map(|value| (*value, ()))) {
        assert_eq!(order(Value::Float(f64::NAN), other), None);
        assert_eq!(order(other, Value::Float(-f64::NAN)), None);
    }
    assert!(Number::of(Value::Null).is_none() && Number::of(Value::Text("1")).is_none());
}

#[cfg(feature = "scalars")]
mod long {
    extern crate std;
    use std::{vec, vec::Vec};

    use super::*;
    use crate::BigInt;

    fn decimal(text: &'static str) -> Value<'static> {
        Value::Decimal(Decimal::parse(text).unwrap())
    }

    /// Seen red on: a float told by as many digits as the decimal beside it has.
    #[test]
    fn decimals_and_large_numbers_stand_among_the_others() {
        let bytes: Vec<[u8; 16]> = [-(1i128 << 100) - 1, -(1 << 100), -(1 << 63) - 1, 1 << 64, (1 << 64) + 1]
            .map(i128::to_le_bytes)
            .into();
        let big = |index: usize| Value::BigInt(BigInt::from_le_bytes(&bytes[index]));
        let five = 5i128.to_le_bytes();
        // Each row is less than the next.
        let rising: &[&[Value<'_>]] = &[
            &[decimal("-Infinity"), Value::Float(f64::NEG_INFINITY)],
            &[decimal("-1E+400")],
            &[Value::Float(f64::MIN)],
            &[big(0), decimal("-1267650600228229401496703205377")],
            &[
                big(1),
                decimal("-1267650600228229401496703205376.00"),
                Value::Float(-1267650600228229401496703205376.0),
            ],
            &[decimal("-1267650600228229401496703205375.999")],
            &[big(2), decimal("-9223372036854775809")],
            &[Value::Int(i64::MIN), decimal("-9223372036854775808.0")],
            &[Value::Float(-0.1)],
            &[decimal("-0.1")],
            &[Value::Int(0), decimal("0E+5"), decimal("-0"), Value::Bool(false), Value::Float(-0.0)],
            &[decimal("1E-400")],
            &[Value::Float(5e-324)],
            &[decimal("5E-324")],
            &[decimal("0.1")],
            // The float, rounded to as many digits.
            &[decimal("0.10000000000000000555111512312578")],
            &[
                Value::Float(0.1),
                decimal("0.1000000000000000055511151231257827021181583404541015625"),
                decimal("0.100000000000000005551115123125782702118158340454101562500"),
            ],
            &[decimal("0.10000000000000000555111512312578270211815834045410156251")],
            &[Value::Bool(true), decimal("1.00"), decimal("10E-1"), Value::Float(1.0)],
            &[Value::Int(5), Value::BigInt(BigInt::from_le_bytes(&five)), decimal("5")],
            &[Value::Uint(u64::MAX), decimal("18446744073709551615")],
            &[decimal("18446744073709551615.5")],
            &[big(3), Value::Float(18446744073709551616.0), decimal("18446744073709551616")],
            &[big(4)],
            &[Value::Float(1e23)],
            &[decimal("1E+23")],
            &[Value::Float(f64::MAX)],
            &[decimal("1E+400")],
            &[decimal("Infinity"), Value::Float(f64::INFINITY)],
        ];
        // (Arithmetic on long numbers, in no memory of a region: Miri is spared most of it.)
        let few = |i: &usize| !cfg!(miri) || *i == 20;
        for (i, row) in rising.iter().enumerate().filter(|(i, _)| few(i)) {
            for (j, other) in rising.iter().enumerate().filter(|(j, _)| !cfg!(miri) || j.abs_diff(20) < 2) {
                for a in row.iter() {
                    for b in other.iter() {
                        assert_eq!(super::super::order(*a, *b), Ok(Some(i.cmp(&j))), "{a:?} beside {b:?}");
                    }
                }
            }
            for a in row.iter() {
                assert_eq!(super::super::order(*a, decimal("NaN")), Ok(None), "{a:?}");
                assert_eq!(super::super::order(decimal("-sNaN7"), *a), Ok(None), "{a:?}");
            }
        }
    }

    #[test]
    fn what_only_thousands_of_digits_can_tell_is_too_large() {
        // 2^14617, of 4,401 digits.
        let mut bytes = vec![0u8; 1828];
        bytes[1827] = 2;
        let big = Value::BigInt(BigInt::from_le_bytes(&bytes));
        let order = super::super::order;
        assert_eq!(order(decimal("1E+4400"), big), Err(Error::TooLarge));
        assert_eq!(order(decimal("1E+4399"), big), Ok(Some(Ordering::Less)));
        assert_eq!(order(big, decimal("1E+4402")), Ok(Some(Ordering::Less)));
        assert_eq!(order(big, decimal("1E+999999999999999999")), Ok(Some(Ordering::Less)));
        assert_eq!(order(decimal("-1E+4400"), big), Ok(Some(Ordering::Less)));
    }
}
