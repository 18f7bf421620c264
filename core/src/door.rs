//! The store door: every store to shared heap bytes whose *order* matters passes through here.
//!
//! A party may be killed between any two of its stores, and the next party reads what is there. So the order in
//! which stores reach memory is part of the format's promise. The compiler, however, may merge, drop, split or
//! reorder plain stores to a `&mut` slice that nobody else is allowed to look at. The functions here use volatile
//! stores, which it may not, each an aligned 1, 4 or 8 byte store; [`publish`] keeps plain copies (the
//! contents of a text, say) from sinking below the store that makes them reachable.
//!
//! ```text
//!   copy the contents (plain)   publish()   store the header / pointer / length (door)
//!   `------ may be in any order ------'   |   `--- one machine store, after everything above ---'
//! ```
//!
//! An 8-byte store is one machine store on 64-bit hosts. Elsewhere it is two, **high half first**, so code that
//! stores a whole word at once may count on the low half (sizes, flags, offsets) being last.
//!
//! Under `--cfg crash_points` the same functions count: a test arms a crash after n stores, the n+1st unwinds, and
//! every later store is dropped, just as if the process had been killed there. Copies are counted too, and torn in the middle.

use core::sync::atomic::{Ordering, compiler_fence};

/// Stores the 8-byte word `g`; the high half first where the host needs two stores.
///
/// `None` when `g` is out of bounds; nothing is stored then.
#[inline(always)]
#[must_use]
pub(crate) fn store_word(words: &mut [u64], g: u32, value: u64) -> Option<()> {
    store_one_word(words.get_mut(g as usize)?, value);
    Some(())
}

/// Stores two words from word `g` on, one after the other, each as [`store_word`] does. One check for both.
#[inline(always)]
#[must_use]
pub(crate) fn store_two(words: &mut [u64], g: u32, values: [u64; 2]) -> Option<()> {
    let [first, second] = words.get_mut(g as usize..)?.first_chunk_mut()?;
    store_one_word(first, values[0]);
    store_one_word(second, values[1]);
    Some(())
}

#[inline(always)]
fn store_one_word(word: &mut u64, value: u64) {
    #[cfg(all(target_pointer_width = "64", not(crash_points)))]
    {
        // SAFETY: `word` is a valid, aligned, exclusive reference to a `u64`.
        unsafe { core::ptr::write_volatile(word, value.to_le()) };
    }
    #[cfg(not(all(target_pointer_width = "64", not(crash_points))))]
    {
        let halves: &mut [u32; 2] = bytemuck::cast_mut(word);
        store_u32(&mut halves[1], (value >> 32) as u32);
        store_u32(&mut halves[0], value as u32);
    }
}

/// Stores the 8-byte word `g`; the *low* half first where the host needs two stores.
#[inline(always)]
#[must_use]
pub(crate) fn store_word_low_first(words: &mut [u64], g: u32, value: u64) -> Option<()> {
    #[cfg(all(target_pointer_width = "64", not(crash_points)))]
    {
        store_word(words, g, value)
    }
    #[cfg(not(all(target_pointer_width = "64", not(crash_points))))]
    {
        store_low(words, g, value as u32)?;
        store_high(words, g, (value >> 32) as u32)
    }
}

/// Stores the low 4 bytes of word `g` with one machine store.
#[inline(always)]
#[must_use]
pub(crate) fn store_low(words: &mut [u64], g: u32, value: u32) -> Option<()> {
    store_one_half(words.get_mut(g as usize)?, 0, value);
    Some(())
}

/// Stores the high 4 bytes of word `g` with one machine store.
#[inline(always)]
#[must_use]
pub(crate) fn store_high(words: &mut [u64], g: u32, value: u32) -> Option<()> {
    store_one_half(words.get_mut(g as usize)?, 1, value);
    Some(())
}

