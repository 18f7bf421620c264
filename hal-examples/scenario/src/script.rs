//! Who calls the acts and who follows, and what every act is made of: turns with a time limit, and waiting for a fact.

use cohabit::{Error, Key, List, Map, Party, Region, Turn, Value};

use crate::{
    Act, Board, Event, Failure, acts,
    patience::{LIMIT_MS, Patience},
};

/// How much of everything, so that slow stages have an end, too.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Messages each way.
    pub messages: u32,
    /// Changes to live objects.
    pub changes: u32,
    /// Turns of both together, in strict alternation, and again in a free-for-all.
    pub turns: u32,
}

impl Plan {
    /// What is asked of every emulator that runs code at full speed.
    pub const FULL: Plan = Plan { messages: 500, changes: 300, turns: 100_000 };
}

/// A core on the stage: its board and its party.
pub struct Player<'p, 'a, B> {
    /// Where it is.
    pub board: &'p B,
    /// What it works with.
    pub region: &'p Region<'a>,
    /// What it takes turns with.
    pub party: Party<'a>,
}

/// Plays the leader of all acts that need no power over the other core.
pub fn lead<B: Board>(player: &mut Player<'_, '_, B>, plan: Plan) -> Result<(), Failure> {
    player.act(Act::Messages, plan.messages, acts::messages::lead)?;
    player.act(Act::Live, plan.changes, acts::live::lead)?;
    player.act(Act::Alternate, plan.turns, acts::count::alternate)?;
    player.act(Act::Contend, plan.turns / 2, acts::count::contend)?;
    player.act(Act::Full, 0, acts::full::lead)
}

/// Tells the follower to go, and waits until it has.
pub fn finish<B: Board>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
    player.act(Act::Finish, 0, |_, _| Ok(()))
}

/// Plays the follower until the leader calls [`Act::Finish`].
pub fn follow<B: Board>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
    follow_and(player, |_, act, _| Err(Failure::CannotPlay { act }))
}

/// The same; `more` plays acts that not every stage can.
pub fn follow_and<B: Board>(
    player: &mut Player<'_, '_, B>,
    more: impl Fn(&mut Player<'_, '_, B>, Act, u32) -> Result<(), Failure>,
) -> Result<(), Failure> {
    loop {
        let (act, with) = player.wait("the next act", |turn| called(turn))?;
        let played = match act {
            Act::Finish => Ok(()),
            Act::Messages => acts::messages::follow(player, with),
            Act::Live => acts::live::follow(player, with),
            Act::Alternate => acts::count::alternate(player, with),
            Act::Contend => acts::count::contend(player, with),
            Act::Full => acts::full::follow(player, with),
            Act::Churn => acts::reset::churn(player),
            Act::Store => acts::reset::step_and_stop(player, with),
            other => more(player, other, with),
        };
        let number = if played.is_ok() { act.number() } else { -act.number() };
        let mut turn = player.turn()?;
        turn.roots()?.set(&mut turn, "through", number)?;
        drop(turn);
        played?;
        if act == Act::Finish {
            return Ok(());
        }
    }
}

/// The act that has been called and that the follower is not through with.
fn called(turn: &Turn<'_>) -> Result<Option<(Act, u32)>, Error> {
    let number = |name| -> Result<i64, Error> { Ok(root(turn, name)?.and_then(Value::as_int).unwrap_or(0)) };
    let act = Act::numbered(number("act")?);
    let through = number("through")?;
    let with = number("with")? as u32;
    Ok(act.filter(|_| through == 0).map(|act| (act, with)))
}

fn root<'t>(turn: &'t Turn<'_>, name: &str) -> Result<Option<Value<'t>>, Error> {
    turn.roots()?.get(turn, name)
}

impl<'p, 'a, B: Board> Player<'p, 'a, B> {
    /// One act: called, the leader's part, and waiting for the follower to be through.
    pub fn act(
        &mut self,
        act: Act,
        with: u32,
        part: impl FnOnce(&mut Self, u32) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let start = self.board.now();
        self.call(act, with)?;
        part(self, with)?;
        self.through(act)?;
        self.board.tell(Event::Ended { act, ms: self.board.now().wrapping_sub(start) });
        Ok(())
    }

