//! What the story is played on: a region that is gone at the end, processes that are, too, and steps that have one order.
#![forbid(unsafe_code)]

use std::{
    env,
    io::{self, Write as _},
    process::{self, Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use cohabit::{Turn, Value};
use cohabit_std::{Member, Options};

use super::Part;
use crate::{access, failure::Failure, text::bytes};

/// How long a step may take before the story is given up.
const STEP: Duration = Duration::from_secs(20);
/// How often to look whether the other process is still there.
const LOOK: Duration = Duration::from_millis(100);

/// The root that holds the number of the step that is due.
const STEP_ROOT: &str = "step";
/// The root that says who has joined: a list of pid, slot and incarnation for each process.
const CREW_ROOT: &str = "crew";

/// Prints; that nobody listens any more is no reason to stop.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The demo's region; removed when this goes, whatever happens.
pub struct Region {
    name: String,
    removed: bool,
}

impl Region {
    /// Makes the region, and the first process's place in it.
    pub fn create(size: usize) -> Result<(Region, Stage), Failure> {
        let name = format!("demo-{}", process::id());
        let member = cohabit_std::create(&name, Options::new().size(size))
            .map_err(|error| Failure::new(format_args!("cannot make region \"{name}\": {error}")))?;
        let region = Region { name: name.clone(), removed: false };
        // Ctrl-C and the like: the other process leaves when it sees that the name is gone.
        let _ = ctrlc::set_handler(move || {
            let _ = cohabit_std::unlink(&name);
            process::exit(130);
        });
        let mut stage = Stage { member, who: "first" };
        stage.say(&format!(
            "pid {}: made region \"{}\", {} of shared memory for up to {} parties; I am in slot {}",
            process::id(),
            region.name,
            bytes(stage.member.len() as u64),
            stage.member.info().parties,
            stage.member.slot()
        ));
        let mut turn = stage.member.acquire()?;
        let crew = turn.new_map()?;
        let roots = turn.roots()?;
        roots.set(&mut turn, CREW_ROOT, crew)?;
        roots.set(&mut turn, STEP_ROOT, 0)?;
        drop(turn);
        Ok((region, stage))
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Removes the region, and says if that failed.
    pub fn remove(mut self) -> Result<(), Failure> {
        self.removed = true;
        access::remove(&self.name)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        if !self.removed {
            let _ = cohabit_std::unlink(&self.name);
        }
    }
}

/// One process's place in the story.
pub struct Stage {
    pub member: Member,
    who: &'static str,
}

impl Stage {
    /// Joins the region of a demo that is under way.
    pub fn join(name: &str, who: &'static str) -> Result<Stage, Failure> {
        let mut stage = Stage { member: access::open(name)?, who };
        let (slot, incarnation) = (stage.member.slot(), stage.member.incarnation());
        let mut turn = stage.member.acquire()?;
        let (me, roots) = (turn.new_list()?, turn.roots()?);
        me.extend_ints(&mut turn, &[process::id().into(), slot.into(), incarnation.into()])?;
        crew(&turn, roots)?.set(&mut turn, who, me)?;
        drop(turn);
        stage.say(&format!("pid {}: joined it, in slot {slot}, incarnation {incarnation}", process::id()));
        Ok(stage)
    }

    /// Prints a line as this process.
    pub fn say(&self, line: &str) {
        say_as(self.who, line);
    }

    /// Starts another process of the demo, and waits until it has joined.
    pub fn start(&mut self, part: Part) -> Result<Partner, Failure> {
        let program =
            env::current_exe().map_err(|error| Failure::new(format_args!("cannot find myself: {error}")))?;
        let name = self.member.name().unwrap_or_default();
        let child = Command::new(program)
            .args([Part::COMMAND, name, part.name()])
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| Failure::new(format_args!("cannot start another process: {error}")))?;
        let mut partner = Partner { child, who: part.name(), slot: 0, incarnation: 0 };
        let start = Instant::now();
        loop {
            let seen = self.member.changes();
            let turn = self.member.acquire()?;
            let me = crew(&turn, turn.roots()?)?.get(&turn, part.name())?.and_then(Value::as_list);
            if let Some(me) = me
                && let [pid, slot, incarnation] = *me.as_ints(&turn)?
                && pid == i64::from(partner.child.id())
            {
                partner.slot = u8::try_from(slot).unwrap_or(u8::MAX);
                partner.incarnation = u32::try_from(incarnation).unwrap_or(0);
                return Ok(partner);
            }
            drop(turn);
            partner.check_alive(start)?;
            self.member.wait_for_change(seen, LOOK);
        }
    }

    /// Does step `number` when it is due, in one turn, and says the line that it returns (if any) before anybody else has his.
    ///
    /// `partner` is the process that has to do the step before; the other way round, `None`, the first process is.
    pub fn step(
        &mut self,
        number: i64,
        mut partner: Option<&mut Partner>,
        work: impl FnOnce(&mut Turn<'_>) -> Result<String, Failure>,
    ) -> Result<(), Failure> {
        let who = self.who;
        let start = Instant::now();
        loop {
            let seen = self.member.changes();
            let mut turn = self.member.acquire()?;
            let roots = turn.roots()?;
            if roots.get(&turn, STEP_ROOT)? == Some(Value::Int(number)) {
                let line = work(&mut turn)?;
                roots.set(&mut turn, STEP_ROOT, number + 1)?;
                if !line.is_empty() {
                    say_as(who, &line);
                }
                return Ok(());
            }
            drop(turn);
            match &mut partner {
                Some(partner) => partner.check_alive(start)?,
                // Whoever gave up has taken the name away.
                None if !self.member.is_linked() || start.elapsed() > STEP => {
                    return Err(Failure::new(format_args!("the first process did not get to step {number}")));
                }
                None => {}
            }
            self.member.wait_for_change(seen, LOOK);
        }
    }

    /// Moves on by hand, from a step that nobody lives to finish.
    pub fn skip_to(&mut self, number: i64) -> Result<(), Failure> {
        let mut turn = self.member.acquire()?;
        Ok(turn.roots()?.set(&mut turn, STEP_ROOT, number)?)
    }
}

fn say_as(who: &str, line: &str) {
    print(&format!("   {who:>6} | {line}\n"));
}

fn crew(turn: &Turn<'_>, roots: cohabit::Map) -> Result<cohabit::Map, Failure> {
    roots.get(turn, CREW_ROOT)?.and_then(Value::as_map).ok_or_else(|| Failure::new("the crew list is gone"))
}

/// Another process of the demo; killed, if need be, when this goes.
pub struct Partner {
    child: Child,
    pub who: &'static str,
    pub slot: u8,
    pub incarnation: u32,
}

impl Partner {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: the process executes no further instruction of ours.
    pub fn kill(&mut self) -> Result<(), Failure> {
        self.child
            .kill()
            .map_err(|error| Failure::new(format_args!("cannot kill the {} process: {error}", self.who)))
    }

    /// That it lives, and that we have not waited for it for ever.
    pub fn check_alive(&mut self, since: Instant) -> Result<(), Failure> {
        if let Ok(Some(status)) = self.child.try_wait() {
            return Err(Failure::new(format_args!("the {} process has ended: {status}", self.who)));
        }
        if since.elapsed() > STEP {
            let limit = STEP.as_secs();
            return Err(Failure::new(format_args!("the {} process did nothing for {limit} s", self.who)));
        }
        Ok(())
    }

    /// Waits until it has ended by itself, and well.
    pub fn finish(mut self) -> Result<(), Failure> {
        let start = Instant::now();
        while start.elapsed() < STEP {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => {
                    return Err(Failure::new(format_args!("the {} process failed: {status}", self.who)));
                }
                _ => thread::sleep(Duration::from_millis(2)),
            }
        }
        Err(Failure::new(format_args!("the {} process did not end", self.who)))
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
