//! The stage of the crash proofs: a region with an actor who may be killed at any moment, and those who come after.
//!
//! ```text
//!   slot 0  the actor      performs one operation, and dies somewhere in it
//!   slot 1  the survivor   comes next: recovers, reaps, audits, reads everything   (in the `reap` operation, dead before)
//!   slot 2  the bystander  lives on, holding objects and a message that must stay untouched   (typical state only)
//!   slot 3  the third      comes when the survivor, too, was killed                          (typical state only)
//! ```
//!
//! Everything is built by the same steps from the same bytes, so a play can be repeated as often as there are places to die.
//! This is the suites' one door to `Region::open` and `join`: both need the promise that nobody else uses the slot.

use std::{ops::Range, ptr::NonNull, time::Duration};

use cohabit::{Config, Error, Liveness, Next, OpenError, Party, Region, Turn, TurnError, Wait, Waiting};

use crate::{
    ops::{Act, Op, Props},
    snapshot::Snapshot,
};

/// The slot of the one who dies.
pub const ACTOR: u8 = 0;
/// The slot of the one who comes next.
pub const SURVIVOR: u8 = 1;
/// The slot of the one who lives on.
pub const BYSTANDER: u8 = 2;
/// The slot of the one who comes when the survivor died as well.
pub const THIRD: u8 = 3;

/// How much is in the region before the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing but what the operation needs. Two parties.
    Empty,
    /// A company record, messages, holes between blocks, a living bystander with holdings. Four parties.
    Typical,
    /// Filled up, then this many bytes freed again, so that operations run out of memory half-way. Two parties.
    Full(u32),
    /// The same in a region with quick lists, where small blocks that were freed are kept as they are.
    Spares(u32),
}

/// The states that every operation is tried in.
pub const STATES: [State; 10] = [
    State::Empty,
    State::Typical,
    State::Full(0),
    State::Full(32),
    State::Full(64),
    State::Full(104),
    State::Full(168),
    State::Full(304),
    State::Spares(104),
    State::Spares(304),
];

impl State {
    /// The region's layout.
    pub fn config(self) -> Config {
        let config = Config::new().region_id(0x5eed).hash_seed(7);
        // What may become larger than 8 KiB has quick lists.
        match self {
            State::Typical => config.parties(4).journal(16).stride(64).max_len(96 << 10),
            State::Spares(_) => config.parties(2).journal(16).compact().max_len(96 << 10),
            State::Empty | State::Full(_) => config.parties(2).journal(16).compact(),
        }
    }

    /// The region's length in 8-byte words.
    pub fn words(self) -> usize {
        match self {
            State::Empty => 600,
            State::Typical => 1200,
            State::Full(_) => 700,
            State::Spares(_) => 800,
        }
    }
}

/// Which incarnation of each slot is dead.
#[derive(Clone, Debug, Default)]
pub struct Dead(pub Vec<(u8, u32)>);

impl Liveness for Dead {
    fn is_dead(&self, slot: u8, incarnation: u32) -> bool {
        self.0.contains(&(slot, incarnation))
    }
}

/// Waits by asking, at once and every time, whether the one in the way is alive. Panics instead of waiting for ever.
struct Impatient;

impl Wait for Impatient {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        assert!(waiting.round() < 1000, "slot {:?} is in the way and not dead", waiting.slot());
        if waiting.round() > 10 {
            std::thread::sleep(Duration::from_micros(1));
        }
        Next::Inquire
    }
}

/// Takes the turn, passing over the dead.
pub fn turn<'t>(party: &'t mut Party<'_>) -> Result<Turn<'t>, TurnError> {
    party.acquire_with(&mut Impatient).map(|turn| turn.expect("Impatient does not give up"))
}

/// The region in these words.
fn try_open(memory: &mut [u64]) -> Result<Region<'_>, OpenError> {
    let (base, len) = (NonNull::from(&mut *memory).cast(), size_of_val(memory));
    // SAFETY: the words are borrowed exclusively for as long as the region lives; other parties in them, if any, are dead
    // (this is a copy of their memory, or they have been dropped), or belong to this very play and take turns.
    unsafe { Region::open(base, len) }
}

