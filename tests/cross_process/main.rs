//! The cross-process lane: real processes that share one region, start in any order, and are killed at random moments.
//!
//! This program is its own child: each test starts it again in some role (`cohabit-testkit`), so every party is a process of its
//! own that maps the region at an address of its own. It runs its tests one after the other on the main thread, because
//! several of them measure how long a party waits.
//!
//! | file | proves |
//! |---|---|
//! | `arrays.rs` | what one process writes into an array in place, another one sees |
//! | `counter.rs` | 2, 3 and 8 parties count exactly |
//! | `meeting.rs` | whoever starts first, by name, by descriptor or by file, they meet in one region |
//! | `round_trip.rs` | values of every type, in trees, are the same in another process |
//! | `original.rs`, `refusals.rs` | what goes wrong in the Python original when run for real does not go wrong here |
//! | `killing/` | SIGKILL at random moments: nobody waits for long, the audit is clean, messages are finished exactly once |
//!
//! `COHABIT_SOAK_MINUTES=N` (what `cargo xtask soak --minutes N` sets) runs `killing/` alone, round after round with fresh
//! seeds, for N minutes.
//!
//! Seen red on these, planted one at a time:
//!
//! | planted | red |
//! |---|---|
//! | recovery gives nothing back (`give_back_all` left out) | `killing`: a count is wrong, in the first audit |
//! | recovery destroys messages that were taken instead of putting them back | `killing`: "was put, and is lost" |
//! | recovery gives back what the living hold, too | `killing`: a count is wrong; a worker finds its object placed |
//! | who enters does not look at the `holder` word | `killing`: nobody is recovered; within seconds of soaking an object has two owners |
//! | nobody is ever found dead (`is_dead` always false) | `original::holder_killed_of_two`: no turn within a second |
//! | waiters ask about a life only after they have slept on it | soaking: 1.4 s without a turn, with six waiters in a row |
//!
//! The last one and a container that kept its length while its elements were being freed ("the region is damaged", about
//! once in two hundred deaths in a turn) were not planted: this suite found them.
//!
//! Blind to: other operating systems; weakly ordered processors (the loom lane has those); what single instructions a kill
//! can come between (the stepping lane stops at each of them; here chance chooses, some hundred times).
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod arrays;
#[cfg(target_os = "linux")]
mod counter;
#[cfg(target_os = "linux")]
mod killing;
#[cfg(target_os = "linux")]
mod kit;
#[cfg(target_os = "linux")]
mod meeting;
#[cfg(target_os = "linux")]
mod original;
#[cfg(target_os = "linux")]
mod refusals;
#[cfg(target_os = "linux")]
mod round_trip;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!(
        "test result: ok. 0 passed; 0 failed; 0 ignored (this suite has Linux shared memory only so far)"
    );
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    if let Some((role, arguments)) = cohabit_testkit::role() {
        run_child(&role, &arguments);
        return std::process::ExitCode::SUCCESS;
    }
    let tests = tests();
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let chosen: Vec<_> = tests.iter().filter(|(name, _)| name.contains(&wanted)).collect();
    println!("\nrunning {} tests", chosen.len());
    let mut failed = 0;
    for (name, test) in &chosen {
        let held = kit::watched(name, || std::panic::catch_unwind(test).is_ok());
        println!("test {name} ... {}", if held { "ok" } else { "FAILED" });
        failed += usize::from(!held);
    }
    println!("lane-summary: {}", kit::notes());
    let (word, passed) = (if failed == 0 { "ok" } else { "FAILED" }, chosen.len() - failed);
    let left_out = tests.len() - chosen.len();
    println!(
        "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {left_out} filtered out"
    );
    std::process::ExitCode::from(u8::from(failed != 0))
}

/// A test and its name.
#[cfg(target_os = "linux")]
type Test = (&'static str, fn());

#[cfg(target_os = "linux")]
macro_rules! list {
    ($($module:ident :: { $($test:ident),* $(,)? })*) => {
        vec![$($((concat!(stringify!($module), "::", stringify!($test)), $module::$test as fn()),)*)*]
    };
}

#[cfg(target_os = "linux")]
fn tests() -> Vec<Test> {
    if kit::soak().is_some() {
        return list! { killing::{soak_for_as_long_as_asked} };
    }
    list! {
        meeting::{
            the_consumer_may_start_first,
            a_nameless_segment_is_inherited,
            a_nameless_segment_is_sent_through_a_socket,
            two_processes_share_a_file,
            records_are_read_by_name_elsewhere,
        }
        arrays::{what_one_process_fills_another_sees}
        round_trip::{trees_of_every_type_come_back_from_another_process}
        original::{
            holder_killed_of_two,
            holder_killed_of_three,
            consumer_killed_and_the_segment_stays,
            second_creator_gets_an_error,
            those_who_find_a_stale_segment_meet_in_it,
            keys_are_found_by_another_process,
            values_come_back_as_they_were,
            destroying_twice_or_what_another_holds_is_an_error,
        }
        refusals::{
            a_truncated_segment_is_refused,
            a_full_segment_keeps_everything_as_it_was,
            more_than_the_system_has_is_refused_at_creation,
        }
        killing::{killed_at_random_moments_nothing_is_lost}
        counter::{two_parties_count_exactly, three_parties_count_exactly, eight_parties_count_exactly}
    }
}

/// What children do.
#[cfg(target_os = "linux")]
fn run_child(role: &str, arguments: &[String]) {
    match role {
        "echo" => round_trip::echo(arguments),
        "count" => counter::child(arguments),
        "matrix" => arrays::filler(arguments),
        "consumer" => meeting::consumer(arguments),
        "heir" => meeting::heir(),
        "receiver" => meeting::receiver(),
        "work" => killing::worker::run(arguments),
        "file" => meeting::file(arguments),
        "reader" => meeting::reader(arguments),
        "holder" => original::holder(arguments),
        "idler" => original::idler(arguments),
        "creator" => original::creator(arguments),
        "keys" => original::keys(arguments),
        "values" => original::values(arguments),
        "owner" => original::owner(arguments),
        "opener" => refusals::opener(arguments),
        "filler" => refusals::filler(arguments),
        _ => panic!("no such role: {role}"),
    }
}
