//! `size`: what the core costs on a Cortex-M0+, in bytes of flash and RAM, weighed on linked images.
//!
//! `hal-examples/size` has programs that do what the table says and nothing else, built for `thumbv6m-none-eabi` with
//! `opt-level = "z"`, link-time optimisation and `panic = "abort"`. The figures are of whole images, start-up code and all.
//!
//! ```text
//!   cargo build ──► images ──► elf.rs    bytes of flash and RAM, symbols
//!                              names.rs  which module a symbol is of: what costs most
//!                              here      limits, and routines that must not be there
//! ```
//!
//! | must not be in an image | because |
//! |---|---|
//! | the panic handler | nothing a region contains, and no argument, makes the core panic; a loop in the handler is a dead device |
//! | 64-bit division, floating point | a core without them would pay for their routines in flash and in hundreds of cycles |
#![forbid(unsafe_code)]

pub mod elf;
mod names;

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use crate::{
    job::{Step, Stop},
    place::Place,
};
use elf::Image;

/// What the programs are built for.
pub const TARGET: &str = "thumbv6m-none-eabi";
/// The target directory that all board programs share.
const DIRECTORY: &str = "boards";

/// A number to be kept small.
struct Figure {
    what: &'static str,
    of: Of,
    /// Where we want to be.
    goal: u32,
    /// More than this is a failure: the goal, or what has been reached on the way to it.
    most: u32,
}