fn open(memory: &mut [u64]) -> Region<'_> {
    try_open(memory).expect("a formatted region")
}

/// Whether these words are a region, as far as opening them tells.
pub fn opens(memory: &mut [u64]) -> Result<(), OpenError> {
    try_open(memory).map(drop)
}

fn join<'m>(region: &Region<'m>, slot: u8, liveness: &'m dyn Liveness) -> Party<'m> {
    // SAFETY: each play seats one living party a slot; whoever sat there before is dead and never stores again.
    unsafe { region.join(slot, liveness) }.expect("the slot exists")
}

/// A region made ready for an operation, with the actor about to perform it.
pub struct Stage<'m> {
    region: Region<'m>,
    actor: Party<'m>,
    props: Props,
    /// The region's words, by the pointer that the region itself was made from.
    words: NonNull<[u64]>,
}

impl<'m> Stage<'m> {
    /// Builds region and actor. `dead` is what the actor believes of others.
    pub fn set(memory: &'m mut [u64], op: &Op, state: State, dead: &'m Dead) -> Stage<'m> {
        memory.fill(0);
        state.config().format(bytemuck::cast_slice_mut(memory)).expect("room for the region");
        let words = NonNull::from(memory);
        // SAFETY: as in `try_open`; whoever changes the words by this pointer (`damage`) does so while nobody has the turn.
        let region = unsafe { Region::open(words.cast(), words.len() * 8) }.expect("a formatted region");
        let mut actor = join(&region, ACTOR, dead);
        let mut props = Props::default();
        let done = (|| -> Result<(), Error> {
            if state == State::Typical {
                let mut bystander = join(&region, BYSTANDER, dead);
                scenery::typical(&mut turn(&mut actor).unwrap())?;
                props.kept = Some(scenery::hold(&mut turn(&mut bystander).unwrap())?);
            }
            if matches!(op.act, Act::Reap) {
                scenery::hold(&mut turn(&mut join(&region, SURVIVOR, dead)).unwrap())?;
            }
            let mut turn = turn(&mut actor).unwrap();
            (op.setup)(&mut turn, &mut props)?;
            if let State::Full(room) | State::Spares(room) = state {
                scenery::fill(&mut turn, room.into())?;
            }
            turn.audit()
                .unwrap_or_else(|error| panic!("{}: {state:?}: not sound at first: {error}", op.name));
            Ok(())
        })();
        done.unwrap_or_else(|error| panic!("{}: {state:?}: setup: {error}", op.name));
        Stage { region, actor, props, words }
    }

    /// The heap area, in words of the region.
    pub fn heap(&self) -> Range<usize> {
        self.region.info().heap_start as usize / 8..self.words.len()
    }

    /// A word of the heap area.
    pub fn word(&self, word: usize) -> u64 {
        // SAFETY: `at` has seen to it, and nobody has a turn, so nobody has a reference into the heap.
        unsafe { self.at(word).read() }
    }

    /// Overwrites a word of the heap area, as somebody would who keeps to no rule.
    pub fn damage(&mut self, word: usize, change: impl FnOnce(u64) -> u64) {
        let new = change(self.word(word));
        // SAFETY: as in `word`.
        unsafe { self.at(word).write(new) };
    }

    fn at(&self, word: usize) -> NonNull<u64> {
        assert!(self.heap().contains(&word), "the control area is not for plain loads and stores");
        // SAFETY: inside the words, which the stage has to itself.
        unsafe { self.words.cast::<u64>().add(word) }
    }

    /// What the operation works with.
    pub fn props(&self) -> Props {
        self.props
    }

    /// Performs the operation, in a turn of its own, once.
    pub fn act(self, op: &Op, parts: usize, dead: &'m Dead) -> Result<(), Error> {
        let Stage { region, mut actor, mut props, .. } = self;
        props.parts = parts;
        match op.act {
            Act::Turn(act) => act(&mut turn(&mut actor).expect("nobody has died yet"), &props),
            Act::Reap => turn(&mut actor).expect("nobody has died yet").reap().map(|_| ()),
            Act::Leave => actor.leave().map(|_| ()).map_err(unrecoverable),
            Act::LeaveWith => match actor.leave_with(&mut Impatient) {
                Ok(left) => left.map(|_| ()).map_err(|_| panic!("Impatient does not give up")),
                Err(error) => Err(unrecoverable(error)),
            },
            Act::Rejoin => {
                // The old one has done its last; it is not used again.
                let _dead = actor;
                turn(&mut join(&region, ACTOR, dead)).map(|_| ()).map_err(unrecoverable)
            }
        }
    }
}

