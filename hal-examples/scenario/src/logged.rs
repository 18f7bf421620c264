//! A core's log by defmt, into a file of the host: `core0.defmt` or `core1.defmt` in the emulator's folder.
//!
//! What goes over are numbers; their strings stay in the image, where the host's `defmt-text` finds them. A file for each core, so
//! that neither waits for the other to log.

use core::cell::UnsafeCell;

use defmt::Encoder;
use semihosting::{fs::File, io::Write as _};

use crate::Event;

/// The same as its line of text.
pub(crate) fn log(core: u8, event: Event) {
    STATE.with(|state| {
        if state.file.is_none() {
            state.file = File::create(if core == 0 { c"core0.defmt" } else { c"core1.defmt" }).ok();
        }
    });
    defmt::println!("{}", event);
}

/// What is being sent.
struct State {
    encoder: Encoder,
    frame: [u8; 256],
    len: usize,
    file: Option<File>,
}

/// The one of this image.
struct Mine(UnsafeCell<State>);

// SAFETY: one core runs this image, and none of its interrupts logs.
unsafe impl Sync for Mine {}

static STATE: Mine =
    Mine(UnsafeCell::new(State { encoder: Encoder::new(), frame: [0; 256], len: 0, file: None }));

impl Mine {
    fn with(&self, work: impl FnOnce(&mut State)) {
        // SAFETY: one core, no interrupt (see `Sync`), and no `work` in this file calls this again.
        work(unsafe { &mut *self.0.get() });
    }
}

impl State {
    fn send(&mut self) {
        if let Some(file) = &mut self.file {
            let _ = file.write_all(&self.frame[..self.len]);
        }
        self.len = 0;
    }

    /// Runs the encoder, and keeps what it puts out.
    fn encode(&mut self, work: impl FnOnce(&mut Encoder, &mut dyn FnMut(&[u8]))) {
        let State { encoder, frame, len, file } = self;
        work(encoder, &mut |bytes| {
            for byte in bytes {
                if *len == frame.len() {
                    if let Some(file) = file {
                        let _ = file.write_all(&frame[..]);
                    }
                    *len = 0;
                }
                frame[*len] = *byte;
                *len += 1;
            }
        });
    }
}

#[defmt::global_logger]
struct Logger;

// SAFETY: one core runs this image and no interrupt logs, so `acquire` and `release` have nobody to keep out.
unsafe impl defmt::Logger for Logger {
    fn acquire() {
        STATE.with(|state| state.encode(|encoder, keep| encoder.start_frame(keep)));
    }

    unsafe fn flush() {}

    unsafe fn release() {
        STATE.with(|state| {
            state.encode(|encoder, keep| encoder.end_frame(keep));
            state.send();
        });
    }

    unsafe fn write(bytes: &[u8]) {
        STATE.with(|state| state.encode(|encoder, keep| encoder.write(bytes, keep)));
    }
}
