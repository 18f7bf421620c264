//! One operation on the region and on its shadow: what it must return, and what must have changed.

use cohabit::{Error, Input, Item, Object, Order, Turn};
use cohabit_tests::shadow::Shadow;

use crate::{
    op::{Given, Op, Verb},
    world::{Base, Held, Path, State, Taken},
};

/// How large things may be in this region.
#[derive(Clone, Copy)]
pub struct Scale {
    /// Different keys.
    pub keys: u16,
    /// Numbers added to a list at once.
    pub ints: usize,
}

/// Why an operation changed nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum Not {
    /// There was nothing that it could have been done to.
    Applicable,
    /// It is an error, and was one.
    Allowed,
    /// There was not enough memory.
    Enough,
}

/// Checks a result against the error that was due, if any; `Ok` only if the operation was done.
pub fn judge<R: std::fmt::Debug>(
    result: Result<R, Error>,
    due: Option<Error>,
    allocates: bool,
) -> Result<R, Not> {
    match (result, due) {
        (Err(Error::OutOfMemory { requested, largest_free, total_free }), _) if allocates => {
            assert!(largest_free <= total_free && requested > 0);
            Err(Not::Enough)
        }
        (Ok(done), None) => Ok(done),
        (Err(error), Some(due)) if error == due => Err(Not::Allowed),
        (result, due) => panic!("{result:?}, but {due:?} was due"),
    }
}

/// Something to store: as the region takes it, the error that is due, and the place in the holdings that it leaves.
pub struct Gift<'v> {
    pub input: Input<'v>,
    pub due: Option<Error>,
    held: Option<usize>,
    shadow: Shadow,
}

/// What a step works with.
pub struct Step<'s, 't> {
    pub turn: &'s mut Turn<'t>,
    pub state: &'s mut State,
    /// The party whose turn it is.
    pub me: usize,
    pub scale: Scale,
}

impl Step<'_, '_> {
    pub fn run(mut self, op: &Op) -> Result<(), Not> {
        match op.verb {
            Verb::NewList => {
                let list = judge(self.turn.new_list(), None, true)?;
                self.hold(list.into(), Shadow::List(Vec::new()));
            }
            Verb::NewMap => {
                let map = judge(self.turn.new_map(), None, true)?;
                self.hold(map.into(), Shadow::Map(Default::default()));
            }
            Verb::NewLeaf => self.new_leaf(op)?,
            Verb::NewByteArray
            | Verb::ByteExtend
            | Verb::ByteSet
            | Verb::BytePop
            | Verb::ByteTruncate
            | Verb::ByteSplice => self.on_bytes(op)?,
            Verb::NewRecord => self.new_record(op)?,
            Verb::RecordSet => self.set_field(op)?,
            Verb::NewArray => self.new_array(op)?,
            Verb::SetElement => self.set_element(op)?,
            Verb::WriteElements => self.write_elements(op)?,
            Verb::CutArray => self.cut_array(op)?,
            Verb::PutBySerde => self.put_by_serde(op)?,
            Verb::NewSet => {
                let set = judge(self.turn.new_set(), None, true)?;
                self.hold(set.into(), Shadow::Set(Default::default()));
            }
            Verb::SetInsert | Verb::SetRemove | Verb::SetPopLast | Verb::SetClear => self.on_set(op)?,
            Verb::SetCompare | Verb::SetCombine | Verb::SetChange => self.on_sets(op)?,
            Verb::Freeze => self.freeze(op)?,
            Verb::Thaw => self.thaw(op)?,
            Verb::Pack => self.pack(op)?,
            Verb::NewTuple => self.new_tuple(op)?,
            Verb::SliceTuple => self.slice_tuple(op)?,
            Verb::NewInstance => self.new_instance(op)?,
            Verb::FieldSet | Verb::FieldRemove | Verb::FieldTake => self.on_instance(op)?,
            Verb::Copy => self.copy(op)?,
            Verb::Destroy => self.destroy(op)?,
            Verb::UseStale => self.use_stale(op)?,
            Verb::Fill => self.fill(op)?,
            Verb::PutMessage => self.put_message(op)?,
            Verb::TakeMessage => self.take_message(op)?,
            Verb::Finish | Verb::Accept | Verb::PutBack => self.end_message(op)?,
            Verb::Get => self.get(op)?,
            Verb::MapSet | Verb::MapRemove | Verb::MapTake | Verb::MapUpdate | Verb::MapOrInsert => {
                self.on_map(op)?
            }
            Verb::Reverse
            | Verb::RotateLeft
            | Verb::RemoveRange
            | Verb::Slice
            | Verb::SliceBy
            | Verb::Repeat
            | Verb::ExtendFrom => self.on_whole_list(op)?,
            Verb::Splice | Verb::SetSlice | Verb::RemoveSlice => self.on_part_of_list(op)?,
            Verb::Sort => self.sort(op)?,
            Verb::MapClear | Verb::MapPopLast | Verb::MapExtendFrom => self.on_whole_map(op)?,
            Verb::Pass | Verb::Leave | Verb::DieIdle | Verb::DieInTurn => return Err(Not::Applicable),
            _ => self.on_list(op)?,
        }
        Ok(())
    }

