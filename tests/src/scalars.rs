//! Scalars as a program owns them: what is stored as a value of a region, and found again, bit by bit.

#![forbid(unsafe_code)]

use cohabit::{BigInt, Blob, Complex, Date, DateTime, Decimal, Slice, Time, TimeDelta, TimeZone, Value};

/// A scalar beyond numbers, texts and bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Rich {
    /// A whole number by its bytes, lowest first.
    BigInt(Vec<u8>),
    /// A complex number by its bits.
    Complex([u64; 2]),
    /// A decimal number by its canonical text.
    Decimal(String),
    /// A range of indices.
    Slice(Slice),
    /// A day.
    Date(Date),
    /// A time of day, and the zone if it has one.
    Time(Time<'static>, Option<Zone>),
    /// A day and a time, and the zone if it has one.
    DateTime(DateTime<'static>, Option<Zone>),
    /// A span of time.
    TimeDelta(TimeDelta),
    /// A time zone.
    TimeZone(Zone),
    /// A codec's name, and bytes.
    Blob(String, Vec<u8>),
}

/// Microseconds east of UTC, and a name or none.
pub type Zone = (i64, Option<String>);

fn zone(zone: &Zone) -> TimeZone<'_> {
    TimeZone::new(zone.0, zone.1.as_deref()).expect("less than a day")
}

fn owned(zone: TimeZone<'_>) -> Zone {
    (zone.offset_micros(), zone.name().map(String::from))
}

impl Rich {
    /// A copy of a value in a region; `None` if it is none of these.
    pub fn of(value: Value<'_>) -> Option<Rich> {
        Some(match value {
            Value::BigInt(int) => Rich::BigInt(int.as_le_bytes().into()),
            Value::Complex(Complex { re, im }) => Rich::Complex([re.to_bits(), im.to_bits()]),
            Value::Decimal(decimal) => Rich::Decimal(decimal.to_string()),
            Value::Slice(slice) => Rich::Slice(slice),
            Value::Date(date) => Rich::Date(date),
            Value::Time(time) => Rich::Time(time.without_zone(), time.zone().map(owned)),
            Value::DateTime(time) => Rich::DateTime(time.without_zone(), time.zone().map(owned)),
            Value::TimeDelta(span) => Rich::TimeDelta(span),
            Value::TimeZone(zone) => Rich::TimeZone(owned(zone)),
            Value::Blob(Blob { codec, data }) => Rich::Blob(codec.into(), data.into()),
            _ => return None,
        })
    }

