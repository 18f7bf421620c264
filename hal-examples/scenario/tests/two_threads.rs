//! The acts on the stage that everybody has: two threads of this program.

use std::{thread, time::Instant};

use cohabit::{Party, Region};
use scenario::{Board, CONFIG, Event, FOLLOW, Failure, LEAD, LEN, Plan, Player};

struct Thread {
    name: &'static str,
    start: Instant,
}

impl Board for Thread {
    fn tell(&self, event: Event) {
        println!("{}: {event}", self.name);
    }

    fn now(&self) -> u32 {
        self.start.elapsed().as_millis() as u32
    }

    fn pause(&self) {
        thread::yield_now();
    }
}

fn on_stage(
    name: &'static str,
    region: &Region<'_>,
    party: Party<'_>,
    play: impl FnOnce(&mut Player<'_, '_, Thread>) -> Result<(), Failure>,
) {
    let board = Thread { name, start: Instant::now() };
    if let Err(failure) = play(&mut Player { board: &board, region, party }) {
        board.tell(Event::Failed(failure));
        // The other thread is told by its own limit.
        panic!("{name}: {failure}");
    }
}

#[test]
fn the_acts_are_played_by_two_threads() {
    let mut memory = vec![0u64; LEN / 8];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut memory);
    let region = Region::format(bytes, CONFIG).unwrap();
    // SAFETY: each slot is joined once.
    let lead = unsafe { region.join(LEAD, &cohabit::AlwaysAlive) }.unwrap();
    // SAFETY: as above.
    let follow = unsafe { region.join(FOLLOW, &cohabit::AlwaysAlive) }.unwrap();
    let region = &region;
    // A yield takes long where two threads share a core, so fewer turns than in the emulators.
    let plan = Plan { turns: 20_000, ..Plan::FULL };
    thread::scope(|scope| {
        scope.spawn(|| {
            on_stage("lead", region, lead, |player| {
                scenario::lead(player, plan).and_then(|()| scenario::finish(player))
            })
        });
        scope.spawn(|| on_stage("follow", region, follow, scenario::follow));
    });
}
