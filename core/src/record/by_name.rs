//! Which values a field may have, when its type is known by its spelling alone.

#![forbid(unsafe_code)]

use crate::{heap::Kind, value::tag};

/// Whether payload and tag of a cell are of some type.
type Test = fn(u64, u8) -> bool;

/// The test for a type; `None` if it takes more than a look at the cell.
pub(super) fn test(kind: &str) -> Option<Test> {
    const fn is(tag: u8, kind: Kind) -> bool {
        tag == tag::OBJECT + kind as u8
    }
    macro_rules! or_null {
        ($test:expr) => {{
            let (plain, or_null): (Test, Test) =
                ($test, |payload, tag| tag == tag::NULL || ($test as Test)(payload, tag));
            (plain, or_null)
        }};
    }
    macro_rules! int {
        ($type:ty) => {
            or_null!(|payload, tag| tag == tag::INT && <$type>::try_from(payload as i64).is_ok())
        };
    }
    let (inner, optional) = match kind.strip_prefix("option<").and_then(|inner| inner.strip_suffix('>')) {
        Some(inner) => (inner, true),
        None => (kind, false),
    };
    let (plain, or_null) = match inner {
        "value" => or_null!(|_, _| true),
        "null" => or_null!(|_, tag| tag == tag::NULL),
        "bool" => or_null!(|_, tag| matches!(tag, tag::FALSE | tag::TRUE)),
        "i8" => int!(i8),
        "i16" => int!(i16),
        "i32" => int!(i32),
        "i64" => int!(i64),
        "u8" => int!(u8),
        "u16" => int!(u16),
        "u32" => int!(u32),
        "u64" => or_null!(|payload, tag| tag == tag::UINT || tag == tag::INT && payload as i64 >= 0),
        "char" => {
            or_null!(|payload, tag| {
                tag == tag::INT && u32::try_from(payload).is_ok_and(|code| char::from_u32(code).is_some())
            })
        }
        "f64" => or_null!(|_, tag| tag == tag::FLOAT),
        "f32" => or_null!(|payload, tag| {
            let float = f64::from_bits(payload);
            tag == tag::FLOAT && (float.is_nan() || float as f32 as f64 == float)
        }),
        "text" => or_null!(|_, tag| matches!(tag, tag::TEXT..=16) || is(tag, Kind::Text)),
        "list" => or_null!(|_, tag| is(tag, Kind::List)),
        "map" => or_null!(|_, tag| is(tag, Kind::Map)),
        "set" => or_null!(|_, tag| is(tag, Kind::Set)),
        "tuple" => or_null!(|_, tag| is(tag, Kind::Tuple)),
        "frozen_set" => or_null!(|_, tag| is(tag, Kind::FrozenSet)),
        "frozen_map" => or_null!(|_, tag| is(tag, Kind::FrozenMap)),
        "instance" => or_null!(|_, tag| is(tag, Kind::Instance)),
        _ => return None,
    };
    Some(if optional { or_null } else { plain })
}
