//! A value of the table: parsed, put into a region, read back.

use cohabit::{
    BigInt, Complex, Date, DateTime, Decimal, Error, Input, Key, Object, Set, Slice, Time, TimeDelta,
    TimeZone, Turn, Value,
};
use serde_json::Value as Json;

#[derive(Clone, Debug, PartialEq)]
pub enum Py {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    /// Two's complement, lowest byte first, as few as it takes.
    Big(Vec<u8>),
    /// By its bits; NaNs are one.
    Float(u64),
    /// Both parts, by their bits.
    Complex([u64; 2]),
    Decimal(String),
    Text(String),
    Bytes(Vec<u8>),
    ByteArray(Vec<u8>),
    Slice(Slice),
    Date(Date),
    /// By the clock on the wall, and microseconds east of UTC.
    Time(Time<'static>, Option<i64>),
    /// As a time of day.
    DateTime(DateTime<'static>, Option<i64>),
    TimeDelta(TimeDelta),
    List(Vec<Py>),
    Dict(Vec<(Py, Py)>),
    Tuple(Vec<Py>),
    /// Sets have no order: in that of what their elements print.
    Set(Vec<Py>),
    FrozenSet(Vec<Py>),
    /// What regions cannot hold yet: its type, and what is in it.
    Other(String, Vec<Py>),
}

impl Py {
    pub fn parse(json: &Json) -> Py {
        let Some(parts) = json.as_array() else {
            return match json {
                Json::Null => Py::Null,
                Json::Bool(bool) => Py::Bool(*bool),
                // The parts of a date.
                Json::Number(number) => Py::Int(number.as_i64().expect("a small number")),
                Json::String(text) => Py::Text(text.clone()),
                _ => panic!("{json} is no value"),
            };
        };
        let text = |at: usize| parts[at].as_str().expect("a text");
        let bits = |at: usize| u64::from_str_radix(text(at), 16).expect("16 digits");
        let values = || parts[1..].iter().map(Py::parse).collect::<Vec<_>>();
        let numbers = || parts[1..].iter().map(|part| Py::parse(part).as_i64()).collect::<Vec<_>>();
        let sound = "what CPython has made";
        match text(0) {
            "int" => Py::int(text(1)),
            "float" => Py::Float(bits(1)),
            "complex" => Py::Complex([bits(1), bits(2)]),
            "decimal" => Py::Decimal(text(1).into()),
            "str" => Py::Text(text(1).into()),
            "bytes" => Py::Bytes(unhex(text(1))),
            "bytearray" => Py::ByteArray(unhex(text(1))),
            "list" => Py::List(values()),
            "tuple" => Py::Tuple(values()),
            "set" => Py::Set(in_order(values())),
            "frozenset" => Py::FrozenSet(in_order(values())),
            "dict" => Py::Dict(
                parts[1..].iter().map(|entry| (Py::parse(&entry[0]), Py::parse(&entry[1]))).collect(),
            ),
            "slice" => {
                let numbers = numbers();
                Py::Slice(Slice::new(numbers[0], numbers[1], numbers[2]))
            }
            "date" => Py::date(&numbers()).expect(sound),
            "time" => Py::time(&numbers()).expect(sound),
            "datetime" => Py::date_time(&numbers()).expect(sound),
            "timedelta" => Py::time_delta(&numbers()).expect(sound),
            other => Py::Other(other.into(), values()),
        }
    }

    fn int(text: &str) -> Py {
        if let Ok(int) = i128::from_str_radix(text, 16) {
            if let Ok(int) = i64::try_from(int) {
                return Py::Int(int);
            } else if let Ok(int) = u64::try_from(int) {
                return Py::Uint(int);
            }
        }
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        // An even number of digits, and a byte more for the sign.
        let even = format!("00{}{digits}", if digits.len() % 2 == 0 { "" } else { "0" });
        let mut bytes = unhex(&even);
        bytes.reverse();
        if negative {
            let mut carry = true;
            for byte in &mut bytes {
                (*byte, carry) = (!*byte).overflowing_add(carry as u8);
            }
        }
        Py::Big(BigInt::from_le_bytes(&bytes).as_le_bytes().into())
    }

    /// A whole number; of those that do not fit, the nearest that does; `None` for null.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Py::Null => None,
            Py::Int(int) => Some(*int),
            Py::Uint(_) => Some(i64::MAX),
            Py::Big(bytes) => {
                Some(if BigInt::from_le_bytes(bytes).is_negative() { i64::MIN } else { i64::MAX })
            }
            other => panic!("{other:?} is no whole number"),
        }
    }