/// One party, alone in its region.
pub struct Cast<'m>(Party<'m>);

impl<'m> Cast<'m> {
    /// Joins `slot` of a region in which nobody is alive.
    pub fn join(memory: &'m mut [u64], slot: u8) -> Cast<'m> {
        Cast(join(&open(memory), slot, &EverybodyElse))
    }

    /// A turn; recovery, if it is due, has been done by it.
    pub fn turn(&mut self) -> Turn<'_> {
        turn(&mut self.0).expect("a sound region, and nobody alive in it")
    }
}

/// Whoever is asked about is dead.
struct EverybodyElse;

impl Liveness for EverybodyElse {
    fn is_dead(&self, _: u8, _: u32) -> bool {
        true
    }
}

fn unrecoverable(error: TurnError) -> Error {
    match error {
        TurnError::Unrecoverable(error) => error,
        error => panic!("{error}"),
    }
}

/// Everybody in this region but the bystander and whoever is in `except`.
pub fn all_dead(memory: &mut [u64], except: Option<u8>) -> Dead {
    let region = open(memory);
    let joined =
        |slot| region.slot(slot).filter(|view| view.is_joined()).map(|view| (slot, view.incarnation));
    Dead((0..4).filter(|slot| *slot != BYSTANDER && Some(*slot) != except).filter_map(joined).collect())
}

/// Joins `slot`, takes a turn, which recovers, and reaps: what the next party does after a death.
pub fn clean_up(memory: &mut [u64], slot: u8, dead: &Dead) -> Result<(), TurnError> {
    let region = open(memory);
    let mut party = join(&region, slot, dead);
    let mut turn = turn(&mut party)?;
    turn.reap().map(drop).map_err(TurnError::Unrecoverable)
}

/// Whether somebody has died in its turn, so that the next party knows without asking.
pub fn died_in_turn(memory: &mut [u64]) -> bool {
    open(memory).holder().is_some()
}

/// Cleans up as `slot`, checks that the right one was named, audits, and reads everything. The words are changed.
///
/// `noted`: the actor died in its turn, so whoever comes next must give back all it held, without being asked to reap.
/// Afterwards `slot`'s party is alive, as far as the region knows.
pub fn examine(memory: &mut [u64], slot: u8, props: &Props, noted: bool) -> Result<Snapshot, String> {
    let dead = all_dead(memory, None);
    let region = open(memory);
    let died = region.holder().and_then(|slot| region.slot(slot).map(|view| (slot, view.incarnation)));
    let mut party = join(&region, slot, &dead);
    let mut turn = turn(&mut party).map_err(|error| format!("recovery: {error}"))?;
    let named = turn.recovered().map(|who| (who.slot, who.incarnation));
    if died != named {
        return Err(format!("{died:?} died in its turn, but recovery named {named:?}"));
    }
    let at_once = Snapshot::take(&mut turn, props)?;
    let reaped = turn.reap().map_err(|error| format!("reaping: {error}"))?;
    if named.is_none() && reaped == 0 && slot != ACTOR && dead.0.iter().any(|(slot, _)| *slot == ACTOR) {
        return Err("nobody noticed that the actor is dead".into());
    }
    let snapshot = Snapshot::take(&mut turn, props)?;
    if noted && at_once != snapshot {
        return Err(format!("not all was given back at once.\nat once: {at_once:?}\nreaped:  {snapshot:?}"));
    }
    drop(turn);
    if region.messages() as usize != snapshot.messages() {
        return Err("the message count outside of the turn is wrong".into());
    }
    let turn = self::turn(&mut party).map_err(|error| format!("the next turn: {error}"))?;
    match turn.recovered() {
        Some(again) => Err(format!("recovered twice: {again:?}")),
        None => Ok(snapshot),
    }
}

mod scenery;