/// Where 8 bytes are one store, the other half is stored with it, as it was: a load of the whole word soon after a store of
/// one half has to wait until that has left the processor's store buffer, a dozen cycles or more.
#[inline(always)]
fn store_one_half(word: &mut u64, half: usize, value: u32) {
    #[cfg(all(target_pointer_width = "64", not(crash_points)))]
    {
        let kept = u64::from_le(*word) & (u32::MAX as u64) << (32 - 32 * half);
        // SAFETY: `word` is a valid, aligned, exclusive reference to a `u64`.
        unsafe { core::ptr::write_volatile(word, (kept | (value as u64) << (32 * half)).to_le()) };
    }
    #[cfg(not(all(target_pointer_width = "64", not(crash_points))))]
    {
        let halves: &mut [u32; 2] = bytemuck::cast_mut(word);
        store_u32(&mut halves[half], value);
    }
}

/// Stores the `index`th half-word of an array that starts at word `g` with one machine store. Half 0 of a word is its low one.
#[inline(always)]
#[must_use]
pub(crate) fn store_half(words: &mut [u64], g: u32, index: u32, value: u32) -> Option<()> {
    let half = (g as usize).checked_mul(2)?.checked_add(index as usize)?;
    let halves: &mut [u32] = bytemuck::cast_slice_mut(words);
    store_u32(halves.get_mut(half)?, value);
    Some(())
}

/// Stores one byte with one machine store.
#[inline(always)]
#[must_use]
pub(crate) fn store_byte(words: &mut [u64], at: usize, value: u8) -> Option<()> {
    let byte = bytemuck::cast_slice_mut::<u64, u8>(words).get_mut(at)?;
    #[cfg(crash_points)]
    if !tick() {
        return Some(());
    }
    // SAFETY: `byte` is a valid, exclusive reference to a `u8`.
    unsafe { core::ptr::write_volatile(byte, value) };
    Some(())
}

/// Copies `from` to byte `at`: plain stores, in any order. Call [`publish`] before the store that makes them matter.
#[cfg_attr(target_pointer_width = "64", inline)]
#[must_use]
pub(crate) fn copy_in(words: &mut [u64], at: usize, from: &[u8]) -> Option<()> {
    let bytes = bytemuck::cast_slice_mut::<u64, u8>(words);
    let to = bytes.get_mut(at..at.checked_add(from.len())?)?;
    #[cfg(crash_points)]
    {
        let half = from.len() / 2;
        if !tick() {
            return Some(());
        }
        to[..half].copy_from_slice(&from[..half]);
        if !tick() {
            return Some(());
        }
        to[half..].copy_from_slice(&from[half..]);
        Some(())
    }
    #[cfg(all(feature = "details", not(crash_points)))]
    {
        to.copy_from_slice(from);
        Some(())
    }
    // Where flash is short: the compiler's own `memcpy` takes 600 bytes of it.
    #[cfg(all(not(feature = "details"), not(crash_points)))]
    {
        for (to, from) in to.iter_mut().zip(from) {
            // SAFETY: `to` is a valid, exclusive reference to a `u8`.
            unsafe { core::ptr::write_volatile(to, *from) };
        }
        Some(())
    }
}

/// The same bytes as a text, if they are UTF-8. (Short texts are mostly names, which are ASCII.)
#[cfg(feature = "details")]
#[inline(always)]
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    if is_short_ascii(bytes) {
        // SAFETY: ASCII is UTF-8.
        return Some(unsafe { core::str::from_utf8_unchecked(bytes) });
    }
    core::str::from_utf8(bytes).ok()
}

/// Whether these are at most 32 bytes, all of them ASCII: by loads that overlap, without a loop.
#[cfg(feature = "details")]
#[inline(always)]
fn is_short_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let eight = |chunk: &[u8; 8]| u64::from_le_bytes(*chunk);
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let mut all = eight(first) | eight(last);
        if bytes.len() > 16 {
            if bytes.len() > 32 {
                return false;
            }
            let eight_from = |at| bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(HIGH, eight);
            all |= eight_from(8) | eight_from(bytes.len() - 16);
        }
        return all & HIGH == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u32::from_le_bytes(*first) | u32::from_le_bytes(*last)) & HIGH as u32 == 0;
    }
    bytes.iter().fold(0, |all, byte| all | byte) < 0x80
}