    /// Year, month, day.
    pub fn date(parts: &[Option<i64>]) -> Result<Py, Error> {
        Ok(Py::Date(Date::new(narrow(parts[0])?, narrow(parts[1])?, narrow(parts[2])?)?))
    }

    /// Hour, minute, second, microsecond, offset, fold.
    pub fn time(parts: &[Option<i64>]) -> Result<Py, Error> {
        let [hour, minute, second, micros] = [0, 1, 2, 3].map(|at| narrow(parts[at]));
        let fold: u8 = narrow(parts[5])?;
        if fold > 1 {
            return Err(Error::BadValue);
        }
        parts[4].map_or(Ok(()), |offset| TimeZone::new(offset, None).map(drop))?;
        Ok(Py::Time(Time::new(hour?, minute?, second?, micros?)?.with_fold(fold == 1), parts[4]))
    }

    /// Year, month, day, hour, minute, second, microsecond, offset, fold.
    pub fn date_time(parts: &[Option<i64>]) -> Result<Py, Error> {
        let (Py::Date(date), Py::Time(time, offset)) = (Py::date(parts)?, Py::time(&parts[3..])?) else {
            unreachable!("a date is a date")
        };
        Ok(Py::DateTime(DateTime::new(date, time), offset))
    }

    /// Days, seconds, microseconds.
    pub fn time_delta(parts: &[Option<i64>]) -> Result<Py, Error> {
        let part = |at: usize| parts[at].ok_or(Error::BadValue);
        Ok(Py::TimeDelta(TimeDelta::new(part(0)?, part(1)?, part(2)?)?))
    }

    /// The value with all that is in it, in the holdings if it is a container.
    pub fn put<'p>(&'p self, turn: &mut Turn<'_>) -> Result<Input<'p>, Error> {
        Ok(match self {
            Py::List(values) => {
                let list = turn.new_list()?;
                for value in values {
                    let value = value.put(turn)?;
                    list.push(turn, value)?;
                }
                list.into()
            }
            Py::Dict(entries) => {
                let map = turn.new_map()?;
                for (key, value) in entries {
                    let value = value.put(turn)?;
                    let key = key.key(turn)?;
                    map.set(turn, key, value)?;
                }
                map.into()
            }
            Py::Tuple(values) => {
                let values: Vec<Input<'_>> =
                    values.iter().map(|value| value.put(turn)).collect::<Result<_, _>>()?;
                turn.new_tuple(&values)?.into()
            }
            Py::Set(elements) => put_set(turn, elements)?.into(),
            Py::FrozenSet(elements) => put_set(turn, elements)?.freeze(turn)?.into(),
            Py::ByteArray(bytes) => turn.new_byte_array(bytes)?.into(),
            scalar => scalar.scalar().ok_or(Error::WrongType)?.into(),
        })
    }