    /// Calls an act.
    pub fn call(&mut self, act: Act, with: u32) -> Result<(), Failure> {
        self.board.tell(Event::Begins { act, with });
        let mut turn = self.turn()?;
        let roots = turn.roots()?;
        roots.set(&mut turn, "with", with)?;
        roots.set(&mut turn, "through", 0)?;
        roots.set(&mut turn, "act", act.number())?;
        Ok(())
    }

    /// Waits until the follower is through with an act.
    pub fn through(&mut self, act: Act) -> Result<(), Failure> {
        let number = self.wait("the other core to be through", |turn| {
            Ok(root(turn, "through")?.and_then(Value::as_int).filter(|number| *number != 0))
        })?;
        if number == act.number() { Ok(()) } else { Err(Failure::Other { act }) }
    }

    /// A turn, in time.
    pub fn turn(&mut self) -> Result<Turn<'_>, Failure> {
        let Player { board, party, .. } = self;
        board.beat();
        let patience = &mut Patience::new(*board, LIMIT_MS);
        party.acquire_with(patience)?.ok_or(Failure::TimedOut { what: "a turn" })
    }

    /// Looks again after each change of the region until `fact` has an answer.
    pub fn wait<T>(
        &mut self,
        what: &'static str,
        mut fact: impl FnMut(&mut Turn<'_>) -> Result<Option<T>, Error>,
    ) -> Result<T, Failure> {
        let mut patience = Patience::new(self.board, LIMIT_MS);
        loop {
            let seen = self.party.changes();
            if let Some(answer) = fact(&mut self.turn()?)? {
                return Ok(answer);
            }
            if self.party.wait_change(seen, &mut patience).is_none() && patience.is_over() {
                return Err(Failure::TimedOut { what });
            }
        }
    }

    /// Looks again and again, without a turn, until `fact` has an answer.
    pub fn until<T>(
        &mut self,
        what: &'static str,
        mut fact: impl FnMut(&mut Self) -> Option<T>,
    ) -> Result<T, Failure> {
        let start = self.board.now();
        loop {
            if let Some(answer) = fact(self) {
                return Ok(answer);
            }
            self.board.pause();
            if self.board.now().wrapping_sub(start) > LIMIT_MS {
                return Err(Failure::TimedOut { what });
            }
        }
    }

    /// Puts an object among the roots in one turn, under `name`, made anew.
    pub fn publish<T: Into<cohabit::Object> + Copy>(
        &mut self,
        name: &str,
        make: impl FnOnce(&mut Turn<'_>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let mut turn = self.turn()?;
        let object = make(&mut turn)?;
        turn.roots()?.set(&mut turn, name, object.into())?;
        Ok(object)
    }

    /// Waits until there is a list among the roots by this name.
    pub fn find_list(&mut self, name: &'static str) -> Result<List, Failure> {
        self.wait(name, |turn| Ok(root(turn, name)?.and_then(|root| root.as_list())))
    }

    /// Waits until there is a map among the roots by this name.
    pub fn find_map(&mut self, name: &'static str) -> Result<Map, Failure> {
        self.wait(name, |turn| Ok(root(turn, name)?.and_then(|root| root.as_map())))
    }

    /// Takes a root away, with all that is in it.
    pub fn unpublish(&mut self, name: &str) -> Result<(), Failure> {
        let mut turn = self.turn()?;
        turn.roots()?.remove(&mut turn, name)?;
        Ok(())
    }

    /// A sound region, or a failure.
    pub fn audit(&mut self) -> Result<cohabit::Audit, Failure> {
        Ok(self.turn()?.audit()?)
    }
}

/// A whole number in a map; 0 where there is none.
pub(crate) fn int<'k>(map: Map, turn: &Turn<'_>, key: impl Into<Key<'k>>) -> Result<i64, Error> {
    Ok(map.get(turn, key)?.and_then(Value::as_int).unwrap_or(0))
}

/// Says what is wrong when two numbers differ.
pub(crate) fn expect(
    what: &'static str,
    wanted: impl TryInto<i64>,
    found: impl TryInto<i64>,
) -> Result<(), Failure> {
    let (wanted, found) = (wanted.try_into().unwrap_or(i64::MAX), found.try_into().unwrap_or(i64::MIN));
    if wanted == found { Ok(()) } else { Err(Failure::Wrong { what, wanted, found }) }
}
