//! One of each thing that a program keeps in RAM, as a variable whose size the linker writes down.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;

use cohabit::{Config, Party, Region, Turn};

macro_rules! weigh {
    ($($name:ident: $bytes:expr;)*) => {$(
        #[used]
        #[unsafe(no_mangle)]
        static $name: [MaybeUninit<u8>; $bytes] = [MaybeUninit::uninit(); $bytes];
    )*};
}

weigh! {
    WEIGH_PARTY: size_of::<Party<'_>>();
    WEIGH_REGION: size_of::<Region<'_>>();
    WEIGH_TURN: size_of::<Turn<'_>>();
    WEIGH_CONTROL: Config::new().compact().len_for_heap(0);
}

#[cortex_m_rt::entry]
fn main() -> ! {
    loop {
        size::output(0);
    }
}
