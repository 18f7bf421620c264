//! Any bytes at all are opened as a region; then every public read and write is tried on it.
//!
//! The body is `cohabit_tests::hostile::exercise`, which the `fault` suite uses too; here a coverage-guided mutator chooses the
//! bytes instead of a seeded one, starting from the stored regions in `tests/golden`. A panic, a sanitizer's report or an
//! input that takes seconds is a find; the input is kept, and `cargo +nightly fuzz run --fuzz-dir tests/fuzz hostile_region FILE` runs it again.
//!
//! Seen red on: a planted panic for inputs that begin with `BUGS`, found within a second.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // Regions lie at multiples of 8, which the fuzzer's buffer need not; and they are written to.
    let mut words = vec![0u64; data.len().div_ceil(8)];
    let bytes = &mut bytemuck::cast_slice_mut::<u64, u8>(&mut words)[..data.len()];
    bytes.copy_from_slice(data);
    cohabit_tests::hostile::exercise(bytes);
});
