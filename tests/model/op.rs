//! Operations as proptest makes and shrinks them: a verb, four numbers that pick places, and a value.

use cohabit_tests::{scalars::Rich, shadow::Shadow};
use proptest::{prelude::*, sample::select};

/// One step of a sequence. What the numbers in `at` pick depends on what is there when it is run.
#[derive(Clone, Debug)]
pub struct Op {
    pub verb: Verb,
    pub at: [u16; 4],
    pub given: Given,
}

/// What is to be done. Simpler ones first, for a shrunk sequence prefers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Push,
    MapSet,
    Get,
    NewList,
    NewMap,
    NewLeaf,
    NewArray,
    Insert,
    Set,
    Remove,
    Take,
    Pop,
    Swap,
    Truncate,
    ExtendInts,
    ExtendFloats,
    MapRemove,
    MapTake,
    MapUpdate,
    MapOrInsert,
    Reverse,
    RotateLeft,
    RemoveRange,
    Slice,
    SliceBy,
    Splice,
    SetSlice,
    RemoveSlice,
    Sort,
    Repeat,
    ExtendFrom,
    MapClear,
    MapPopLast,
    MapExtendFrom,
    NewByteArray,
    ByteExtend,
    ByteSet,
    BytePop,
    ByteTruncate,
    ByteSplice,
    NewRecord,
    RecordSet,
    NewSet,
    SetInsert,
    SetRemove,
    SetPopLast,
    SetClear,
    SetCompare,
    SetCombine,
    SetChange,
    Freeze,
    Thaw,
    Pack,
    NewTuple,
    SliceTuple,
    NewInstance,
    FieldSet,
    FieldRemove,
    FieldTake,
    Copy,
    Destroy,
    UseStale,
    PutMessage,
    TakeMessage,
    Finish,
    Accept,
    PutBack,
    Fill,
    SetElement,
    WriteElements,
    CutArray,
    PutBySerde,
    Pass,
    Leave,
    DieIdle,
    DieInTurn,
}

/// What is to be stored, if anything.
#[derive(Clone, Debug)]
pub enum Given {
    Value(Shadow),
    /// One of the objects this party holds.
    Held(u8),
    /// An object that may not be placed: held by another party, placed already, or destroyed.
    Forbidden(u8),
}

const VERBS: &[(Verb, usize)] = &[
    (Verb::Push, 8),
    (Verb::MapSet, 12),
    (Verb::Get, 2),
    (Verb::NewList, 3),
    (Verb::NewMap, 3),
    (Verb::NewLeaf, 2),
    (Verb::NewArray, 2),
    (Verb::Insert, 6),
    (Verb::Set, 6),
    (Verb::Remove, 5),
    (Verb::Take, 3),
    (Verb::Pop, 2),
    (Verb::Swap, 2),
    (Verb::Truncate, 1),
    (Verb::ExtendInts, 2),
    (Verb::ExtendFloats, 1),
    (Verb::MapRemove, 6),
    (Verb::MapTake, 3),
    (Verb::MapUpdate, 2),
    (Verb::MapOrInsert, 2),
    (Verb::Reverse, 1),
    (Verb::RotateLeft, 1),
    (Verb::RemoveRange, 2),
    (Verb::Slice, 1),
    (Verb::SliceBy, 1),
    (Verb::Splice, 3),
    (Verb::SetSlice, 2),
    (Verb::RemoveSlice, 1),
    (Verb::Sort, 2),
    (Verb::Repeat, 1),
    (Verb::ExtendFrom, 1),
    (Verb::MapClear, 1),
    (Verb::MapPopLast, 2),
    (Verb::MapExtendFrom, 1),
    (Verb::NewByteArray, 1),
    (Verb::ByteExtend, 2),
    (Verb::ByteSet, 1),
    (Verb::BytePop, 1),
    (Verb::ByteTruncate, 1),
    (Verb::ByteSplice, 2),
    (Verb::NewRecord, 3),
    (Verb::RecordSet, 6),
    (Verb::NewSet, 2),
    (Verb::SetInsert, 10),
    (Verb::SetRemove, 4),
    (Verb::SetPopLast, 2),
    (Verb::SetClear, 1),
    (Verb::SetCompare, 1),
    (Verb::SetCombine, 3),
    (Verb::SetChange, 4),
    (Verb::Freeze, 3),
    (Verb::Thaw, 1),
    (Verb::Pack, 3),
    (Verb::NewTuple, 2),
    (Verb::SliceTuple, 1),
    (Verb::NewInstance, 2),
    (Verb::FieldSet, 6),
    (Verb::FieldRemove, 3),
    (Verb::FieldTake, 2),
    (Verb::Copy, 2),
    (Verb::Destroy, 4),
    (Verb::UseStale, 1),
    (Verb::PutMessage, 5),
    (Verb::TakeMessage, 5),
    (Verb::Finish, 3),
    (Verb::Accept, 2),
    (Verb::PutBack, 2),
    (Verb::Fill, 1),
    (Verb::SetElement, 1),
    (Verb::WriteElements, 2),
    (Verb::CutArray, 1),
    (Verb::PutBySerde, 2),
    (Verb::Pass, 4),
    (Verb::Leave, 1),
    (Verb::DieIdle, 1),
    (Verb::DieInTurn, 1),
];

