//! What an emulated core asks of the host it runs on: its command line, a place for its log, a file for the region's bytes.

use core::{ffi::CStr, fmt::Write as _, ptr, str};

use semihosting::{fs, io::Write as _};

use crate::{Event, LEN, run::Memory};

/// The longest word of the command line.
pub type Word = [u8; 64];

/// The word of the command line (`-semihosting-config arg=...`) at this place.
pub fn word(place: usize, of: &mut Word) -> Option<&str> {
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
pub fn dump(memory: &'static Memory, path: &str) -> bool {
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
