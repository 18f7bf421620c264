//! What may be found after a death: the states of an operation, and the verdict on one that was found.
//!
//! An operation that is all or nothing has two: before and after. One that consists of parts (`List::extend`: a push for each
//! value) has one more for each part. All of them are states in which the actor has died between operations, so what it held
//! has been given back in each: that makes them comparable with what is found after a death in the middle.

#![forbid(unsafe_code)]

use cohabit::Error;

use crate::{
    ops::{Act, Op, Props},
    snapshot::Snapshot,
    stage::{self, ACTOR, Dead, SURVIVOR, Stage, State},
};

/// An operation in a state, and everything that may be found after a death in it.
pub struct Proof<'o> {
    /// The operation.
    pub op: &'o Op,
    /// What is around.
    pub state: State,
    /// What the actor believes of others.
    pub dead: Dead,
    /// The handles that the operation works with.
    pub props: Props,
    /// It ran out of memory, and so should have changed nothing.
    pub out_of_memory: bool,
    expected: Vec<Snapshot>,
}

impl<'o> Proof<'o> {
    /// Performs the operation undisturbed, to see before and after.
    pub fn new(op: &'o Op, state: State) -> Proof<'o> {
        let dead = match op.act {
            Act::Reap => Dead(vec![(SURVIVOR, 1)]),
            Act::Rejoin => Dead(vec![(ACTOR, 1)]),
            _ => Dead::default(),
        };
        let mut memory = vec![0; state.words()];
        let props = Stage::set(&mut memory, op, state, &dead).props();
        let mut proof = Proof { op, state, dead, props, out_of_memory: false, expected: Vec::new() };
        let before = proof.read(&memory, SURVIVOR);
        proof.expected.push(before);
        for parts in 1..=op.parts {
            match Stage::set(&mut memory, op, state, &proof.dead).act(op, parts, &proof.dead) {
                Ok(()) => {}
                Err(Error::OutOfMemory { .. }) => proof.out_of_memory = true,
                Err(error) => panic!("{}: {error}", proof.title()),
            }
            let after = proof.read(&memory, SURVIVOR);
            proof.expected.push(after);
        }
        if proof.out_of_memory && op.parts == 1 {
            let [before, after] = &proof.expected[..] else { unreachable!("one part, two states") };
            assert!(
                before.same_contents(after),
                "{}: out of memory, and changed all the same",
                proof.title()
            );
        }
        proof
    }

    /// The operation and its state, for people.
    pub fn title(&self) -> String {
        format!("{} ({:?})", self.op.name, self.state)
    }

    fn read(&self, memory: &[u64], slot: u8) -> Snapshot {
        let found = stage::examine(&mut memory.to_vec(), slot, &self.props, false);
        self.relevant(found.unwrap_or_else(|why| panic!("{}: undisturbed: {why}", self.title())))
    }

    /// All of it, but for what the operation may leave half done.
    fn relevant(&self, mut snapshot: Snapshot) -> Snapshot {
        if self.op.in_place {
            snapshot.elements.clear();
        }
        snapshot
    }

    /// Comes after a death, in a copy of the memory, as the party in `slot`. An error says what is wrong with what is found.
    pub fn examine(&self, memory: &[u64], slot: u8, noted: bool) -> Result<(), String> {
        let found = stage::examine(&mut memory.to_vec(), slot, &self.props, noted)?;
        judge(&self.expected, self.op.keeps + u32::from(self.op.regrows), &self.relevant(found))
    }

    /// Whether whoever comes next must give back everything without being asked to reap: not where somebody else was dead before.
    pub fn noted(&self, memory: &mut [u64]) -> bool {
        !matches!(self.op.act, Act::Reap) && stage::died_in_turn(memory)
    }

    /// Who comes after the survivor was killed, too: by turns the same slot, the dead actor's slot, and another.
    pub fn next_after(&self, nth: u64) -> u8 {
        match nth % 3 {
            1 => ACTOR,
            2 if self.state == State::Typical => stage::THIRD,
            _ => SURVIVOR,
        }
    }
}

/// Whether `found` is one of the states that may be found, from before to after. `kept`: so many blocks may be there already, made in
/// steps of their own: more room for a container, or a schema.
pub fn judge(expected: &[Snapshot], kept: u32, found: &Snapshot) -> Result<(), String> {
    if expected.contains(found) {
        return Ok(());
    }
    let Some(alike) = expected.iter().find(|state| state.same_contents(found)) else {
        let (before, after) = (&expected[0], &expected[expected.len() - 1]);
        return Err(format!(
            "neither before nor after.\nbefore: {before:?}\nfound:  {found:?}\nafter:  {after:?}"
        ));
    };
    // Room that was made for what then did not come: never more than the whole operation takes.
    let most = expected.iter().map(|state| state.used).max().unwrap_or(0);
    if kept > 0 && found.used <= most && found.blocks.abs_diff(alike.blocks) <= kept {
        return Ok(());
    }
    Err(format!(
        "{} bytes in {} blocks are used for what took {} in {}",
        found.used, found.blocks, alike.used, alike.blocks
    ))
}
