//! Random work, killed at a random store; then more work, more deaths, and in the end everything is accounted for.
//!
//! A story is told by its number. First some actions undisturbed; the next one is performed once to its end and once until a
//! random store, and what the survivor finds is compared. Then it is the survivor who works, and dies, and so on; the region is
//! audited after each death. At last everything is removed, and no block may be left but those of the map of roots.

use std::sync::atomic::{AtomicUsize, Ordering};

use cohabit::{Config, Region};
use cohabit_testkit::Random;
use cohabit_tests::{
    ops::Props,
    proof,
    snapshot::Snapshot,
    stage::{self, Cast, clean_up},
    worker::{Worker, empty},
};

use super::common::{NEVER, killed_after, on_two_threads};

/// Deaths of a story after the first, and actions between two of them.
const FURTHER: usize = 4;
const BETWEEN: usize = 12;

/// Returns how many deaths there were. `COHABIT_STORIES` says how many stories are told, `COHABIT_STORY` which one only.
pub fn work_killed_at_random() -> u64 {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<usize>().expect(name));
    let only = number("COHABIT_STORY");
    let (first, last) = match only {
        Some(only) => (only, only + 1),
        None => (0, number("COHABIT_STORIES").unwrap_or(100_000)),
    };
    let next = AtomicUsize::new(first);
    let deaths = on_two_threads(|| {
        let (mut deaths, mut failures) = (0, Vec::new());
        loop {
            let story = next.fetch_add(1, Ordering::Relaxed);
            if story >= last {
                return (deaths, failures);
            }
            match tell(story) {
                Ok(died) => deaths += died,
                Err(why) => {
                    failures.push(format!("story {story} (COHABIT_STORY={story} tells only it): {why}"))
                }
            }
        }
    });
    deaths.iter().sum()
}

fn format(memory: &mut [u64], parties: u8) {
    // Half of the stories play in regions with quick lists: those that may become larger than 8 KiB.
    let max_len = if parties > 2 { 128 << 10 } else { 0 };
    let config = Config::new().parties(parties).journal(16).compact().max_len(max_len);
    Region::format(bytemuck::cast_slice_mut(memory), config).expect("room for the region");
}

fn tell(story: usize) -> Result<u64, String> {
    let mut random = Random((story as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut memory = vec![0; [400, 700, 1500][random.below(3)]];
    let parties = 2 + random.below(2) as u8 * 2;
    let actions = random.below(80);
    let (before, _) = work(&mut memory, parties, actions, random.clone(), Some(0))?;
    let (after, made) = work(&mut memory, parties, actions, random.clone(), None)?;
    let stores = random.clone().below(made as usize) as u64;
    // Again, for the region itself: dead after so many stores of the last action.
    replay(&mut memory, parties, actions, random.clone(), Some(stores))?;
    let found = look(&mut memory.clone())?;
    proof::judge(&[before, after], 1, &found).map_err(|why| format!("killed after store {stores}: {why}"))?;
    go_on(&mut memory, random)
}

/// The story's first `actions` and one more, which is killed after `stores` stores. Returns the stores it made, if not.
fn replay(
    memory: &mut [u64],
    parties: u8,
    actions: usize,
    mut random: Random,
    stores: Option<u64>,
) -> Result<u64, String> {
    memory.fill(0);
    format(memory, parties);
    let cast = Cast::join(memory, 0);
    act(cast, &mut random, actions, stores.unwrap_or(NEVER))
}

fn work(
    memory: &mut [u64],
    parties: u8,
    actions: usize,
    random: Random,
    stores: Option<u64>,
) -> Result<(Snapshot, u64), String> {
    let made = replay(memory, parties, actions, random, stores)?;
    Ok((look(&mut memory.to_vec())?, made))
}

/// Performs `actions` actions, and one more that is killed after `stores` stores.
fn act(mut cast: Cast<'_>, random: &mut Random, actions: usize, stores: u64) -> Result<u64, String> {
    let mut worker = Worker::default();
    for _ in 0..actions {
        worker.act(&mut cast.turn(), random).map_err(|error| format!("working: {error}"))?;
    }
    match killed_after(stores, || worker.act(&mut cast.turn(), random)) {
        Some((Err(error), _)) => Err(format!("the action: {error}")),
        Some((Ok(()), made)) => Ok(made),
        None => Ok(0),
    }
}

/// What the party in slot 1 finds.
fn look(memory: &mut [u64]) -> Result<Snapshot, String> {
    let noted = stage::died_in_turn(memory);
    stage::examine(memory, 1, &Props::default(), noted)
}

/// Further work and further deaths, by turns in slots 1 and 0; everything must go on, and come back in the end.
fn go_on(memory: &mut [u64], mut random: Random) -> Result<u64, String> {
    let mut deaths = 1;
    for death in 0..FURTHER {
        let slot = (death as u8 + 1) % 2;
        let noted = stage::died_in_turn(memory);
        stage::examine(memory, slot, &Props::default(), noted)
            .map_err(|why| format!("after death {deaths}: {why}"))?;
        let stores = random.below(120) as u64;
        act(Cast::join(memory, slot), &mut random, BETWEEN, stores)
            .map_err(|why| format!("after death {deaths}: {why}"))?;
        deaths += 1;
    }
    let dead = stage::all_dead(memory, None);
    clean_up(memory, 0, &dead).map_err(|error| format!("the last clean-up: {error}"))?;
    let mut cast = Cast::join(memory, 0);
    empty(&mut cast.turn()).map_err(|error| format!("removing everything: {error}"))?;
    let audit = cast.turn().audit().map_err(|error| format!("the last audit: {error}"))?;
    let left = (audit.texts, audit.bytes, audit.lists, audit.maps, audit.held, audit.stats.messages);
    if left == (0, 0, 0, 1, 0, 0) && audit.stats.blocks <= 2 {
        Ok(deaths)
    } else {
        Err(format!("left when everything was removed: {audit:?}"))
    }
}
