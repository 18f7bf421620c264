//! A region and its shadow: which parties there are, what they hold, what waits, and how the two are compared.

use std::{collections::VecDeque, sync::Mutex};

use cohabit::{
    Error, Liveness, Message, Next, Object, Party, Recovered, Recovery, Region, Turn, Value, Wait, Waiting,
};
use cohabit_tests::shadow::Shadow;

/// Knows who has died: slot and incarnation.
#[derive(Default)]
pub struct Graveyard(Mutex<Vec<(u8, u32)>>);

impl Liveness for Graveyard {
    fn is_dead(&self, slot: u8, incarnation: u32) -> bool {
        self.0.lock().expect("nobody panics with the lock").contains(&(slot, incarnation))
    }
}

/// Asks at once; waiting for somebody alive would be for ever, as all parties are on this thread.
struct AskAtOnce;

impl Wait for AskAtOnce {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        assert!(waiting.round() < 100, "the turn does not come");
        Next::Inquire
    }
}

/// The region with its parties.
pub struct World<'a> {
    region: Region<'a>,
    graveyard: &'a Graveyard,
    parties: Vec<Option<Party<'a>>>,
    /// Whose turn it is.
    pub current: usize,
}

impl<'a> World<'a> {
    pub fn new(region: Region<'a>, graveyard: &'a Graveyard, parties: usize) -> World<'a> {
        let none = (0..parties).map(|_| None).collect();
        let mut world = World { region, graveyard, parties: none, current: 0 };
        (0..parties).for_each(|slot| world.join(slot));
        world
    }

    fn join(&mut self, slot: usize) {
        // SAFETY: whoever was in this slot has left, or is forgotten and never used again.
        let party = unsafe { self.region.join(slot as u8, self.graveyard) }.expect("the slot is there");
        self.parties[slot] = Some(party);
    }

    /// Takes the current party's turn.
    pub fn turn(&mut self) -> Turn<'_> {
        let party = self.parties[self.current].as_mut().expect("somebody is in every slot");
        party.acquire_with(&mut AskAtOnce).expect("a sound region").expect("it does not give up")
    }

    /// The current party leaves and another one takes its seat.
    pub fn leave(&mut self, state: &mut State) {
        let slot = self.current;
        let party = self.parties[slot].take().expect("somebody is in every slot");
        assert_eq!(party.leave().expect("a sound region"), state.give_back(slot));
        self.join(slot);
    }

    /// The current party dies between its turns; the next one notices, or the slot's next party finds what it left.
    pub fn die_idle(&mut self, reap: bool, state: &mut State) {
        let slot = self.current;
        self.kill();
        let held = state.holds(slot);
        let recovery = state.give_back(slot);
        if reap {
            self.current = (slot + 1) % self.parties.len();
            assert_eq!(self.turn().reap(), Ok(1));
            self.join(slot);
        } else {
            self.join(slot);
            assert_eq!(self.turn().leftovers(), held.then_some(recovery));
        }
    }

    /// The current party dies in its turn; the next one, or the slot's next party, recovers.
    pub fn die_in_turn(&mut self, by_heir: bool, state: &mut State) {
        let slot = self.current;
        std::mem::forget(self.turn());
        let incarnation = self.kill();
        if by_heir {
            self.join(slot);
        } else {
            self.current = (slot + 1) % self.parties.len();
        }
        let recovered = Recovered { slot: slot as u8, incarnation, recovery: state.give_back(slot) };
        assert_eq!(self.turn().recovered(), Some(recovered));
        if !by_heir {
            self.join(slot);
        }
    }

    fn kill(&mut self) -> u32 {
        let party = self.parties[self.current].take().expect("somebody is in every slot");
        let incarnation = party.incarnation();
        self.graveyard.0.lock().expect("nobody panics with the lock").push((self.current as u8, incarnation));
        // A party has no destructor: the dead write nothing.
        incarnation
    }
}

/// An object in the holdings of a party.
pub struct Held {
    pub object: Object,
    pub shadow: Shadow,
}