    pub fn hold(&mut self, object: Object, shadow: Shadow) {
        self.state.loose[self.me].push(Held { object, shadow });
    }

    /// An item that was taken out: its value is right, and its object is held now.
    pub fn receive(&mut self, item: Item, shadow: Shadow) {
        assert!(
            shadow.matches(self.turn, item.value(self.turn).expect("just taken")),
            "{item:?} is not {shadow:?}"
        );
        match item.object() {
            Some(object) => self.hold(object, shadow),
            None => assert!(!shadow.is_container()),
        }
    }

    /// A tuple or frozen set of scalars in the holdings, for a key; nothing where the key is a scalar.
    pub fn make_key(&mut self, key: &Shadow) -> Result<Option<Object>, Not> {
        let made = match key {
            Shadow::Tuple(values) => {
                let values: Vec<_> = values.iter().map(|value| value.as_input().expect("a scalar")).collect();
                self.turn.new_tuple(&values).map(Object::from)
            }
            Shadow::FrozenSet(members) => self.turn.new_set().and_then(|set| {
                let keys = members.values().map(|member| member.as_key().expect("a scalar"));
                let filled =
                    set.extend(self.turn, keys).and_then(|()| set.freeze(self.turn).map(Object::from));
                filled.or_else(|error| self.turn.destroy(set).and(Err(error)))
            }),
            _ => return Ok(None),
        };
        judge(made, None, true).map(Some)
    }

    /// What [`make_key`](Self::make_key) made, if it has not become a key.
    pub fn drop_key(&mut self, object: Option<Object>) {
        match object.map(|object| self.turn.destroy(object)) {
            None | Some(Ok(()) | Err(Error::AlreadyPlaced | Error::Stale)) => {}
            Some(Err(error)) => panic!("{error}"),
        }
    }