/// Operations for a region where a long text has up to `longest` bytes.
pub fn ops(longest: usize) -> impl Strategy<Value = Op> {
    let verbs =
        VERBS.iter().flat_map(|(verb, weight)| std::iter::repeat_n(*verb, *weight)).collect::<Vec<_>>();
    (select(verbs), any::<[u16; 4]>(), given(longest)).prop_map(|(verb, at, given)| Op { verb, at, given })
}

fn given(longest: usize) -> impl Strategy<Value = Given> {
    let text = |len: usize, seed: u8| -> String {
        let letters = ['a', 'b', 'é', '\0', 'Z', '🦀', '"', 'щ'];
        (0..len).map(|i| letters[(seed as usize + i * 7) % 8]).collect()
    };
    let len = prop_oneof![6 => 0..12usize, 3 => 0..40usize, 1 => 0..longest];
    let value = prop_oneof![
        Just(Shadow::Null),
        any::<bool>().prop_map(Shadow::Bool),
        any::<u8>().prop_map(|int| Shadow::Int(int as i64)),
        any::<i64>().prop_map(Shadow::Int),
        (1u64 << 63..).prop_map(Shadow::Uint),
        any::<u64>().prop_map(Shadow::Float),
        any::<i8>().prop_map(|half| Shadow::Float((half as f64 / 2.0).to_bits())),
        (len.clone(), any::<u8>()).prop_map(move |(len, seed)| Shadow::Text(text(len, seed))),
        // Odd, so that bytes which lie where an object was do not look like its header (bit 0: free). Handles are told from
        // such chance likenesses by 25 bits, not by proof.
        (len, any::<u8>()).prop_map(|(len, seed)| Shadow::Bytes(vec![seed | 1; len])),
        any::<u8>().prop_map(|number| Shadow::Rich(Rich::sample(number as usize))),
    ];
    prop_oneof![
        8 => value.prop_map(Given::Value),
        4 => any::<u8>().prop_map(Given::Held),
        1 => any::<u8>().prop_map(Given::Forbidden),
    ]
}

/// Key number `number`: all types, and so few that they meet again; some are equal across types.
pub fn key(number: u16, keys: u16) -> Shadow {
    let number = number % keys;
    let of = number / 9;
    match number % 9 {
        0 => Shadow::Int(of as i64),
        1 => Shadow::Text(format!("k{of}")),
        2 => Shadow::Text(format!("a key of many letters {of}")),
        3 => Shadow::Float((of as f64 / 2.0).to_bits()),
        4 => Shadow::Bytes(of.to_le_bytes().into()),
        5 => Shadow::Bytes(vec![of as u8; 8 + of as usize % 20]),
        6 => Shadow::Int(of as i64 * -0x0123_4567_89ab),
        7 => match of % 6 {
            // Equal to numbers of the other kinds, or to each other.
            0 => Shadow::Rich(Rich::Decimal(format!("{}.50", of / 6))),
            1 => Shadow::Rich(Rich::Decimal(format!("{}E+1", of / 6 % 9 + 1))),
            2 => Shadow::Rich(Rich::sample(of as usize / 6 % 4)),
            3 => Shadow::Rich(Rich::Date(cohabit::Date::from_ordinal(of as u32 + 1).expect("a day"))),
            4 => {
                Shadow::Tuple(vec![Shadow::Int((of / 6) as i64), Shadow::Text("in a tuple, and long".into())])
            }
            _ => {
                let members = [Shadow::Int((of / 6) as i64), Shadow::Text("in a set".into())];
                Shadow::FrozenSet(
                    members.into_iter().map(|member| (member.as_same().expect("a key"), member)).collect(),
                )
            }
        },
        _ => match of % 4 {
            0 => Shadow::Null,
            1 => Shadow::Bool(of & 4 != 0),
            2 => Shadow::Uint(u64::MAX - of as u64),
            _ => Shadow::Float((f64::NAN.to_bits()) | of as u64),
        },
    }
}