    /// What to store.
    pub fn as_value(&self) -> Value<'_> {
        match self {
            Rich::BigInt(bytes) => Value::BigInt(BigInt::from_le_bytes(bytes)),
            Rich::Complex(bits) => {
                let [re, im] = bits.map(f64::from_bits);
                Value::Complex(Complex { re, im })
            }
            Rich::Decimal(text) => Value::Decimal(Decimal::parse(text).expect("a decimal")),
            Rich::Slice(slice) => Value::Slice(*slice),
            Rich::Date(date) => Value::Date(*date),
            Rich::Time(time, None) => Value::Time(*time),
            Rich::Time(time, Some(there)) => Value::Time(time.with_zone(zone(there))),
            Rich::DateTime(time, None) => Value::DateTime(*time),
            Rich::DateTime(time, Some(there)) => Value::DateTime(time.with_zone(zone(there))),
            Rich::TimeDelta(span) => Value::TimeDelta(*span),
            Rich::TimeZone(there) => Value::TimeZone(zone(there)),
            Rich::Blob(codec, data) => Value::Blob(Blob { codec, data }),
        }
    }

    /// One of many, by number: every type, in a cell and in a block, and what lies at the ends of their ranges.
    pub fn sample(number: usize) -> Rich {
        let samples = Rich::samples();
        samples[number % samples.len()].clone()
    }

    /// All of them; those that need a block first.
    pub fn samples() -> Vec<Rich> {
        let power =
            |bits: usize| (0..=bits / 8).map(move |byte| if byte == bits / 8 { 1 << (bits % 8) } else { 0 });
        let negative = |bits: usize| (0..bits / 8).map(|_| 0).chain([(-1i8 << (bits % 8)) as u8]).collect();
        let there = |micros, name: Option<&str>| (micros, name.map(String::from));
        let decimal = |text: &str| Rich::Decimal(text.into());
        let (first, last) =
            (DateTime::new(Date::MIN, Time::MIN), DateTime::new(Date::MAX, Time::MAX.with_fold(true)));
        vec![
            Rich::BigInt(power(64).collect()),
            Rich::BigInt(power(4096).collect()),
            Rich::BigInt(negative(64)),
            Rich::BigInt(negative(4096)),
            Rich::Complex([f64::NAN.to_bits() | 1, (-0.0f64).to_bits()]),
            Rich::Complex([1.5f64.to_bits(), f64::NEG_INFINITY.to_bits()]),
            decimal("-123456.7890"),
            decimal("1E-1999999999999999997"),
            decimal("-9.99E+999999999999999999"),
            decimal("sNaN123456789"),
            decimal(&format!("-{}.{}", "1234567890".repeat(30), "0987654321".repeat(30))),
            Rich::Slice(Slice::new(None, None, None)),
            Rich::Slice(Slice::new(Some(i64::MIN), Some(i64::MAX), Some(-1))),
            Rich::DateTime(first, Some(there(86_399_999_999, None))),
            Rich::DateTime(last, Some(there(-86_399_999_999, Some("Etc/Nowhere, ключ")))),
            Rich::DateTime(last, Some(there(0, Some("")))),
            Rich::Time(Time::MAX.with_fold(true), Some(there(-86_399_999_999, None))),
            Rich::Time(Time::MIN, Some(there(86_399_999_999, Some("Etc/Nowhere, ключ")))),
            Rich::TimeDelta(TimeDelta::MIN),
            Rich::TimeDelta(TimeDelta::MAX),
            Rich::TimeZone(there(3_600_000_000, Some("CET"))),
            Rich::TimeZone(there(-1, Some(""))),
            Rich::Blob("pickle".into(), vec![0x81, 5, 0x2f]),
            Rich::Blob(String::new(), vec![]),
            Rich::Date(Date::MIN),
            Rich::Date(Date::MAX),
            Rich::Time(Time::MIN.with_fold(true), None),
            Rich::Time(Time::MAX, None),
            Rich::DateTime(first, None),
            Rich::DateTime(last, None),
            Rich::TimeDelta(TimeDelta::from_micros(-1)),
            Rich::TimeDelta(TimeDelta::from_micros(i64::MIN)),
            Rich::TimeZone(there(-86_399_999_999, None)),
            decimal("0"),
            decimal("-0.00"),
            decimal("Infinity"),
            decimal("1.2E+100"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use cohabit::{Config, Region};

    use super::*;

    #[test]
    fn every_sample_comes_back_bit_by_bit() {
        let mut memory = crate::sample::Memory::new(32 << 10);
        let region = Region::format(memory.bytes_mut(), Config::new()).unwrap();
        let [mut here, mut there] = region.split::<2>().unwrap();
        let mut turn = here.acquire().unwrap();
        let list = turn.new_list().unwrap();
        for rich in Rich::samples() {
            list.push(&mut turn, rich.as_value()).unwrap();
        }
        let copy = list.copy(&mut turn).unwrap();
        let roots = turn.roots().unwrap();
        roots.set(&mut turn, "scalars", list).unwrap();
        roots.set(&mut turn, "copy", copy).unwrap();
        drop(turn);
        let mut turn = there.acquire().unwrap();
        let audit = turn.audit().unwrap();
        assert_eq!(audit.scalars, 2 * Rich::samples().len() as u32 - 2 * 13);
        for list in [list, copy] {
            for (rich, value) in Rich::samples().iter().zip(list.iter(&turn).unwrap()) {
                assert_eq!(Rich::of(value.unwrap()).as_ref(), Some(rich));
            }
        }
        for rich in Rich::samples() {
            let item = list.take(&mut turn, 0).unwrap();
            assert_eq!(Rich::of(item.value(&turn).unwrap()).as_ref(), Some(&rich), "{item:?}");
            match item.object() {
                Some(object) => turn.destroy(object).unwrap(),
                None => copy.set(&mut turn, 0, item).unwrap(),
            }
        }
        assert_eq!(turn.audit().unwrap().held, 0);
    }
}