    pub fn gift<'v>(&self, given: &'v Given, target: Option<&Path>) -> Gift<'v> {
        let loose = &self.state.loose[self.me];
        let object = |object, due, held, shadow| Gift { input: Input::Object(object), due, held, shadow };
        match given {
            Given::Value(shadow) => {
                let input = shadow.as_input().expect("only scalars are given by value");
                return Gift { input, due: None, held: None, shadow: shadow.clone() };
            }
            Given::Held(number) if !loose.is_empty() => {
                let index = *number as usize % loose.len();
                let inside = target.is_some_and(|path| path.base == Base::Loose(self.me, index));
                let due = inside.then_some(Error::WouldCycle);
                return object(loose[index].object, due, Some(index), Shadow::Null);
            }
            Given::Forbidden(number) => {
                if let Some((forbidden, due)) = self.forbidden(*number as usize) {
                    return object(forbidden, Some(due), None, Shadow::Null);
                }
            }
            Given::Held(_) => {}
        }
        Gift { input: ().into(), due: None, held: None, shadow: Shadow::Null }
    }

    /// An object that this party may neither place nor destroy, and the error that says so.
    fn forbidden(&self, number: usize) -> Option<(Object, Error)> {
        let others: Vec<Object> = (0..self.state.loose.len())
            .filter(|slot| *slot != self.me)
            .flat_map(|slot| self.state.loose[slot].iter().map(|held| held.object))
            .collect();
        let pick = |from: &[Object]| (!from.is_empty()).then(|| from[number / 3 % from.len()]);
        match number % 3 {
            0 => pick(&others).map(|object| (object, Error::HeldByOther)),
            1 => pick(&self.state.stale).map(|object| (object, Error::Stale)),
            _ => {
                let at = [0, 1, number as u16, 0];
                let placed = self.state.pick(self.turn, &at, Shadow::is_container)?.1;
                Some((placed, Error::AlreadyPlaced))
            }
        }
    }

    /// What is in the region now that the gift has been accepted.
    pub fn accepted(&mut self, gift: Gift<'_>, path: &mut Path) -> Shadow {
        gift.held.map_or(gift.shadow, |index| self.state.unhold(self.me, index, path))
    }

    fn new_leaf(&mut self, op: &Op) -> Result<(), Not> {
        let (object, shadow): (Object, Shadow) = match &op.given {
            Given::Value(Shadow::Text(text)) => {
                (judge(self.turn.new_text(text), None, true)?.into(), Shadow::Text(text.clone()))
            }
            Given::Value(Shadow::Bytes(bytes)) => {
                (judge(self.turn.new_bytes(bytes), None, true)?.into(), Shadow::Bytes(bytes.clone()))
            }
            _ => {
                let len = op.at[3] as usize % 60;
                (judge(self.turn.new_buffer(len), None, true)?.into(), Shadow::Bytes(vec![0; len]))
            }
        };
        self.hold(object, shadow);
        Ok(())
    }

    fn copy(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, Shadow::is_container)?;
        let copy: Object = match object {
            Object::List(list) => judge(list.copy(self.turn), None, true)?.into(),
            Object::Map(map) => judge(map.copy(self.turn), None, true)?.into(),
            Object::ByteArray(array) => judge(array.copy(self.turn), None, true)?.into(),
            Object::Record(record) => judge(record.copy(self.turn), None, true)?.into(),
            Object::Tuple(tuple) => judge(tuple.copy(self.turn), None, true)?.into(),
            Object::Set(set) => judge(set.copy(self.turn), None, true)?.into(),
            Object::FrozenSet(set) => judge(set.copy(self.turn), None, true)?.into(),
            Object::FrozenMap(map) => judge(map.copy(self.turn), None, true)?.into(),
            Object::FastSet(set) => judge(set.copy(self.turn), None, true)?.into(),
            Object::FastMap(map) => judge(map.copy(self.turn), None, true)?.into(),
            Object::Instance(instance) => judge(instance.copy(self.turn), None, true)?.into(),
            leaf => panic!("{leaf:?} is no container"),
        };
        let shadow = self.state.node(&path).clone();
        if shadow.size() > 50 {
            // Generations come round after 65,535 allocations, and a large copy takes many.
            self.state.stale.clear();
        }
        self.hold(copy, shadow);
        Ok(())
    }

    fn destroy(&mut self, op: &Op) -> Result<(), Not> {
        let gift = self.gift(&op.given, None);
        let (Input::Object(object), due) = (gift.input, gift.due) else { return Err(Not::Applicable) };
        judge(self.turn.destroy(object), due, false)?;
        let index = gift.held.expect("what is not held is forbidden");
        self.state.loose[self.me].remove(index);
        self.state.stale.push(object);
        Ok(())
    }

    fn use_stale(&mut self, op: &Op) -> Result<(), Not> {
        if self.state.stale.is_empty() {
            return Err(Not::Applicable);
        }
        let error = match self.state.stale[op.at[0] as usize % self.state.stale.len()] {
            Object::List(list) => list.push(self.turn, 1).err(),
            Object::Map(map) => map.set(self.turn, 1, 1).err(),
            Object::Record(record) => record.copy(self.turn).err(),
            Object::Tuple(tuple) => tuple.copy(self.turn).err(),
            Object::Set(set) => set.insert(self.turn, 1).err(),
            Object::FrozenSet(set) => set.to_set(self.turn).err(),
            Object::FrozenMap(map) => map.copy(self.turn).err(),
            Object::FastSet(set) => set.copy(self.turn).err(),
            Object::FastMap(map) => map.to_map(self.turn).err(),
            Object::Instance(instance) => instance.set(self.turn, "a", 1).err(),
            Object::Text(text) => text.get(self.turn).err(),
            Object::Bytes(bytes) => bytes.buffer_mut(self.turn).err(),
            Object::Scalar(scalar) => self.turn.destroy(scalar).err(),
            Object::ByteArray(array) => array.push(self.turn, 1).err(),
            Object::Array(array) => array.copy(self.turn).err(),
            other => panic!("a new kind of object: {other:?}"),
        };
        assert_eq!(error, Some(Error::Stale));
        Err(Not::Allowed)
    }

    fn fill(&mut self, op: &Op) -> Result<(), Not> {
        let byte = op.at[1] as u8 | 1;
        for held in &mut self.state.loose[self.me] {
            if let (Object::Bytes(handle), Shadow::Bytes(bytes)) = (held.object, &mut held.shadow) {
                handle.buffer_mut(self.turn).expect("it is held").fill(byte);
                bytes.fill(byte);
            }
            if let (Object::Array(array), Shadow::Array(_, _, bytes)) = (held.object, &mut held.shadow) {
                self.turn.buffer_mut(array).expect("it is held").bytes_mut().fill(byte);
                bytes.fill(byte);
            }
        }
        Ok(())
    }

    fn put_message(&mut self, op: &Op) -> Result<(), Not> {
        let gift = self.gift(&op.given, None);
        judge(self.turn.put_message(gift.input), gift.due, true)?;
        let shadow = gift.held.map_or(gift.shadow, |index| self.state.loose[self.me].remove(index).shadow);
        self.state.queue.push_back((self.state.next_seq, shadow));
        self.state.next_seq += 1;
        Ok(())
    }

    fn take_message(&mut self, op: &Op) -> Result<(), Not> {
        let order = if op.at[0].is_multiple_of(3) { Order::Lifo } else { Order::Fifo };
        let message = judge(self.turn.take_message(order), None, false)?;
        let expected = match order {
            Order::Fifo => self.state.queue.pop_front(),
            Order::Lifo => self.state.queue.pop_back(),
        };
        assert_eq!(message.is_some(), expected.is_some());
        let (Some(message), Some((seq, shadow))) = (message, expected) else { return Err(Not::Applicable) };
        self.state.taken[self.me].push(Taken { message, seq, shadow });
        Ok(())
    }

    fn end_message(&mut self, op: &Op) -> Result<(), Not> {
        let of = if op.at[1].is_multiple_of(8) { (self.me + 1) % self.state.taken.len() } else { self.me };
        if self.state.taken[of].is_empty() {
            return Err(Not::Applicable);
        }
        let index = op.at[0] as usize % self.state.taken[of].len();
        let message = self.state.taken[of][index].message;
        let due = (of != self.me).then_some(Error::HeldByOther);
        let item = match op.verb {
            Verb::Finish => judge(message.finish(self.turn), due, false).map(|()| None)?,
            Verb::Accept => judge(message.accept(self.turn), due, false).map(Some)?,
            _ => judge(message.put_back(self.turn), due, false).map(|()| None)?,
        };
        let Taken { seq, shadow, .. } = self.state.taken[of].remove(index);
        match (op.verb, item) {
            (_, Some(item)) => self.receive(item, shadow),
            (Verb::PutBack, _) => self.state.requeue(seq, shadow),
            _ => assert_eq!(message.value(self.turn).err(), Some(Error::Stale)),
        }
        Ok(())
    }

    pub fn find(&self, op: &Op, wanted: fn(&Shadow) -> bool) -> Result<(Path, Object), Not> {
        self.state.pick(self.turn, &op.at, wanted).ok_or(Not::Applicable)
    }
}