    fn scalar(&self) -> Option<Value<'_>> {
        Some(match self {
            Py::Null => Value::Null,
            Py::Bool(bool) => Value::Bool(*bool),
            Py::Int(int) => Value::Int(*int),
            Py::Uint(int) => Value::Uint(*int),
            Py::Big(bytes) => Value::BigInt(BigInt::from_le_bytes(bytes)),
            Py::Float(bits) => Value::Float(f64::from_bits(*bits)),
            Py::Complex(bits) => {
                let [re, im] = bits.map(f64::from_bits);
                Value::Complex(Complex { re, im })
            }
            Py::Decimal(text) => Value::Decimal(Decimal::parse(text).expect("what CPython prints")),
            Py::Text(text) => Value::Text(text),
            Py::Bytes(bytes) => Value::Bytes(bytes),
            Py::Slice(slice) => Value::Slice(*slice),
            Py::Date(date) => Value::Date(*date),
            Py::Time(time, None) => Value::Time(*time),
            Py::Time(time, Some(offset)) => Value::Time(time.with_zone(zone(*offset))),
            Py::DateTime(time, None) => Value::DateTime(*time),
            Py::DateTime(time, Some(offset)) => Value::DateTime(time.with_zone(zone(*offset))),
            Py::TimeDelta(span) => Value::TimeDelta(*span),
            Py::ByteArray(_)
            | Py::List(_)
            | Py::Dict(_)
            | Py::Tuple(_)
            | Py::Set(_)
            | Py::FrozenSet(_)
            | Py::Other(..) => return None,
        })
    }

    /// The value as a key; one that is a container is in the holdings.
    pub fn key(&self, turn: &mut Turn<'_>) -> Result<Key<'_>, Error> {
        match self.put(turn)? {
            Input::Value(value) => Key::try_from(value),
            Input::Object(Object::Tuple(tuple)) => Ok(tuple.into()),
            Input::Object(Object::FrozenSet(set)) => Ok(set.into()),
            _ => Err(Error::WrongType),
        }
    }

    /// Whether it can be a key in Python.
    pub fn is_hashable(&self) -> bool {
        match self {
            Py::Tuple(values) => values.iter().all(Py::is_hashable),
            other => {
                !matches!(other, Py::ByteArray(_) | Py::List(_) | Py::Dict(_) | Py::Set(_) | Py::Slice(_))
            }
        }
    }

    /// A value in a region, with all that is in it.
    pub fn read(turn: &Turn<'_>, value: Value<'_>) -> Result<Py, Error> {
        Ok(match value {
            Value::Null => Py::Null,
            Value::Bool(bool) => Py::Bool(bool),
            Value::Int(int) => Py::Int(int),
            Value::Uint(int) => Py::Uint(int),
            Value::BigInt(int) => Py::Big(int.as_le_bytes().into()),
            Value::Float(float) => Py::Float(bits(float)),
            Value::Complex(complex) => Py::Complex([bits(complex.re), bits(complex.im)]),
            Value::Decimal(decimal) => Py::Decimal(decimal.to_string()),
            Value::Text(text) => Py::Text(text.into()),
            Value::Bytes(bytes) => Py::Bytes(bytes.into()),
            Value::ByteArray(array) => Py::ByteArray(array.as_slice(turn)?.into()),
            Value::Slice(slice) => Py::Slice(slice),
            Value::Date(date) => Py::Date(date),
            Value::Time(time) => Py::Time(time.without_zone(), time.zone().map(TimeZone::offset_micros)),
            Value::DateTime(time) => {
                Py::DateTime(time.without_zone(), time.zone().map(TimeZone::offset_micros))
            }
            Value::TimeDelta(span) => Py::TimeDelta(span),
            Value::List(list) => {
                Py::List(list.iter(turn)?.map(|value| Py::read(turn, value?)).collect::<Result<_, _>>()?)
            }
            Value::Map(map) => {
                let read = |entry: Result<(Value<'_>, Value<'_>), Error>| {
                    let (key, value) = entry?;
                    Ok((Py::read(turn, key)?, Py::read(turn, value)?))
                };
                Py::Dict(map.iter(turn)?.map(read).collect::<Result<_, Error>>()?)
            }
            Value::Tuple(tuple) => {
                Py::Tuple(tuple.iter(turn)?.map(|value| Py::read(turn, value?)).collect::<Result<_, _>>()?)
            }
            Value::Set(set) => Py::Set(read_set(turn, set.iter(turn)?)?),
            Value::FrozenSet(set) => Py::FrozenSet(read_set(turn, set.iter(turn)?)?),
            _ => return Err(Error::WrongType),
        })
    }

    /// The worth of a small number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Py::Bool(bool) => Some((*bool).into()),
            Py::Int(int) => Some(*int as f64),
            Py::Float(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    /// Whether it is a number that is none.
    pub fn is_nan(&self) -> bool {
        let nan = |bits: u64| f64::from_bits(bits).is_nan();
        match self {
            Py::Float(bits) => nan(*bits),
            Py::Complex([re, im]) => nan(*re) && f64::from_bits(*im) == 0.0,
            Py::Decimal(text) => text.contains("NaN"),
            _ => false,
        }
    }
}

fn zone(micros: i64) -> TimeZone<'static> {
    TimeZone::new(micros, None).expect("less than a day")
}

fn in_order(mut elements: Vec<Py>) -> Vec<Py> {
    elements.sort_by_cached_key(|element| format!("{element:?}"));
    elements
}

fn put_set(turn: &mut Turn<'_>, elements: &[Py]) -> Result<Set, Error> {
    let set = turn.new_set()?;
    for element in elements {
        let element = element.key(turn)?;
        set.insert(turn, element)?;
    }
    Ok(set)
}

fn read_set<'t>(
    turn: &Turn<'_>,
    elements: impl Iterator<Item = Result<Value<'t>, Error>>,
) -> Result<Vec<Py>, Error> {
    elements.map(|value| Py::read(turn, value?)).collect::<Result<_, _>>().map(in_order)
}

/// All NaNs are one.
fn bits(float: f64) -> u64 {
    if float.is_nan() { 0x7ff8 << 48 } else { float.to_bits() }
}

/// A number for a parameter whose type has fewer; what it does not have, there is not.
fn narrow<T: TryFrom<i64>>(number: Option<i64>) -> Result<T, Error> {
    T::try_from(number.ok_or(Error::BadValue)?).map_err(|_| Error::BadValue)
}

fn unhex(text: &str) -> Vec<u8> {
    let digit =
        |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("two digits");
    text.as_bytes().chunks(2).map(digit).collect()
}