/// Where a number comes from.
enum Of {
    /// All of an image's flash.
    Flash(&'static str),
    /// The RAM of an image's variables, and of these things of which a program keeps one.
    Ram(&'static str, &'static [&'static str]),
    /// The size of a thing.
    Thing(&'static str),
}

const FIGURES: &[Figure] = &[
    Figure {
        what: "flash: open, turn, put and take integers and bytes",
        of: Of::Flash("messages"),
        goal: 8 << 10,
        most: 8 << 10,
    },
    Figure {
        what: "flash: and lists, maps, texts, roots, recovery",
        of: Of::Flash("objects"),
        goal: 24 << 10,
        most: 24 << 10,
    },
    Figure {
        what: "RAM outside the region, per core",
        of: Of::Ram("messages", &["WEIGH_PARTY"]),
        goal: 256,
        most: 256,
    },
    Figure {
        what: "control area of two parties, compact",
        of: Of::Thing("WEIGH_CONTROL"),
        goal: 256,
        most: 256,
    },
];

/// The images that ship the core, which must be free of what [`banned`] says.
const SHIPPED: [&str; 2] = ["messages", "objects"];

/// The commands that build all images: those that need next to nothing of the core, then those that need more of it.
pub fn builds() -> [Step; 2] {
    ["", " --features objects --bin objects --bin ram"].map(|what| {
        let build = "build --manifest-path hal-examples/Cargo.toml -p size --profile size";
        Step::cargo(&format!("{build}{what}")).arg("--target").arg(TARGET).own_target(DIRECTORY)
    })
}

/// The images, read.
pub struct Weighed(BTreeMap<&'static str, Image>);

impl Weighed {
    /// Reads what [`builds`] made.
    pub fn read(place: &Place) -> Result<Weighed, String> {
        let folder: PathBuf = place.target.join(DIRECTORY).join(TARGET).join("size");
        let read = |name: &'static str| {
            let path = folder.join(name);
            let file = fs::read(&path).map_err(|why| format!("{}: {why}", place.shown(&path)))?;
            let image = Image::read(&file).map_err(|why| format!("{}: {why}", place.shown(&path)))?;
            Ok((name, image))
        };
        ["nothing", "messages", "objects", "ram"].into_iter().map(read).collect::<Result<_, _>>().map(Weighed)
    }

    fn weigh(&self, of: &Of) -> u32 {
        let thing = |name: &str| {
            let ram = self.0["ram"].symbols.iter().find(|symbol| symbol.name == name);
            // A missing one must not pass for a small one.
            ram.map_or(u32::MAX, |symbol| symbol.size)
        };
        match of {
            Of::Flash(image) => self.0[image].flash,
            Of::Ram(image, things) => {
                things.iter().fold(self.0[image].ram, |sum, name| sum.saturating_add(thing(name)))
            }
            Of::Thing(name) => thing(name),
        }
    }

    /// The figures beside goals and limits.
    pub fn table(&self) -> String {
        let mut table = format!("{:<52} {:>7} {:>7} {:>7}\n", "bytes, Cortex-M0+", "is", "goal", "limit");
        for figure in FIGURES {
            let is = self.weigh(&figure.of);
            let told = if is > figure.most {
                "  TOO MUCH"
            } else if is > figure.goal {
                "  goal not reached"
            } else {
                ""
            };
            let _ =
                writeln!(table, "{:<52} {is:>7} {:>7} {:>7}{told}", figure.what, figure.goal, figure.most);
        }
        let _ = writeln!(
            table,
            "{:<52} {:>7}",
            "  of the flash, start-up code and vectors", self.0["nothing"].flash
        );
        let _ = writeln!(
            table,
            "{:<52} {:>7}",
            "  besides, on the stack while opening: Region",
            self.weigh(&Of::Thing("WEIGH_REGION"))
        );
        table
    }

    /// The figures in a line.
    pub fn summary(&self) -> String {
        let [small, large, ram, ..] = FIGURES else { return String::new() };
        let kib = |figure: &Figure| f64::from(self.weigh(&figure.of)) / 1024.0;
        let ram = self.weigh(&ram.of);
        format!(
            "{:.1} KiB of flash for messages, {:.1} KiB for all, {ram} bytes of RAM",
            kib(small),
            kib(large)
        )
    }

    /// What of an image costs most, by module and by function.
    pub fn breakdown(&self, image: &str) -> String {
        let symbols = &self.0[image].symbols;
        // Two names of one thing cost once.
        let unique: BTreeMap<u32, _> = symbols.iter().map(|symbol| (symbol.at, symbol)).collect();
        let mut modules: BTreeMap<String, u32> = BTreeMap::new();
        for symbol in unique.values() {
            *modules.entry(names::module(&symbol.name)).or_default() += symbol.size;
        }
        let mut modules: Vec<_> = modules.into_iter().collect();
        modules.sort_by_key(|(name, size)| (u32::MAX - size, name.clone()));
        let mut told = format!("\n{image}: what costs most (a function inlined elsewhere counts there)\n");
        for (name, size) in modules.iter().take(24) {
            let _ = writeln!(told, "  {size:>6}  {name}");
        }
        told
    }

    /// Every reason to be red.
    pub fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        for figure in FIGURES {
            let is = self.weigh(&figure.of);
            if is > figure.most {
                breaches.push(format!("{}: {is} bytes, at most {}", figure.what, figure.most));
            }
        }
        for name in SHIPPED {
            for symbol in &self.0[name].symbols {
                if let Some(what) = banned(&symbol.name) {
                    breaches.push(format!("{name}: {what} is linked in: {}", symbol.name));
                }
            }
        }
        breaches
    }
}

/// What is wrong with a function of this name in an image.
fn banned(name: &str) -> Option<&'static str> {
    let panics =
        ["4size8panicked", "core9panicking", "begin_unwind", "slice_index_fail", "len_mismatch_fail"];
    let divides = ["uldivmod", "ldivmod", "divdi3", "moddi3", "divmoddi4", "div_rem"];
    // `__aeabi_dadd`, `__aeabi_ui2d`, `__adddf3`, `__floatundidf`, `__fixdfdi`, `compiler_builtins::float`.
    let floats = [
        "__aeabi_d",
        "__aeabi_f",
        "2d",
        "2f",
        "df3",
        "sf3",
        "df2",
        "sf2",
        "idf",
        "isf",
        "fixdf",
        "fixsf",
        "builtins5float",
    ];
    let runtime = name.starts_with("__") || name.contains("compiler_builtins");
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&panics) {
        Some("a panic")
    } else if runtime && has(&divides) {
        Some("a division routine")
    } else if runtime && has(&floats) {
        Some("a floating-point routine")
    } else {
        None
    }
}

/// `size`: builds and prints everything.
pub fn size(place: &Place) -> Result<bool, String> {
    for build in builds() {
        if !build.in_the_open(place)? {
            return Ok(false);
        }
    }
    let weighed = Weighed::read(place)?;
    println!("\n{}", weighed.table());
    for image in SHIPPED {
        println!("{}", weighed.breakdown(image));
    }
    let breaches = weighed.breaches();
    breaches.iter().for_each(|breach| println!("error: {breach}"));
    Ok(breaches.is_empty())
}

/// The breaches as a lane wants them.
pub fn judged(breaches: &[String]) -> Result<(), Stop> {
    match breaches {
        [] => Ok(()),
        [first, rest @ ..] => Err(Stop::Failed(match rest.len() {
            0 => first.clone(),
            more => format!("{first}; and {more} more"),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routines_that_must_not_be_there_are_known_by_name() {
        for panic in [
            "_RNvNtCseold96UKqg_4core9panicking18panic_bounds_check",
            "_ZN4core9panicking9panic_fmt17h0123456789abcdefE",
            "_ZN4size8panicked17h391009e1dd037746E",
            "_RNvCsfLfy6EI15iL_7___rustc17rust_begin_unwind",
        ] {
            assert_eq!(banned(panic), Some("a panic"), "{panic}");
        }
        for division in [
            "__aeabi_uldivmod",
            "__aeabi_ldivmod",
            "__udivdi3",
            "__umoddi3",
            "__udivmoddi4",
            "_RNvNtNtCsjc7sn2q0iDy_17compiler_builtins3int19specialized_div_rem11u64_div_rem",
        ] {
            assert_eq!(banned(division), Some("a division routine"), "{division}");
        }
        for float in [
            "__aeabi_dadd",
            "__aeabi_fmul",
            "__aeabi_ui2d",
            "__adddf3",
            "__floatundidf",
            "__gtdf2",
            "__fixdfdi",
        ] {
            assert_eq!(banned(float), Some("a floating-point routine"), "{float}");
        }
        for fine in [
            "__aeabi_memcpy",
            "__aeabi_lmul",
            "__aeabi_llsl",
            "__clzsi2",
            "_ZN7cohabit5value4cell37_$LT$impl$u20$cohabit..heap..Heap$GT$8value_of17hd0831857cb5212c7E",
        ] {
            assert_eq!(banned(fine), None, "{fine}");
        }
    }
}
