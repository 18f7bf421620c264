//! Fills a region on the desktop and writes its bytes to a file: what a board's SRAM may hold when it starts.
//!
//! `cargo run -p scenario --example fill -- FILE`

use std::{env, error::Error, fs};

use cohabit::Region;
use scenario::{CONFIG, LEN, acts::desktop};

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args_os().nth(1).ok_or("give the file to write")?;
    let mut memory = vec![0u64; LEN / 8];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut memory);
    let [mut filler, _] = Region::format(bytes, CONFIG)?.split()?;
    desktop::fill(&mut filler.acquire()?)?;
    filler.leave()?;
    fs::write(file, bytemuck::cast_slice(&memory))?;
    Ok(())
}
