//! Turns what a core has logged by defmt into text: `defmt-text IMAGE LOG`.
//!
//! The core sends numbers; the strings they stand for are in its image alone. A log that does not fit the image, or is torn,
//! is an error, and so is an empty one.
#![forbid(unsafe_code)]

use std::{env, error::Error, fs};

use defmt_decoder::{DecodeError, Table};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args_os().skip(1);
    let (image, log) = (args.next().zip(args.next())).ok_or("usage: defmt-text IMAGE LOG")?;
    let table = Table::parse(&fs::read(image)?)?.ok_or("the image does not log by defmt")?;
    let mut decoder = table.new_stream_decoder();
    decoder.received(&fs::read(log)?);
    let mut lines = 0;
    loop {
        match decoder.decode() {
            Ok(frame) => println!("{}", frame.display_message()),
            Err(DecodeError::UnexpectedEof) if lines > 0 => return Ok(()),
            Err(DecodeError::UnexpectedEof) => return Err("the log is empty".into()),
            Err(DecodeError::Malformed) => return Err(format!("torn after {lines} lines").into()),
        }
        lines += 1;
    }
}