/// The same, where flash is short: a third of what the standard library's check takes, and slower.
#[cfg(not(feature = "details"))]
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    // SAFETY: they have just been checked to be UTF-8.
    is_utf8(bytes).then(|| unsafe { core::str::from_utf8_unchecked(bytes) })
}

#[cfg(any(test, not(feature = "details")))]
fn is_utf8(bytes: &[u8]) -> bool {
    // How many bytes of a character are to come, and what the next one may be: the rows of the Unicode standard's table 3-7.
    let (mut more, mut low, mut high) = (0u8, 0x80, 0xbf);
    for &byte in bytes {
        if more == 0 {
            match byte {
                0..0x80 => {}
                0xc2..0xe0 => more = 1,
                0xe0..0xf0 => more = 2,
                0xf0..0xf5 => more = 3,
                _ => return false,
            }
            match byte {
                0xe0 => low = 0xa0,
                0xed => high = 0x9f,
                0xf0 => low = 0x90,
                0xf4 => high = 0x8f,
                _ => {}
            }
        } else {
            if byte < low || byte > high {
                return false;
            }
            more -= 1;
            (low, high) = (0x80, 0xbf);
        }
    }
    more == 0
}

/// Moves `len` bytes inside the heap (`from` and `to` may overlap): plain stores, in any order.
#[cfg_attr(target_pointer_width = "64", inline)]
#[must_use]
pub(crate) fn copy_within(words: &mut [u64], from: usize, to: usize, len: usize) -> Option<()> {
    #[cfg(all(not(target_pointer_width = "64"), not(crash_points)))]
    {
        if (from | to | len) & 3 == 0 {
            move_each(bytemuck::cast_slice_mut::<u64, u32>(words), from / 4, to / 4, len / 4)
        } else {
            move_each(bytemuck::cast_slice_mut::<u64, u8>(words), from, to, len)
        }
    }
    #[cfg(any(target_pointer_width = "64", crash_points))]
    {
        let bytes = bytemuck::cast_slice_mut::<u64, u8>(words);
        let source = from..from.checked_add(len)?;
        if source.end > bytes.len() || to.checked_add(len)? > bytes.len() {
            return None;
        }
        #[cfg(not(crash_points))]
        bytes.copy_within(source, to);
        #[cfg(crash_points)]
        {
            // A torn move: the crash may come with the copy half done. Which half is done first follows the direction.
            let half = len / 2;
            let (first, second) = if to > from { (half..len, 0..half) } else { (0..half, half..len) };
            for part in [first, second] {
                if !tick() {
                    return Some(());
                }
                bytes.copy_within(from + part.start..from + part.end, to + part.start);
            }
        }
        Some(())
    }
}

/// The same, element by element, where flash is short: the compiler's own `memmove` would be 1.3 KiB of it.
#[cfg(all(not(target_pointer_width = "64"), not(crash_points)))]
fn move_each<T: Copy>(all: &mut [T], from: usize, to: usize, len: usize) -> Option<()> {
    use core::cell::Cell;

    let all = Cell::from_mut(all).as_slice_of_cells();
    let source = all.get(from..from.checked_add(len)?)?;
    let target = all.get(to..to.checked_add(len)?)?;
    let pairs = source.iter().zip(target);
    let store = |(from, to): (&Cell<T>, &Cell<T>)| to.set(from.get());
    if to < from {
        pairs.for_each(store)
    } else {
        pairs.rev().for_each(store)
    }
    Some(())
}

/// Everything stored before this call reaches memory before anything stored after it, as far as the compiler decides.
///
/// It emits no instruction: a killed process or a reset core loses no store that it has executed.
#[inline(always)]
pub(crate) fn publish() {
    compiler_fence(Ordering::SeqCst);
}

#[inline(always)]
fn store_u32(to: &mut u32, value: u32) {
    #[cfg(crash_points)]
    if !tick() {
        return;
    }
    // SAFETY: `to` is a valid, aligned, exclusive reference to a `u32`.
    unsafe { core::ptr::write_volatile(to, value.to_le()) };
}

