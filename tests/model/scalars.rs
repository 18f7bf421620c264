//! Scalars of every type, anywhere in their ranges, by way of a map and of a message: bit by bit what they were.

use cohabit::{BigInt, Config, Date, DateTime, Decimal, Order, Region, Slice, Time, TimeDelta};
use cohabit_tests::{sample::Memory, scalars::Rich};
use proptest::{collection::vec, option, prelude::*};

/// Scalars of every type, all over their ranges.
fn rich() -> impl Strategy<Value = Rich> {
    let zone = (-86_399_999_999..=86_399_999_999i64, option::of("\\PC{0,20}"));
    let day = (1..=3_652_059u32).prop_map(|day| Date::from_ordinal(day).unwrap());
    let time = (0..86_400_000_000u64, any::<bool>())
        .prop_map(|(micros, fold)| Time::from_micros(micros).unwrap().with_fold(fold));
    let span = (-999_999_999..=999_999_999i64, 0..86_400i64, 0..1_000_000i64)
        .prop_map(|(days, seconds, micros)| TimeDelta::new(days, seconds, micros).unwrap());
    let exponent = prop_oneof![-50..50i64, -1_999_999_999_999_999_000..999_999_999_999_999_000i64];
    let decimal = ("-?[0-9]{1,40}", exponent)
        .prop_map(|(digits, exponent)| Decimal::parse(&format!("{digits}E{exponent}")).unwrap().to_string());
    let int = vec(any::<u8>(), 0..40).prop_map(|mut bytes| {
        bytes.extend([1; 9]);
        BigInt::from_le_bytes(&bytes).as_le_bytes().to_vec()
    });
    let index = || option::of(any::<i64>());
    prop_oneof![
        int.prop_map(Rich::BigInt),
        any::<[u64; 2]>().prop_map(Rich::Complex),
        decimal.prop_map(Rich::Decimal),
        (index(), index(), index())
            .prop_map(|(start, stop, step)| Rich::Slice(Slice::new(start, stop, step))),
        day.clone().prop_map(Rich::Date),
        (time.clone(), option::of(zone.clone())).prop_map(|(time, zone)| Rich::Time(time, zone)),
        (day, time, option::of(zone.clone()))
            .prop_map(|(day, time, zone)| Rich::DateTime(DateTime::new(day, time), zone)),
        span.prop_map(Rich::TimeDelta),
        any::<i64>().prop_map(|micros| Rich::TimeDelta(TimeDelta::from_micros(micros))),
        zone.prop_map(Rich::TimeZone),
        ("\\PC{0,40}", vec(any::<u8>(), 0..300)).prop_map(|(codec, data)| Rich::Blob(codec, data)),
    ]
}

proptest! {
    #[test]
    fn any_scalars_come_back_bit_by_bit(scalars in vec(rich(), 1..20)) {
        let mut memory = Memory::new(64 << 10);
        let region = Region::format(memory.bytes_mut(), Config::new()).unwrap();
        let [mut here, mut there] = region.split::<2>().unwrap();
        let mut turn = here.acquire().unwrap();
        let map = turn.new_map().unwrap();
        turn.roots().unwrap().set(&mut turn, "scalars", map).unwrap();
        for (index, rich) in scalars.iter().enumerate() {
            map.set(&mut turn, index as i64, rich.as_value()).unwrap();
            turn.put_message(rich.as_value()).unwrap();
        }
        drop(turn);
        let mut turn = there.acquire().unwrap();
        for (index, rich) in scalars.iter().enumerate() {
            let found = map.get(&turn, index as i64).unwrap().and_then(Rich::of);
            prop_assert_eq!(found.as_ref(), Some(rich));
            let message = turn.take_message(Order::Fifo).unwrap().unwrap();
            let found = Rich::of(message.value(&turn).unwrap());
            prop_assert_eq!(found.as_ref(), Some(rich));
            message.finish(&mut turn).unwrap();
        }
        turn.audit().unwrap();
    }
}
