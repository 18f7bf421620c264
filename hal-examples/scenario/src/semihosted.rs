//! The programs of two emulated cores, and what they ask of the host they run on: a command line, a place for their log, a file for
//! the region's bytes.

use core::{ffi::CStr, fmt::Write as _, ptr, str};

use semihosting::{fs, io::Write as _, process};

use crate::{
    Event, LEN, Pair, Plan,
    run::{self, Memory, Run},
};

/// Core 0's whole program: plays the run that the command line names, writes the region to the file that it names after that, and ends
/// the machine, with 0 if everything was as it should be.
pub fn lead<B: Pair>(board: &B, memory: &'static Memory) -> ! {
    let ended = run::lead(board, memory, the_run(), Plan::FULL);
    if let Err(failure) = ended {
        board.tell(Event::Failed(failure));
    }
    if word(1, &mut [0; 64]).is_some_and(|path| !dump(memory, path)) {
        process::exit(4);
    }
    process::exit(ended.is_err() as i32)
}

/// Core 1's: does its part, and leaves it to core 0 to end the machine.
pub fn follow<B: Pair>(board: &B, memory: &'static Memory) -> ! {
    run::follow(board, memory, the_run());
    loop {
        board.pause();
    }
}

fn the_run() -> Run {
    word(0, &mut [0; 64]).and_then(Run::named).unwrap_or_else(|| process::exit(3))
}

/// The longest word of the command line.
type Word = [u8; 64];

/// The word of the command line (`-semihosting-config arg=...`) at this place.
fn word(place: usize, of: &mut Word) -> Option<&str> {
    let args = semihosting::experimental::env::args::<256>().ok()?;
    let word = (&args).nth(place)?.ok()?.as_bytes();
    let of = of.get_mut(..word.len())?;
    of.copy_from_slice(word);
    str::from_utf8(of).ok()
}

/// A line of a core's log: in one piece, for the other core may be telling something, too.
pub fn tell(core: u8, event: Event) {
    let mut line = Line { text: [0; 240], len: 0 };
    let _ = writeln!(line, "core {core}: {event}");
    if let Ok(mut out) = semihosting::io::stdout() {
        let _ = out.write_all(&line.text[..line.len]);
    }
    #[cfg(feature = "defmt")]
    crate::logged::log(core, event);
}

/// Writes the region's bytes to a file of the host, for `cohabit check` and `cohabit show`; says whether that worked.
fn dump(memory: &'static Memory, path: &str) -> bool {
    let mut name = [0; size_of::<Word>() + 1];
    name[..path.len()].copy_from_slice(path.as_bytes());
    let Ok(name) = CStr::from_bytes_until_nul(&name) else { return false };
    // SAFETY: core 1 has left or does nothing more, and core 0 has given up its turn: nobody writes while the bytes are read.
    let bytes: &[u8; LEN] = unsafe { &*ptr::with_exposed_provenance(memory.address()) };
    fs::write(name, bytes).is_ok()
}

/// A line of a log, cut where it gets too long.
struct Line {
    text: [u8; 240],
    len: usize,
}

impl core::fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let room = &mut self.text[self.len..];
        let fits = text.len().min(room.len());
        room[..fits].copy_from_slice(&text.as_bytes()[..fits]);
        self.len += fits;
        Ok(())
    }
}