/// A message that a party has taken.
pub struct Taken {
    pub message: Message,
    pub seq: u64,
    pub shadow: Shadow,
}

/// What should be in the region.
pub struct State {
    pub roots: Shadow,
    /// Waiting messages by the order in which they were put.
    pub queue: VecDeque<(u64, Shadow)>,
    pub next_seq: u64,
    pub loose: Vec<Vec<Held>>,
    pub taken: Vec<Vec<Taken>>,
    /// Objects that have been destroyed.
    pub stale: Vec<Object>,
}

/// Where a container is: in which tree, and by which children to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub base: Base,
    steps: Vec<usize>,
}

impl Path {
    /// Of one of these itself.
    pub fn to(base: Base) -> Path {
        Path { base, steps: Vec::new() }
    }

    /// Whether it leads to the outermost container.
    pub fn is_base(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether this leads to something inside of what `other` leads to.
    pub fn is_inside(&self, other: &Path) -> bool {
        self.base == other.base && self != other && self.steps.starts_with(&other.steps)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Roots,
    Loose(usize, usize),
    Taken(usize, usize),
}

impl State {
    pub fn new(parties: usize) -> State {
        State {
            roots: Shadow::Map(Default::default()),
            queue: VecDeque::new(),
            next_seq: 0,
            loose: (0..parties).map(|_| Vec::new()).collect(),
            taken: (0..parties).map(|_| Vec::new()).collect(),
            stale: Vec::new(),
        }
    }

    fn holds(&self, slot: usize) -> bool {
        !self.loose[slot].is_empty() || !self.taken[slot].is_empty()
    }

    /// The holdings of `slot` go back: messages to where they stood, objects to nowhere.
    fn give_back(&mut self, slot: usize) -> Recovery {
        let loose = std::mem::take(&mut self.loose[slot]);
        let taken = std::mem::take(&mut self.taken[slot]);
        let (requeued, destroyed) = (taken.len() as u32, loose.len() as u32);
        self.stale.extend(loose.into_iter().map(|held| held.object));
        taken.into_iter().for_each(|taken| self.requeue(taken.seq, taken.shadow));
        Recovery { undone: 0, requeued, destroyed }
    }

    pub fn requeue(&mut self, seq: u64, shadow: Shadow) {
        let at = self.queue.partition_point(|(other, _)| *other < seq);
        self.queue.insert(at, (seq, shadow));
    }

    /// Every list and map one can start from.
    fn bases(&self) -> Vec<Base> {
        let mut bases = vec![Base::Roots, Base::Roots];
        for (slot, loose) in self.loose.iter().enumerate() {
            let containers = loose.iter().enumerate().filter(|(_, held)| held.shadow.is_container());
            bases.extend(containers.map(|(index, _)| Base::Loose(slot, index)));
        }
        for (slot, taken) in self.taken.iter().enumerate() {
            let containers = taken.iter().enumerate().filter(|(_, taken)| taken.shadow.is_container());
            bases.extend(containers.map(|(index, _)| Base::Taken(slot, index)));
        }
        bases
    }

    /// A container somewhere, as the numbers decide, with its handle as the region gives it.
    pub fn pick(
        &self,
        turn: &Turn<'_>,
        at: &[u16; 4],
        wanted: fn(&Shadow) -> bool,
    ) -> Option<(Path, Object)> {
        let bases = self.bases();
        // Start anywhere, and take the first place from there that will do.
        for (turned, number) in (0..bases.len()).zip(at[0] as usize..) {
            let base = bases[number % bases.len()];
            let (mut path, mut object) = (Path { base, steps: Vec::new() }, self.handle_of(turn, base));
            let mut best = wanted(self.node(&path)).then(|| (path.clone(), object));
            for _ in 0..if turned == 0 { at[1] % 5 } else { 1 } {
                let Some(step) = container_child(self.node(&path), at[2] as usize) else { break };
                object = child_handle(turn, object, step);
                path.steps.push(step);
                if wanted(self.node(&path)) {
                    best = Some((path.clone(), object));
                }
            }
            if best.is_some() {
                return best;
            }
        }
        None
    }

    fn handle_of(&self, turn: &Turn<'_>, base: Base) -> Object {
        match base {
            Base::Roots => turn.roots().expect("always there").into(),
            Base::Loose(slot, index) => self.loose[slot][index].object,
            Base::Taken(slot, index) => {
                as_object(self.taken[slot][index].message.value(turn).expect("it is taken"))
                    .expect("a container")
            }
        }
    }

    pub fn node(&self, path: &Path) -> &Shadow {
        let base = match path.base {
            Base::Roots => &self.roots,
            Base::Loose(slot, index) => &self.loose[slot][index].shadow,
            Base::Taken(slot, index) => &self.taken[slot][index].shadow,
        };
        path.steps.iter().fold(base, |at, step| at.children().nth(*step).expect("it was there"))
    }

    pub fn node_mut(&mut self, path: &Path) -> &mut Shadow {
        let base = match path.base {
            Base::Roots => &mut self.roots,
            Base::Loose(slot, index) => &mut self.loose[slot][index].shadow,
            Base::Taken(slot, index) => &mut self.taken[slot][index].shadow,
        };
        path.steps.iter().fold(base, |at, step| at.child_mut(*step).expect("it was there"))
    }

    /// Takes object `index` out of the holdings of `slot`; `path` still leads where it did.
    pub fn unhold(&mut self, slot: usize, index: usize, path: &mut Path) -> Shadow {
        if let Base::Loose(of, number) = &mut path.base
            && *of == slot
            && *number > index
        {
            *number -= 1;
        }
        self.loose[slot].remove(index).shadow
    }

    /// Forgets all but the last few destroyed objects: handles repeat after 65,535 allocations.
    pub fn forget_old(&mut self) {
        let old = self.stale.len().saturating_sub(32);
        self.stale.drain(..old);
    }

    /// Whether the region is what it should be, in all that can be read.
    pub fn compare(&self, turn: &Turn<'_>) {
        assert!(self.roots.matches(turn, Value::Map(turn.roots().expect("always there"))), "roots differ");
        assert_eq!(turn.message_count(), self.queue.len());
        let mut waiting = turn.messages().expect("a sound queue");
        for (seq, shadow) in &self.queue {
            let value = waiting.next().expect("as many as counted").expect("a sound message");
            assert!(shadow.matches(turn, value), "message {seq} differs");
        }
        assert!(waiting.next().is_none());
        for held in self.loose.iter().flatten() {
            let value = object_value(turn, held.object);
            assert!(held.shadow.matches(turn, value), "{:?} differs: {:?}", held.object, held.shadow);
        }
        for taken in self.taken.iter().flatten() {
            let value = taken.message.value(turn).expect("it is taken");
            assert!(taken.shadow.matches(turn, value), "taken message {} differs", taken.seq);
        }
    }

    /// Whether the handles of objects that were destroyed lately are all known to be stale.
    pub fn check_stale(&self, turn: &Turn<'_>) {
        for object in &self.stale {
            let error = match *object {
                Object::List(list) => list.len(turn).err(),
                Object::Map(map) => map.len(turn).err(),
                Object::Record(record) => record.len(turn).err(),
                Object::Tuple(tuple) => tuple.len(turn).err(),
                Object::Set(set) => set.len(turn).err(),
                Object::FrozenSet(set) => set.len(turn).err(),
                Object::FrozenMap(map) => map.len(turn).err(),
                Object::FastSet(set) => set.contains(turn, 1).err(),
                Object::FastMap(map) => map.get(turn, 1).err(),
                Object::Instance(instance) => instance.len(turn).err(),
                Object::Text(text) => text.get(turn).err(),
                Object::Bytes(bytes) => bytes.buffer(turn).err(),
                Object::Scalar(scalar) => scalar.value(turn).err(),
                Object::ByteArray(array) => array.len(turn).err(),
                Object::Array(array) => array.layout(turn).err(),
                other => panic!("a new kind of object: {other:?}"),
            };
            assert_eq!(error, Some(Error::Stale), "{object:?}, destroyed");
        }
    }

    /// Whether the auditor finds everything in order, and as many objects as there should be.
    pub fn audit(&self, turn: &mut Turn<'_>) {
        let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
        let held =
            self.loose.iter().map(Vec::len).sum::<usize>() + self.taken.iter().map(Vec::len).sum::<usize>();
        assert_eq!((audit.held as usize, audit.stats.messages as usize), (held, self.queue.len()));
    }
}

/// Number of the first child, counted from `from`, that has others inside.
fn container_child(node: &Shadow, from: usize) -> Option<usize> {
    let containers: Vec<usize> =
        node.children().enumerate().filter(|(_, c)| c.is_container()).map(|(i, _)| i).collect();
    if containers.is_empty() { None } else { Some(containers[from % containers.len()]) }
}

fn child_handle(turn: &Turn<'_>, object: Object, step: usize) -> Object {
    let value = match object {
        Object::List(list) => list.get(turn, step).expect("it is there"),
        Object::Tuple(tuple) => tuple.get(turn, step).expect("it is there"),
        Object::Instance(instance) => {
            let mut fields = instance.fields(turn).expect("a sound instance");
            fields.nth(step).expect("it is there").expect("a sound field").1
        }
        Object::FrozenMap(map) => {
            map.values(turn).expect("a sound map").nth(step).expect("it is there").expect("a sound entry")
        }
        Object::FastMap(map) => {
            map.values(turn).expect("a sound map").nth(step).expect("it is there").expect("a sound entry")
        }
        Object::Map(map) => {
            map.iter(turn).expect("a sound map").nth(step).expect("it is there").expect("a sound entry").1
        }
        Object::Record(record) => {
            record
                .iter(turn)
                .expect("a sound record")
                .nth(step)
                .expect("it is there")
                .expect("a sound field")
                .1
        }
        leaf => panic!("{leaf:?} has no children"),
    };
    as_object(value).expect("a container")
}

/// The handle in a value, if it has others inside.
pub fn as_object(value: Value<'_>) -> Option<Object> {
    match value {
        Value::List(list) => Some(list.into()),
        Value::Map(map) => Some(map.into()),
        Value::ByteArray(array) => Some(array.into()),
        Value::Record(record) => Some(record.into()),
        Value::Tuple(tuple) => Some(tuple.into()),
        Value::Set(set) => Some(set.into()),
        Value::FrozenSet(set) => Some(set.into()),
        Value::FrozenMap(map) => Some(map.into()),
        Value::FastSet(set) => Some(set.into()),
        Value::FastMap(map) => Some(map.into()),
        Value::Instance(instance) => Some(instance.into()),
        _ => None,
    }
}

/// What an object of any kind is.
pub fn object_value<'t>(turn: &'t Turn<'_>, object: Object) -> Value<'t> {
    match object {
        Object::List(list) => Value::List(list),
        Object::Map(map) => Value::Map(map),
        Object::ByteArray(array) => Value::ByteArray(array),
        Object::Record(record) => Value::Record(record),
        Object::Array(array) => Value::Array(array),
        Object::Tuple(tuple) => Value::Tuple(tuple),
        Object::Set(set) => Value::Set(set),
        Object::FrozenSet(set) => Value::FrozenSet(set),
        Object::FrozenMap(map) => Value::FrozenMap(map),
        Object::FastSet(set) => Value::FastSet(set),
        Object::FastMap(map) => Value::FastMap(map),
        Object::Instance(instance) => Value::Instance(instance),
        Object::Text(text) => Value::Text(text.get(turn).expect("it is held")),
        Object::Bytes(bytes) => Value::Bytes(bytes.buffer(turn).expect("it is held")),
        Object::Scalar(scalar) => scalar.value(turn).expect("it is held"),
        other => panic!("a new kind of object: {other:?}"),
    }
}