#[cfg(crash_points)]
pub(crate) use crash::tick;

/// Stopping after the n-th store, for the crash lane only.
#[cfg(all(crash_points, not(target_os = "none")))]
pub mod crash {
    extern crate std;
    use std::cell::Cell;

    /// What a simulated crash unwinds with.
    #[derive(Debug)]
    pub struct Crashed;

    std::thread_local! {
        static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
        static DEAD: Cell<bool> = const { Cell::new(false) };
        static COUNT: Cell<u64> = const { Cell::new(0) };
    }

    /// Lets `stores` more stores of this thread happen; the one after them crashes.
    pub fn arm(stores: u64) {
        DEAD.set(false);
        COUNT.set(0);
        LEFT.set(stores);
    }

    /// Back to normal. Returns the number of stores since [`arm`].
    pub fn disarm() -> u64 {
        DEAD.set(false);
        LEFT.set(u64::MAX);
        COUNT.get()
    }

    /// Counts one store; `false` when it must not happen because this thread has crashed.
    ///
    /// # Panics
    /// Unwinds with [`Crashed`] when the armed number of stores is used up.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn tick() -> bool {
        if DEAD.get() {
            return false;
        }
        COUNT.set(COUNT.get() + 1);
        let left = LEFT.get();
        if left == 0 {
            DEAD.set(true);
            std::panic::panic_any(Crashed);
        }
        LEFT.set(left.saturating_sub((left != u64::MAX) as u64));
        true
    }
}

/// The same on a bare core, which cannot unwind: before the store after the n-th it calls the program, which must not return.
#[cfg(all(crash_points, target_os = "none"))]
pub mod crash {
    use portable_atomic::{AtomicU32, Ordering::Relaxed};

    // SAFETY: the program that is built with `--cfg crash_points` defines it with this very signature.
    unsafe extern "Rust" {
        /// The store of this core that has been chosen is next. Defined by the program.
        safe fn cohabit_crash_point() -> !;
    }

    // Of this core alone: loads and stores do.
    static LEFT: AtomicU32 = AtomicU32::new(u32::MAX);

    /// Lets `stores` more stores of this core happen; before the one after them the program is called.
    pub fn arm(stores: u32) {
        LEFT.store(stores, Relaxed);
    }

    /// Back to normal.
    pub fn disarm() {
        LEFT.store(u32::MAX, Relaxed);
    }

    /// Counts one store.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn tick() -> bool {
        match LEFT.load(Relaxed) {
            0 => cohabit_crash_point(),
            u32::MAX => {}
            left => LEFT.store(left - 1, Relaxed),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::is_utf8;

    #[cfg(feature = "details")]
    #[test]
    fn short_texts_are_ascii_if_each_of_their_bytes_is() {
        for len in 0..40 {
            let mut bytes = [b'a'; 40];
            assert_eq!(super::is_short_ascii(&bytes[..len]), len <= 32, "{len}");
            for at in 0..len {
                bytes[at] = 0x80;
                assert!(!super::is_short_ascii(&bytes[..len]), "{at} of {len}");
                assert_eq!(super::text(&bytes[..len]), None);
                bytes[at] = b'a';
            }
        }
    }

    #[test]
    fn text_is_what_the_standard_library_takes_for_text() {
        // Both sides of every border, in each place.
        let firsts = *b"\x00\x7f\x80\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff";
        let seconds = *b"\x00\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xff";
        let others = *b"\x7f\x80\xbf\xc0";
        let mut texts = 0;
        for first in firsts {
            for second in seconds {
                for third in others {
                    let cases = others.map(|fourth| [first, second, third, fourth]);
                    let quads = cases.iter().map(|bytes| &bytes[..]);
                    for bytes in quads.chain([&cases[0][..3], &cases[0][..2], &cases[0][..1], &[]]) {
                        let is_text = core::str::from_utf8(bytes).is_ok();
                        assert_eq!(is_utf8(bytes), is_text, "{bytes:x?}");
                        texts += is_text as u32;
                    }
                }
            }
        }
        assert!(texts > 100, "{texts} texts");
    }
}
