//! What can be logged through `defmt`: every public type that is plain data (feature `defmt`).
//!
//! The compiler checks the list, in builds with the feature; a test checks that no public type is missing from it.

#![forbid(unsafe_code)]

macro_rules! logged {
    ($($name:ident)*; details: $($detail:ident)*; scalars: $($scalar:ident)*) => {
        #[cfg(all(feature = "defmt", feature = "containers"))]
        const _: () = {
            const fn can_be_logged<T: defmt::Format>() {}
            $(can_be_logged::<crate::$name>();)*
            #[cfg(feature = "details")]
            {
                $(can_be_logged::<crate::$detail>();)*
            }
            #[cfg(feature = "scalars")]
            {
                $(can_be_logged::<crate::$scalar>();)*
            }
        };
        #[cfg(test)]
        const LOGGED: &[&str] = &[$(stringify!($name),)* $(stringify!($detail),)* $(stringify!($scalar)),*];
    };
}

#[cfg(feature = "defmt")]
const _: () = {
    const fn can_be_logged<T: defmt::Format>() {}
    can_be_logged::<crate::Array<f64>>();
    can_be_logged::<crate::View<f64>>();
};

#[cfg(all(feature = "defmt", feature = "serde"))]
const _: () = {
    const fn can_be_logged<T: defmt::Format>() {}
    can_be_logged::<crate::SerdeError>();
};

logged! {
    AlwaysAlive AnyArray AnyRecord AnySet ArbiterKind Audit AuditError ByteArray Bytes Config Dtype Error FastMap FastSet Fault FieldSchema Footprint
    FormatError FrozenMap FrozenSet HashKind Info Input Instance Item JoinError Key Layout List Map Message Next Object OpenError Order Recovered Recovery Schema SlotView Scalar Set Stats Text Tuple
    TurnError Type Value;
    details: Mismatch;
    scalars: BigInt Blob Complex Date DateTime Decimal DecimalClass Owned Slice Time TimeDelta TimeZone
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::LOGGED;

    /// Those that are at work on a region, or a promise of it, and say nothing by themselves; traits and numbers.
    const NOT_DATA: &[&str] = &[
        "Arbiter",
        "Barrier",
        "Buffer",
        "BufferMut",
        "Element",
        "Entry",
        "Field",
        "FieldOf",
        "Fields",
        "FORMAT_VERSION",
        "InstanceIter",
        "ListIter",
        "Liveness",
        "LoadRecord",
        "MAX_DIMS",
        "MAX_PARTIES",
        "Made",
        "MapIter",
        "MessageIter",
        "NewRecord",
        "Party",
        "REGION_ALIGN",
        "Record",
        "RecordIter",
        "Recorded",
        "Region",
        "Relax",
        "SchemaFields",
        "SchemaView",
        "SetIter",
        "Turn",
        "ViewIter",
        "Wait",
        "Waiting",
        "Wake",
    ];

    #[test]
    fn every_public_type_is_logged_or_no_data() {
        let mut public = Vec::new();
        for line in include_str!("lib.rs").split("\npub use ").skip(1) {
            let names = line.split(';').next().unwrap().rsplit("::").next().unwrap();
            public.extend(
                names.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|name| !name.is_empty()),
            );
        }
        public.retain(|name| *name != "crash");
        public.sort_unstable();
        // A derive has the name of its trait or type.
        public.dedup();
        let mut known = [LOGGED, &["Array", "SerdeError", "View"], NOT_DATA].concat();
        known.sort_unstable();
        assert_eq!(public, known);
    }
}
