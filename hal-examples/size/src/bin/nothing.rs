//! A program without a region: start-up code and vector table, which the others have besides.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    loop {
        size::output(size::input());
    }
}
