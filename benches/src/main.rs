//! Side-by-side measurements: each row runs ours and its peers in one process, in turns, and prints the ratio.
//!
//! ```text
//!   cargo xtask bench [FILTER…] [--strict] [--rounds N] [--operations N] [--list]
//! ```
//!
//! A row is named after what it measures; a filter runs the row of that name, or all whose names contain it. Machines drift (frequency,
//! neighbours, caches), so absolute nanoseconds of different runs compare badly; the ratio within one round does not. A row
//! meets its target when the *median* ratio does. The exit status is 0 whatever comes out, unless `--strict` is given.
//!
//! | file | measures |
//! |---|---|
//! | `rounds.rs` | how: contestants in rounds, and what becomes of the times |
//! | `pool.rs` | shared memory for everybody, touched before |
//! | `turns.rs` | taking and giving up the turn |
//! | `allocate.rs` | the allocator against others, and its slowest thousandth |
//! | `lists.rs`, `maps.rs`, `trees.rs`, `records.rs`, `arrays.rs` | containers, arrays |
//! | `company.rs` | Rust structs by serde |
//! | `messages.rs` | messages, small and large |
//! | `space.rs` | bytes an element, and recovery after a death |

mod allocate;
mod arrays;
mod company;
mod fast;
mod lists;
mod maps;
mod messages;
mod pool;
mod records;
mod rounds;
mod space;
mod trees;
mod turns;

use std::process::ExitCode;

use rounds::{Line, Options};

/// What to measure, by name.
struct Row {
    name: &'static str,
    about: &'static str,
    run: fn(&Options) -> Vec<Line>,
}

const ROWS: &[Row] = &[
    Row { name: "turn", about: "acquire + release, uncontended, two parties", run: turns::two },
    Row { name: "turn-8", about: "acquire + release, uncontended, eight parties", run: turns::eight },
    Row {
        name: "allocate-1e3",
        about: "allocate + free, 8 to 128 bytes, 1e3 live blocks",
        run: allocate::pairs::<1_000>,
    },
    Row { name: "allocate-1e4", about: "the same, 1e4", run: allocate::pairs::<10_000> },
    Row { name: "allocate-1e5", about: "the same, 1e5", run: allocate::pairs::<100_000> },
    Row { name: "allocate-1e6", about: "the same, 1e6", run: allocate::pairs::<1_000_000> },
    Row { name: "slowest", about: "p99.9 of one allocation, 1e3 against 1e6 blocks", run: allocate::slowest },
    Row { name: "list", about: "list get and set by handle, in cache", run: lists::get_and_set },
    Row { name: "list-insert", about: "insert into and remove from the middle of 1e5", run: lists::insert },
    Row {
        name: "record",
        about: "a field of a record by handle, in cache; bytes of a record",
        run: records::get_and_set,
    },
    Row { name: "map", about: "map get, 1e4 entries", run: maps::get },
    Row { name: "fast-map", about: "fast map: get, against the map", run: fast::get },
    Row { name: "map-1e6", about: "map: insert and look up 1e6 ints", run: maps::million },
    Row { name: "set-1e6", about: "set: insert and look up 1e6 ints", run: maps::million_set },
    Row { name: "map-set", about: "map: overwrite a value; insert and remove a key", run: maps::set },
    Row { name: "array", about: "add 10 to each of 1e6 floats, in place", run: arrays::add_in_place },
    Row { name: "message", about: "put + take a message of 64 bytes, turn held", run: messages::small },
    Row { name: "bulk", about: "bytes messages of 1 KiB to 16 MiB, by copy", run: messages::bulk },
    Row { name: "tree", about: "deep copy and destroy of a small tree", run: trees::copy_and_destroy },
    Row { name: "serde-put", about: "a company of 60 objects put by serde", run: company::put },
    Row { name: "serde-load", about: "the same loaded", run: company::load },
    Row { name: "space", about: "bytes an element of a list and an entry of a map take", run: space::bytes },
    Row { name: "space-100", about: "bytes of maps of 100 entries, all counted", run: space::hundred },
    Row { name: "recovery", about: "recovery of 1e6 live blocks after a death", run: space::recovery },
];

fn main() -> ExitCode {
    let mut options = Options::default();
    let mut filters = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--strict" => options.strict = true,
            "--rounds" => match args.next().and_then(|n| n.parse().ok()) {
                Some(rounds) if rounds >= 1 => options.rounds = rounds,
                _ => return usage("`--rounds` needs a number"),
            },
            "--operations" => match args.next().and_then(|n| n.parse().ok()) {
                Some(operations) if operations >= 1 => options.operations = Some(operations),
                _ => return usage("`--operations` needs a number"),
            },
            "--list" => {
                for row in ROWS {
                    println!("{:12} {}", row.name, row.about);
                }
                return ExitCode::SUCCESS;
            }
            flag if flag.starts_with('-') => return usage(&format!("unknown flag `{flag}`")),
            filter => filters.push(filter.to_owned()),
        }
    }
    let matches = |row: &Row, filter: &String| match ROWS.iter().any(|row| row.name == filter) {
        true => row.name == filter,
        false => row.name.contains(filter.as_str()),
    };
    let wanted = |row: &&Row| filters.is_empty() || filters.iter().any(|filter| matches(row, filter));
    let rows: Vec<&Row> = ROWS.iter().filter(wanted).collect();
    if rows.is_empty() {
        return usage("no row has such a name; `--list` tells them");
    }
    println!("{}", Line::HEADING);
    let mut missed = 0;
    for row in rows {
        println!("{}: {}", row.name, row.about);
        for line in (row.run)(&options) {
            println!("{line}");
            missed += u32::from(line.met() == Some(false));
        }
    }
    println!("\n{missed} missed. Ratios are ours / peer, by round; `met` goes by the median.");
    if options.strict && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn usage(why: &str) -> ExitCode {
    eprintln!("{why}\nusage: cohabit-bench [FILTER…] [--strict] [--rounds N] [--operations N] [--list]");
    ExitCode::from(2)
}
