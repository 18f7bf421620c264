//! Every public operation that changes a region, in one list, for the suites that kill a party in the middle of it.
//!
//! An operation is a setup (what has to be there before) and an act (the one call under test). `covers` names the public
//! functions that the act goes through; `surface.rs` reads the core's sources and fails when a public function that takes
//! `&mut Turn`, or a turn or party by `&mut self` or `self`, is in no operation's list.
//!
//! ```text
//!   Op { name, covers, setup, act, .. } x State { empty, typical, full(room) }  -->  crash.rs, stepping.rs
//! ```

#![forbid(unsafe_code)]

mod arrays;
mod byte_arrays;
mod fast;
mod instances;
mod keys;
mod lists;
mod maps;
mod messages;
mod records;
mod scalars;
mod sets;
pub mod surface;
mod values;

use cohabit::{
    AnyArray, AnyRecord, ByteArray, Bytes, Error, FastMap, Instance, Item, List, Map, Message, Set, Text,
    Tuple, Turn,
};

/// What an operation works with: made by its setup, used by its act.
#[derive(Clone, Copy, Debug, Default)]
pub struct Props {
    /// The list operated on.
    pub list: Option<List>,
    /// Another list, to be placed, destroyed, or moved.
    pub other: Option<List>,
    /// The map operated on.
    pub map: Option<Map>,
    /// The set operated on.
    pub set: Option<Set>,
    /// A fast map in the actor's holdings.
    pub fast: Option<FastMap>,
    /// A tuple in the actor's holdings, to be a key.
    pub key: Option<Tuple>,
    /// The instance operated on.
    pub instance: Option<Instance>,
    /// The byte array operated on.
    pub byte_array: Option<ByteArray>,
    /// The record operated on.
    pub record: Option<AnyRecord>,
    /// A text in the actor's holdings.
    pub text: Option<Text>,
    /// Bytes in the actor's holdings.
    pub bytes: Option<Bytes>,
    /// An array, placed or in the actor's holdings.
    pub array: Option<AnyArray>,
    /// A message that the actor has taken.
    pub message: Option<Message>,
    /// A value that the actor has taken out.
    pub item: Option<Item>,
    /// What the bystander holds.
    pub kept: Option<List>,
    /// How many of an operation's parts to do, where it commits them one after the other.
    pub parts: usize,
}

impl Props {
    fn list(&self) -> List {
        self.list.expect("the setup made a list")
    }

    fn other(&self) -> List {
        self.other.expect("the setup made another list")
    }

    fn byte_array(&self) -> ByteArray {
        self.byte_array.expect("the setup made a byte array")
    }

    fn instance(&self) -> Instance {
        self.instance.expect("the setup made an instance")
    }

    fn set(&self) -> Set {
        self.set.expect("the setup made a set")
    }

    fn fast(&self) -> FastMap {
        self.fast.expect("the setup made a fast map")
    }

    fn key(&self) -> Tuple {
        self.key.expect("the setup made a tuple")
    }

    fn map(&self) -> Map {
        self.map.expect("the setup made a map")
    }
}

type Done = Result<(), Error>;

/// What the actor does.
#[derive(Clone, Copy)]
pub enum Act {
    /// A call within a turn.
    Turn(fn(&mut Turn<'_>, &Props) -> Done),
    /// `Turn::reap`, where the party in the survivor's slot has died holding things.
    Reap,
    /// `Party::leave`.
    Leave,
    /// `Party::leave_with`.
    LeaveWith,
    /// The actor has died outside of its turn; a successor joins its slot and takes its first turn.
    Rejoin,
}

/// One public operation on one kind of object.
#[derive(Clone, Copy)]
pub struct Op {
    /// What it does.
    pub name: &'static str,
    /// The public functions it goes through, by `Type::name`.
    pub covers: &'static [&'static str],
    /// It may give a container another amount of room first, in an all-or-nothing step of its own.
    pub regrows: bool,
    /// Blocks that may stay of it though it did not come to its end: others will need them, too.
    pub keeps: u32,
    /// It writes elements of arrays in place, where a death leaves what had been written.
    pub in_place: bool,
    /// It is all or nothing in each of so many parts, one after the other.
    pub parts: usize,
    /// Makes what the act needs, in the actor's turn.
    pub setup: fn(&mut Turn<'_>, &mut Props) -> Done,
    /// The call.
    pub act: Act,
}

impl Op {
    const fn new(
        name: &'static str,
        covers: &'static [&'static str],
        setup: fn(&mut Turn<'_>, &mut Props) -> Done,
        act: fn(&mut Turn<'_>, &Props) -> Done,
    ) -> Op {
        Op { name, covers, regrows: false, keeps: 0, in_place: false, parts: 1, setup, act: Act::Turn(act) }
    }

    const fn regrows(mut self) -> Op {
        self.regrows = true;
        self
    }

    const fn in_place(mut self) -> Op {
        self.in_place = true;
        self
    }

    const fn keeps(mut self, blocks: u32) -> Op {
        self.keeps = blocks;
        self
    }

    const fn in_parts(mut self, parts: usize) -> Op {
        self.parts = parts;
        self
    }

    const fn acting(mut self, act: Act) -> Op {
        self.act = act;
        self
    }
}

/// All of them.
pub fn all() -> Vec<Op> {
    [
        values::OPS,
        lists::OPS,
        maps::OPS,
        sets::OPS,
        fast::OPS,
        keys::OPS,
        instances::OPS,
        messages::OPS,
        records::OPS,
        scalars::OPS,
        byte_arrays::OPS,
        arrays::OPS,
    ]
    .concat()
}

/// A text too long for a cell.
const LONG: &str = "a text that is too long for a cell";

/// A list of whole numbers, placed among the roots.
fn ints(turn: &mut Turn<'_>, props: &mut Props, len: i64) -> Done {
    let list = turn.new_list()?;
    list.extend_ints(turn, &(0..len).map(|int| int * 3).collect::<Vec<_>>())?;
    turn.roots()?.set(turn, "list", list)?;
    props.list = Some(list);
    Ok(())
}

/// A list of a number, a text, a list with contents, a short text, a map; placed among the roots.
fn mixed(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    ints(turn, props, 1)?;
    let list = props.list();
    list.push(turn, LONG)?;
    let inner = tree(turn, 2)?;
    list.push(turn, inner)?;
    list.push(turn, "short")?;
    let map = turn.new_map()?;
    map.set(turn, "key", "a value in a block")?;
    list.push(turn, map)
}

/// Lists and maps in each other, so many levels deep, in the actor's holdings.
fn tree(turn: &mut Turn<'_>, depth: usize) -> Result<List, Error> {
    let root = turn.new_list()?;
    let mut at = root;
    for level in 0..depth {
        at.push(turn, level as i64)?;
        let map = turn.new_map()?;
        at.push(turn, map)?;
        at.push(turn, "beside the map below")?;
        let inner = turn.new_list()?;
        map.set(turn, "a key that is long", inner)?;
        at = inner;
    }
    at.push(turn, true)?;
    Ok(root)
}

/// A list with contents in the actor's holdings.
fn hold_list(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    props.other = Some(tree(turn, 1)?);
    Ok(())
}

/// A map with these many entries, placed among the roots.
fn entries(turn: &mut Turn<'_>, props: &mut Props, len: i64) -> Done {
    let map = turn.new_map()?;
    turn.roots()?.set(turn, "map", map)?;
    for key in 0..len {
        map.set(turn, key, key * key)?;
    }
    props.map = Some(map);
    Ok(())
}
